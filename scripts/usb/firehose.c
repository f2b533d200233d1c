/* SPDX-License-Identifier: MIT */
#include "usb/firehose.h"

#include "usb/firehose_account.h"
#include "usb/firehose_commands.h"

#include <stdio.h>
#include <string.h>

#define QUEUE_BYTES (64u << 10)

void firehose_init(struct firehose *firehose, struct stream *stream,
                   const struct edl_account *account)
{
    *firehose = (struct firehose){.stream = stream,
                                  .account = account,
                                  .held = queue_of(QUEUE_BYTES),
                                  .said = queue_of(QUEUE_BYTES)};
}

void firehose_free(struct firehose *firehose)
{
    queue_free(&firehose->held);
    queue_free(&firehose->said);
}

void firehose_begin(struct firehose *firehose)
{
    queue_clear(&firehose->held);
    queue_clear(&firehose->said);
    firehose->state = FIREHOSE_GREETING;
    firehose->payload_bytes = 0;
    firehose->raw_bytes = 0;
    firehose->raw_left = 0;
    firehose->rest_bytes = 0;
    firehose->authorised = false;
    firehose->waiting = false;
}

/* A bit of a unit waits until the rest of it has come. Takes from the front of *data. */
static bool take_bit(struct firehose *firehose, struct slice *data)
{
    size_t count = firehose->raw_unit - firehose->rest_bytes;

    if (count > data->size) {
        count = data->size;
    }
    memcpy(firehose->rest + firehose->rest_bytes, data->data, count);
    firehose->rest_bytes += count;
    *data = slice_of(data->data + count, data->size - count);
    if (firehose->rest_bytes != firehose->raw_unit) {
        return true;
    }
    firehose->rest_bytes = 0;
    return firehose_send(firehose, RESCUE_PACKET_DATA,
                         slice_of(firehose->rest, firehose->raw_unit));
}

static bool take_units(struct firehose *firehose, struct slice *data)
{
    size_t count = data->size - data->size % firehose->raw_unit;

    if (count > RESCUE_DATA_BYTES_MAX) {
        count = RESCUE_DATA_BYTES_MAX - RESCUE_DATA_BYTES_MAX % firehose->raw_unit;
    }
    if (!firehose_send(firehose, RESCUE_PACKET_DATA, slice_of(data->data, count))) {
        return false;
    }
    *data = slice_of(data->data + count, data->size - count);
    return true;
}

/* Raw mode: as much of the transfer as was announced. */
static bool take_raw(struct firehose *firehose, struct slice data)
{
    firehose->raw_left -= data.size;
    while (data.size != 0) {
        bool whole = firehose->rest_bytes == 0 && data.size >= firehose->raw_unit;

        if (!(whole ? take_units(firehose, &data) : take_bit(firehose, &data))) {
            return false;
        }
    }
    if (firehose->raw_left == 0) {
        firehose->waiting = true;
    }
    return true;
}

enum usb_status firehose_take(struct firehose *firehose, struct slice data)
{
    bool fits = true;

    if (firehose->raw_left != 0) {
        size_t raw = data.size < firehose->raw_left ? data.size : (size_t)firehose->raw_left;

        fits = take_raw(firehose, slice_of(data.data, raw));
        data = slice_of(data.data + raw, data.size - raw);
    }
    if (fits && data.size != 0) {
        bool later = firehose->state != FIREHOSE_READY || firehose->waiting;

        fits = later ? firehose_put_document(&firehose->held, data) : firehose_run(firehose, data);
    }
    return fits ? USB_OK : USB_IO_ERROR;
}

/* What was held until the phone has answered. */
static bool run_held(struct firehose *firehose)
{
    struct queue *held = &firehose->held;

    while (firehose->state == FIREHOSE_READY && !firehose->waiting && queue_size(held) != 0) {
        struct slice text = slice_of(queue_slice(held).data + 4, le32(queue_slice(held).data));
        bool run = firehose_run(firehose, text);

        queue_drop(held, 4 + text.size);
        if (!run) {
            return false;
        }
    }
    return true;
}

/* A response with the attributes by which a tool learns how much it may send at once. */
static bool say_configured(struct firehose *firehose)
{
    char element[FIREHOSE_ELEMENT_BYTES];

    snprintf(element, sizeof element,
             "<response value=\"ACK\" rawmode=\"false\" MaxPayloadSizeToTargetInBytes=\"%llu\" "
             "MaxPayloadSizeToTargetInBytesSupported=\"%u\"/>",
             (unsigned long long)firehose->payload_bytes, RESCUE_DATA_BYTES_MAX);
    return firehose_say(firehose, element);
}

/* Anything but a response is a line of the log to a tool. */
static bool say_as_log(struct firehose *firehose, const struct rescue_xml *xml)
{
    char element[FIREHOSE_ELEMENT_BYTES];
    struct slice value = slice_of("", 0);

    (void)!rescue_xml_value(xml, "value", &value);
    snprintf(element, sizeof element, "<log value=\"INFO: %.*s %.*s\"/>", (int)xml->name.size,
             (const char *)xml->name.data, (int)value.size, (const char *)value.data);
    return firehose_say(firehose, element);
}

static bool hear_response(struct firehose *firehose, const struct rescue_xml *xml,
                          struct slice text)
{
    bool configured = firehose->payload_bytes != 0 && firehose_response_is(xml, false);
    bool said =
        configured ? say_configured(firehose) : firehose_put_document(&firehose->said, text);

    firehose->raw_left = firehose_response_is(xml, true) ? firehose->raw_bytes : 0;
    firehose->rest_bytes = 0;
    firehose->raw_bytes = 0;
    firehose->payload_bytes = 0;
    firehose->waiting = false;
    return said;
}

static bool hear_element(struct firehose *firehose, struct slice text)
{
    struct rescue_xml xml;

    if (rescue_xml_parse(text, &xml) != OK) {
        return false;
    }
    if (firehose->state != FIREHOSE_READY) {
        return firehose_authenticate(firehose, &xml);
    }
    if (rescue_xml_is(&xml, "response")) {
        return hear_response(firehose, &xml, text);
    }
    return rescue_xml_is(&xml, "log") || rescue_xml_is(&xml, "sig")
               ? firehose_put_document(&firehose->said, text)
               : say_as_log(firehose, &xml);
}

bool firehose_listen(struct firehose *firehose)
{
    struct queue *from_phone = &firehose->stream->from_phone;

    while (queue_size(from_phone) >= RESCUE_HEADER_BYTES) {
        struct slice there = queue_slice(from_phone);
        uint32_t size = le32(there.data + 4);

        if (le32(there.data) != RESCUE_PACKET_XML || size > RESCUE_XML_BYTES_MAX) {
            return false;
        }
        if (there.size - RESCUE_HEADER_BYTES < size) {
            break;
        }
        if (!hear_element(firehose, slice_of(there.data + RESCUE_HEADER_BYTES, size))) {
            return false;
        }
        queue_drop(from_phone, RESCUE_HEADER_BYTES + size);
        if (!run_held(firehose)) {
            return false;
        }
    }
    return true;
}
