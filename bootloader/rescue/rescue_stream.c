/* SPDX-License-Identifier: MIT */
/* Packets over the link lab.edl. */
#include "rescue/rescue_stream.h"

#include "format/rescue.h"
#include "iface/link.h"
#include "iface/power.h"

#include <string.h>

#define POLL_US 200u
/* Reads of what the last client left: more is a flood of this one's. */
#define LEFT_BEHIND_MAX 4096

static uint32_t changes_of(const struct rescue_stream *stream)
{
    return stream->link->ops->changes(stream->link);
}

static void throw_away(struct rescue_stream *stream)
{
    uint8_t bytes[1024];

    for (int i = 0; i < LEFT_BEHIND_MAX; i++) {
        size_t count = 0;

        if (stream->link->ops->read(stream->link, (struct span){bytes, sizeof bytes}, &count) !=
                OK ||
            count == 0) {
            return;
        }
    }
}

bool rescue_stream_meet(struct rescue_stream *stream)
{
    uint32_t changes = changes_of(stream);

    if (changes == stream->changes || changes % 2 == 0) {
        return false;
    }
    stream->changes = changes;
    throw_away(stream);
    return true;
}

/* `patient`: the first byte may take as long as it likes. */
static enum err fill(struct rescue_stream *stream, struct span room, bool patient)
{
    struct power *power = stream->power;
    uint64_t last_us = power->ops->now_us(power);
    size_t done = 0;

    while (done != room.size) {
        size_t count = 0;
        enum err err = stream->link->ops->read(
            stream->link, (struct span){room.data + done, room.size - done}, &count);

        done += count;
        if (count != 0) {
            patient = false;
            last_us = power->ops->now_us(power);
            continue;
        }
        if (err != OK || changes_of(stream) != stream->changes) {
            return E_RESCUE_GONE;
        }
        if (!patient && power->ops->now_us(power) - last_us > RESCUE_STALL_US) {
            return E_RESCUE_STALL;
        }
        power->ops->rest(power, POLL_US);
    }
    return OK;
}

enum err rescue_stream_head(struct rescue_stream *stream, struct rescue_packet *out_packet)
{
    uint8_t head[RESCUE_HEADER_BYTES];

    TRY(fill(stream, (struct span){head, sizeof head}, true));
    *out_packet = (struct rescue_packet){.type = le32(head), .size = le32(head + 4)};
    return OK;
}

enum err rescue_stream_read(struct rescue_stream *stream, struct span room)
{
    return fill(stream, room, false);
}

/* In one piece: a client that comes just now gets all of it or nothing, never the end of it. */
enum err rescue_stream_send_xml(struct rescue_stream *stream, struct slice text)
{
    uint8_t packet[RESCUE_HEADER_BYTES + RESCUE_REPLY_BYTES];
    struct link *link = stream->link;
    size_t size = MIN(text.size, RESCUE_REPLY_BYTES);

    put_le32(packet, RESCUE_PACKET_XML);
    put_le32(packet + 4, (uint32_t)size);
    memcpy(packet + RESCUE_HEADER_BYTES, text.data, size);
    return link->ops->write_to(link, stream->changes,
                               slice_of(packet, RESCUE_HEADER_BYTES + size)) == OK
               ? OK
               : E_RESCUE_GONE;
}
