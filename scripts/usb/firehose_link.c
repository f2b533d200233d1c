/* SPDX-License-Identifier: MIT */
#include "usb/firehose_link.h"

#include <stdio.h>
#include <string.h>

bool firehose_put_document(struct queue *queue, struct slice text)
{
    uint8_t length[4];

    if (queue_room(queue) < sizeof length + text.size) {
        return false;
    }
    put_le32(length, (uint32_t)text.size);
    return queue_put(queue, slice_of(length, sizeof length)) && queue_put(queue, text);
}

bool firehose_say(struct firehose *firehose, const char *element)
{
    char text[FIREHOSE_ELEMENT_BYTES];
    int size = snprintf(text, sizeof text, "<?xml version=\"1.0\"?><data>%s</data>", element);

    return firehose_put_document(&firehose->said, slice_of(text, (size_t)size));
}

bool firehose_send(struct firehose *firehose, uint32_t type, struct slice bytes)
{
    struct queue *to_phone = &firehose->stream->to_phone;
    uint8_t head[RESCUE_HEADER_BYTES];

    if (queue_room(to_phone) < sizeof head + bytes.size) {
        return false;
    }
    put_le32(head, type);
    put_le32(head + 4, (uint32_t)bytes.size);
    return queue_put(to_phone, slice_of(head, sizeof head)) && queue_put(to_phone, bytes);
}

bool firehose_command(struct firehose *firehose, const char *element)
{
    char text[FIREHOSE_ELEMENT_BYTES];
    int size = snprintf(text, sizeof text, "<?xml version=\"1.0\"?><data>%s</data>", element);

    firehose->waiting = true;
    return firehose_send(firehose, RESCUE_PACKET_XML, slice_of(text, (size_t)size));
}

bool firehose_value_is(const struct rescue_xml *xml, const char *name, const char *value)
{
    struct slice found;

    return rescue_xml_value(xml, name, &found) == OK && found.size == strlen(value) &&
           memcmp(found.data, value, found.size) == 0;
}

bool firehose_response_is(const struct rescue_xml *xml, bool raw)
{
    return rescue_xml_is(xml, "response") && firehose_value_is(xml, "value", "ACK") &&
           firehose_value_is(xml, "rawmode", raw ? "true" : "false");
}
