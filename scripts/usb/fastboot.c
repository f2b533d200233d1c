/* SPDX-License-Identifier: MIT */
#include "usb/fastboot.h"

#include <string.h>

#define GREETING       "FB01"
#define GREETING_BYTES 4
#define LENGTH_BYTES   8
#define TAG_BYTES      4

static struct fastboot_function *of(struct function *function)
{
    return CONTAINER_OF(function, struct fastboot_function, function);
}

static void begin(struct function *function)
{
    struct fastboot_function *fastboot = of(function);

    fastboot_function_init(fastboot, function->stream);
}

static bool starts(struct slice text, const char *word)
{
    return text.size >= strlen(word) && memcmp(text.data, word, strlen(word)) == 0;
}

/*
 * In the place of data: a short packet ends what the host sends (USB 2.0, 5.8.3), and this is not
 * the end of the data.
 */
static bool is_amid_download(const struct fastboot_function *fastboot, size_t size)
{
    return size < fastboot->download_left && size % USB_PACKET_BYTES != 0;
}

static bool is_another_client(const struct fastboot_function *fastboot, size_t size)
{
    return fastboot->download_left != 0 ? is_amid_download(fastboot, size)
                                        : fastboot->commanded || fastboot->replying;
}

/* A phone that is called amid something throws away what comes before it has said FB01. */
static bool send_packet(struct fastboot_function *fastboot, struct slice data)
{
    struct stream *stream = fastboot->function.stream;
    struct queue *queue = fastboot->greeted ? &stream->to_phone : &stream->held;
    uint8_t length[LENGTH_BYTES];

    if (queue_room(queue) < LENGTH_BYTES + data.size) {
        return false;
    }
    if (!fastboot->greeting) {
        fastboot->greeting = queue_put(&stream->to_phone, slice_of(GREETING, GREETING_BYTES));
    }
    put_be64(length, data.size);
    return fastboot->greeting && queue_put(queue, slice_of(length, sizeof length)) &&
           queue_put(queue, data);
}

static void heard(struct function *function)
{
    struct fastboot_function *fastboot = of(function);
    struct stream *stream = function->stream;

    if (!fastboot->greeted && queue_size(&stream->from_phone) >= GREETING_BYTES) {
        fastboot->greeted = queue_put(&stream->to_phone, queue_slice(&stream->held));
        queue_drop(&stream->from_phone, GREETING_BYTES);
        queue_clear(&stream->held);
    }
}

static enum usb_status out(struct function *function, struct slice data)
{
    struct fastboot_function *fastboot = of(function);

    if (is_another_client(fastboot, data.size)) {
        function_redial(function);
    }
    if (!send_packet(fastboot, data)) {
        return USB_IO_ERROR;
    }
    if (fastboot->download_left != 0) {
        fastboot->download_left -= MIN(data.size, fastboot->download_left);
    } else {
        fastboot->uploads = starts(data, "upload") || starts(data, "fetch:");
        fastboot->commanded = true;
    }
    return USB_OK;
}

/* A packet's length: false when it is not there yet. */
static bool open_packet(struct fastboot_function *fastboot)
{
    struct queue *from_phone = &fastboot->function.stream->from_phone;

    if (!fastboot->greeted) {
        return false;
    }
    if (fastboot->packet_left == 0) {
        if (queue_size(from_phone) < LENGTH_BYTES) {
            return false;
        }
        fastboot->packet_left = be64(queue_slice(from_phone).data);
        queue_drop(from_phone, LENGTH_BYTES);
    }
    return fastboot->packet_left != 0;
}

static uint64_t hex(struct slice digits)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits.size; i++) {
        uint8_t c = digits.data[i];

        value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) % 16;
    }
    return value;
}

/* What a reply means for what comes next. */
static void apply(struct fastboot_function *fastboot, struct slice text)
{
    struct slice tag = slice_of(fastboot->tag, sizeof fastboot->tag);

    if (starts(tag, "INFO") || starts(tag, "TEXT")) {
        return;
    }
    if (!starts(tag, "DATA")) {
        fastboot->commanded = false;
    } else if (fastboot->uploads) {
        fastboot->upload_left = hex(text);
    } else {
        fastboot->download_left = hex(text);
    }
}

/* Takes a reply's tag, once all of the reply is there. */
static bool open_reply(struct fastboot_function *fastboot)
{
    struct queue *from_phone = &fastboot->function.stream->from_phone;

    if (queue_size(from_phone) < fastboot->packet_left) {
        return false;
    }
    memcpy(fastboot->tag, queue_slice(from_phone).data, TAG_BYTES);
    queue_drop(from_phone, TAG_BYTES);
    fastboot->packet_left -= TAG_BYTES;
    fastboot->replying = true;
    apply(fastboot, slice_of(queue_slice(from_phone).data, (size_t)fastboot->packet_left));
    return true;
}

/*
 * A reply that is longer than the host's buffer would be a babble on a real bus: it goes over in
 * several INFO, and the rest under its own tag.
 */
static void give_reply(struct fastboot_function *fastboot, struct span room, size_t *filled)
{
    bool whole = room.size >= TAG_BYTES && fastboot->packet_left <= room.size - TAG_BYTES;

    if (room.size <= TAG_BYTES && !whole) {
        return; /* an empty transfer: there is no saying it in so few bytes */
    }
    memcpy(room.data, whole ? (const char *)fastboot->tag : "INFO", TAG_BYTES);
    *filled = TAG_BYTES;
    fastboot->packet_left -= function_move(&fastboot->function.stream->from_phone, room, filled,
                                           (size_t)fastboot->packet_left);
    fastboot->replying = !whole;
}

/* Data of the phone's comes in packets of any size; a transfer may want several. */
static bool give_data(struct fastboot_function *fastboot, struct span room, size_t *filled)
{
    struct queue *from_phone = &fastboot->function.stream->from_phone;
    uint64_t limit = fastboot->packet_left;
    size_t moved;

    if (limit > fastboot->upload_left) {
        limit = fastboot->upload_left;
    }
    moved = function_move(from_phone, room, filled, (size_t)limit);
    fastboot->packet_left -= moved;
    fastboot->upload_left -= moved;
    return *filled == room.size || fastboot->upload_left == 0;
}

static bool is_reply(uint64_t size)
{
    return size >= TAG_BYTES && size <= FASTBOOT_REPLY_BYTES_MAX;
}

static bool in(struct function *function, struct span room, size_t *filled)
{
    struct fastboot_function *fastboot = of(function);

    while (fastboot->replying || open_packet(fastboot)) {
        if (!fastboot->replying && fastboot->upload_left != 0) {
            if (give_data(fastboot, room, filled)) {
                return true;
            }
            if (fastboot->packet_left != 0) {
                return false;
            }
            continue;
        }
        if (!fastboot->replying && !is_reply(fastboot->packet_left)) {
            function_redial(function); /* that is no phone of ours */
            return false;
        }
        if (!fastboot->replying && !open_reply(fastboot)) {
            return false;
        }
        give_reply(fastboot, room, filled);
        return true;
    }
    return false;
}

static bool owes(const struct function *function)
{
    const struct fastboot_function *fastboot =
        CONTAINER_OF(function, const struct fastboot_function, function);

    return (fastboot->commanded && fastboot->download_left == 0) || fastboot->replying;
}

static const struct function_ops ops = {
    .begin = begin, .out = out, .in = in, .heard = heard, .owes = owes, .idle = function_redial};

void fastboot_function_init(struct fastboot_function *fastboot, struct stream *stream)
{
    *fastboot = (struct fastboot_function){.function = {.ops = &ops, .stream = stream}};
}
