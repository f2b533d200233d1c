/* SPDX-License-Identifier: MIT */
/* "Connect with MIAssistant": adb at the port lab.adb. */
#include "recovery/assistant.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define READ_BYTES   65536
#define NUMBER_BYTES 8         /* a block's number, as adb takes it */
#define BLOCKS_MAX   100000000 /* numbers of eight digits */

#define SIDELOAD "sideload-host:"
#define SHELL    "shell"
#define REBOOT   "reboot:"

enum tag {
    TAG_SIDELOAD = 1,
    TAG_SHELL,
    TAG_SHELL_SAID, /* its text is on the way */
    TAG_REBOOT,
};

/* Up to 15 digits, then `end`; moves *text behind it. */
static bool take_number(const char **text, char end, uint64_t *out)
{
    uint64_t value = 0;
    size_t digits = 0;

    for (; **text >= '0' && **text <= '9' && digits < 15; (*text)++, digits++) {
        value = value * 10 + (uint64_t)(**text - '0');
    }
    if (digits == 0 || **text != end) {
        return false;
    }
    *text += end == '\0' ? 0 : 1;
    *out = value;
    return true;
}

bool recovery_assistant_parse(const char *service, uint64_t *out_size_bytes)
{
    const char *rest = service + strlen(SIDELOAD);
    uint64_t size;
    uint64_t block;

    if (strncmp(service, SIDELOAD, strlen(SIDELOAD)) != 0 || !take_number(&rest, ':', &size) ||
        !take_number(&rest, '\0', &block) || block != RECOVERY_ZIP_BLOCK_BYTES || size == 0 ||
        size / RECOVERY_ZIP_BLOCK_BYTES >= BLOCKS_MAX) {
        return false;
    }
    *out_size_bytes = size;
    return true;
}

static bool on_send(void *context, struct slice bytes)
{
    struct recovery_assistant *assistant = context;

    return adb_port_send(&assistant->port, bytes);
}

static bool open_sideload(struct recovery_assistant *assistant, struct adb_stream *stream,
                          const char *service)
{
    if (assistant->stream != NULL ||
        !recovery_assistant_parse(service, &assistant->package_bytes)) {
        return false;
    }
    assistant->stream = stream;
    assistant->offered = true;
    assistant->first_block = 0;
    assistant->next_block = 0;
    assistant->ring_start = 0;
    assistant->ring_bytes = 0;
    stream->tag = TAG_SIDELOAD;
    return true;
}

static bool on_open(void *context, struct adb_stream *stream, const char *service)
{
    struct recovery_assistant *assistant = context;

    if (strncmp(service, REBOOT, strlen(REBOOT)) == 0) {
        const char *target = service + strlen(REBOOT);

        copy_string(assistant->reboot_to, sizeof(assistant->reboot_to), target, strlen(target) + 1);
        stream->tag = TAG_REBOOT;
        return true;
    }
    if (strncmp(service, SHELL, strlen(SHELL)) == 0) {
        stream->tag = TAG_SHELL;
        return true;
    }
    return open_sideload(assistant, stream, service);
}

static bool on_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    struct recovery_assistant *assistant = context;

    if (stream != assistant->stream) {
        return true; /* what is typed into a shell that is none */
    }
    if (bytes.size > sizeof(assistant->ring) - assistant->ring_bytes) {
        return false; /* more than was asked for */
    }
    while (bytes.size != 0) {
        size_t at = (assistant->ring_start + assistant->ring_bytes) % sizeof(assistant->ring);
        size_t room = sizeof(assistant->ring) - at;
        size_t size = bytes.size < room ? bytes.size : room;

        memcpy(assistant->ring + at, bytes.data, size);
        assistant->ring_bytes += size;
        bytes = slice_of(bytes.data + size, bytes.size - size);
    }
    return true;
}

static void on_ready(void *context, struct adb_stream *stream)
{
    struct recovery_assistant *assistant = context;

    if (stream->tag == TAG_REBOOT) {
        /* The cable stays in a virtual phone: the computer would wait for an end. */
        adb_stream_close(&assistant->session, stream);
        assistant->reboot = true;
    } else if (stream->tag == TAG_SHELL) {
        stream->tag = TAG_SHELL_SAID;
        if (adb_stream_write(&assistant->session, stream,
                             slice_of(assistant->report, strlen(assistant->report))) == 0) {
            adb_stream_close(&assistant->session, stream);
        }
    } else if (stream->tag == TAG_SHELL_SAID) {
        adb_stream_close(&assistant->session, stream);
    }
}

static void on_closed(void *context, struct adb_stream *stream)
{
    struct recovery_assistant *assistant = context;

    if (stream == assistant->stream) {
        assistant->stream = NULL;
        assistant->offered = false;
    }
}

static const struct adb_session_ops session_ops = {
    .send = on_send, .open = on_open, .data = on_data, .ready = on_ready, .closed = on_closed};

bool recovery_assistant_open(struct recovery_assistant *assistant, const char *product)
{
    if (!adb_port_open(&assistant->port)) {
        return false;
    }
    assistant->stream = NULL;
    assistant->reboot = false;
    snprintf(assistant->banner, sizeof(assistant->banner),
             "sideload::ro.product.name=%.40s;ro.product.model=%.40s;ro.product.device=%.40s;",
             product, product, product);
    assistant->session.ops = &session_ops;
    assistant->session.context = assistant;
    assistant->session.banner = assistant->banner;
    if (assistant->report[0] == '\0') {
        copy_string(assistant->report, sizeof(assistant->report), "No package came yet.\n", 22);
    }
    adb_session_reset(&assistant->session);
    return true;
}

void recovery_assistant_close(struct recovery_assistant *assistant)
{
    if (assistant->port.fd >= 0) {
        adb_session_reset(&assistant->session);
        adb_port_close(&assistant->port);
    }
}

bool recovery_assistant_pump(struct recovery_assistant *assistant, int wait_ms)
{
    static uint8_t room[READ_BYTES];
    struct slice bytes;

    switch (
        adb_port_receive(&assistant->port, (struct span){room, sizeof(room)}, wait_ms, &bytes)) {
    case ADB_PORT_QUIET:
        return true;
    case ADB_PORT_BYTES:
        adb_session_feed(&assistant->session, bytes);
        return true;
    case ADB_PORT_NOBODY:
        adb_session_reset(&assistant->session);
        return false;
    }
    return false;
}

/* Asks for the blocks up to `end`, as far as the ring has room for them. */
static void ask(struct recovery_assistant *assistant, uint64_t end)
{
    char numbers[ASSISTANT_WINDOW * NUMBER_BYTES + 1];
    size_t length = 0;

    if (!assistant->stream->may_write) {
        return;
    }
    while (assistant->next_block < end &&
           assistant->next_block - assistant->first_block < ASSISTANT_WINDOW) {
        snprintf(numbers + length, NUMBER_BYTES + 1, "%08u", (unsigned)assistant->next_block++);
        length += NUMBER_BYTES;
    }
    if (length != 0) {
        (void)adb_stream_write(&assistant->session, assistant->stream, slice_of(numbers, length));
    }
}

static size_t bytes_of_block(const struct recovery_assistant *assistant, uint64_t index)
{
    uint64_t left = assistant->package_bytes - index * RECOVERY_ZIP_BLOCK_BYTES;

    return left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES;
}

/* Waits for the oldest block that was asked for, and takes it out of the ring. */
static bool take_block(struct recovery_assistant *assistant, uint64_t end, uint8_t *out)
{
    size_t size = bytes_of_block(assistant, assistant->first_block);
    int quiet_ms = 0;

    while (assistant->stream != NULL && assistant->ring_bytes < size) {
        size_t before = assistant->ring_bytes;

        ask(assistant, end);
        if (!recovery_assistant_pump(assistant, 100)) {
            return false;
        }
        quiet_ms = assistant->ring_bytes != before ? 0 : quiet_ms + 100;
        if (quiet_ms > ADB_STALL_MS) {
            return false;
        }
    }
    if (assistant->stream == NULL) {
        return false;
    }
    for (size_t done = 0; done < size;) {
        size_t room = sizeof(assistant->ring) - assistant->ring_start;
        size_t part = size - done < room ? size - done : room;

        memcpy(out + done, assistant->ring + assistant->ring_start, part);
        assistant->ring_start = (assistant->ring_start + part) % sizeof(assistant->ring);
        assistant->ring_bytes -= part;
        done += part;
    }
    assistant->first_block++;
    return true;
}

bool recovery_assistant_read(struct recovery_assistant *assistant, uint64_t index, uint64_t end,
                             uint8_t *out)
{
    if (assistant->stream == NULL || index * RECOVERY_ZIP_BLOCK_BYTES >= assistant->package_bytes) {
        return false;
    }
    if (index < assistant->first_block || index >= assistant->next_block) {
        /* What is under way is not wanted any more, and comes all the same. */
        while (assistant->first_block < assistant->next_block) {
            if (!take_block(assistant, assistant->next_block, out)) {
                return false;
            }
        }
        assistant->first_block = index;
        assistant->next_block = index;
    }
    while (assistant->first_block < index) {
        if (!take_block(assistant, end, out)) {
            return false;
        }
    }
    return take_block(assistant, end, out);
}

bool recovery_assistant_offers(struct recovery_assistant *assistant, uint64_t *out_bytes)
{
    bool offered = assistant->offered;

    assistant->offered = false;
    *out_bytes = assistant->package_bytes;
    return offered;
}

void recovery_assistant_done(struct recovery_assistant *assistant, bool installed,
                             const char *report)
{
    snprintf(assistant->report, sizeof(assistant->report), "%s\n", report);
    for (int waited_ms = 0; assistant->stream != NULL && !assistant->stream->may_write &&
                            waited_ms < ADB_STALL_MS && recovery_assistant_pump(assistant, 100);
         waited_ms += 100) {
    }
    if (assistant->stream != NULL) {
        (void)adb_stream_write(&assistant->session, assistant->stream,
                               slice_of(installed ? "DONEDONE" : "FAILFAIL", NUMBER_BYTES));
        adb_stream_close(&assistant->session, assistant->stream);
        assistant->stream = NULL;
    }
}
