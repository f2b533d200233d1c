/* SPDX-License-Identifier: MIT */
/* ADB's messages. */
#include "adb/adb_wire.h"

#include <string.h>

static const uint32_t commands[] = {ADB_SYNC, ADB_CNXN, ADB_AUTH, ADB_OPEN,
                                    ADB_OKAY, ADB_CLSE, ADB_WRTE};

static uint32_t sum_of(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum += bytes[i];
    }
    return sum;
}

static bool is_command(uint32_t command)
{
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (commands[i] == command) {
            return true;
        }
    }
    return false;
}

/* Reads the header; false when it is none, or none that counts now. */
static bool read_header(struct adb_parser *parser)
{
    const uint8_t *h = parser->header;
    struct adb_message message = {
        .command = le32(h),
        .arg0 = le32(h + 4),
        .arg1 = le32(h + 8),
        .payload_bytes = le32(h + 12),
        .checksum = le32(h + 16),
    };

    if (le32(h + 20) != ~message.command || !is_command(message.command) ||
        message.payload_bytes > ADB_PAYLOAD_MAX || (parser->lost && message.command != ADB_CNXN)) {
        return false;
    }
    parser->message = message;
    return true;
}

static size_t move(uint8_t *to, size_t wanted, struct slice *bytes)
{
    size_t size = MIN(bytes->size, wanted);

    memcpy(to, bytes->data, size);
    *bytes = slice_of(bytes->data + size, bytes->size - size);
    return size;
}

/* A CONNECT says itself whether its sender counts. */
static bool needs_checksum(const struct adb_parser *parser)
{
    if (parser->message.command == ADB_CNXN) {
        return parser->message.arg0 < ADB_VERSION_NO_CHECKSUM;
    }
    return parser->checksums;
}

/* The message is whole: is it what was sent? */
static bool finish(struct adb_parser *parser)
{
    const struct adb_message *message = &parser->message;

    parser->have = 0;
    parser->lost = needs_checksum(parser) &&
                   sum_of(parser->payload, message->payload_bytes) != message->checksum;
    return !parser->lost;
}

bool adb_parser_take(struct adb_parser *parser, struct slice *bytes)
{
    while (bytes->size != 0) {
        if (parser->have < ADB_HEADER_BYTES) {
            parser->have +=
                move(parser->header + parser->have, ADB_HEADER_BYTES - parser->have, bytes);
            if (parser->have < ADB_HEADER_BYTES) {
                return false;
            }
            if (!read_header(parser)) {
                /* It may begin one byte later. */
                parser->lost = true;
                parser->have--;
                memmove(parser->header, parser->header + 1, parser->have);
                continue;
            }
        } else {
            size_t at = parser->have - ADB_HEADER_BYTES;

            parser->have += move(parser->payload + at, parser->message.payload_bytes - at, bytes);
        }
        if (parser->have == ADB_HEADER_BYTES + parser->message.payload_bytes && finish(parser)) {
            return true;
        }
    }
    return false;
}

void adb_wire_put(uint8_t out_header[ADB_HEADER_BYTES], uint32_t command, uint32_t arg0,
                  uint32_t arg1, struct slice payload)
{
    put_le32(out_header, command);
    put_le32(out_header + 4, arg0);
    put_le32(out_header + 8, arg1);
    put_le32(out_header + 12, (uint32_t)payload.size);
    put_le32(out_header + 16, sum_of(payload.data, payload.size));
    put_le32(out_header + 20, ~command);
}
