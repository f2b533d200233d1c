/* SPDX-License-Identifier: MIT */
/*
 * ADB's messages: a header of 24 bytes, little endian, and up to ADB_PAYLOAD_MAX bytes behind it.
 * AOSP, packages/modules/adb: protocol.txt (adb 29 to 34 speak version 0x01000001).
 *
 * Everything comes from the other side of a cable: a header that is none, or a payload with a wrong
 * checksum, makes the parser drop bytes until the next valid CONNECT, which begins a session anew.
 */
#ifndef USERLAND_ADB_WIRE_H
#define USERLAND_ADB_WIRE_H

#include "base/bytes.h"

#define ADB_SYNC 0x434e5953u
#define ADB_CNXN 0x4e584e43u
#define ADB_AUTH 0x48545541u
#define ADB_OPEN 0x4e45504fu
#define ADB_OKAY 0x59414b4fu
#define ADB_CLSE 0x45534c43u
#define ADB_WRTE 0x45545257u

#define ADB_HEADER_BYTES        24
#define ADB_PAYLOAD_MAX         (256u << 10) /* what this side takes in one message */
#define ADB_VERSION             0x01000001u
#define ADB_VERSION_MIN         0x01000000u
#define ADB_VERSION_NO_CHECKSUM 0x01000001u /* from here on nobody looks at it */

struct adb_message {
    uint32_t command;
    uint32_t arg0;
    uint32_t arg1;
    uint32_t payload_bytes;
    uint32_t checksum; /* the sum of the payload's bytes */
};

struct adb_parser {
    bool lost;      /* only a CONNECT counts now */
    bool checksums; /* the two sides agreed on a version that has them */
    size_t have;    /* of header and payload together */
    struct adb_message message;
    uint8_t header[ADB_HEADER_BYTES];
    uint8_t payload[ADB_PAYLOAD_MAX];
};

/*
 * Takes bytes from the front of *bytes, at most one message; true when one is complete: it stays in
 * parser->message and parser->payload until the next call. False: all bytes are taken.
 */
bool adb_parser_take(struct adb_parser *parser, struct slice *bytes);

/* Writes a header for `payload`. */
void adb_wire_put(uint8_t out_header[ADB_HEADER_BYTES], uint32_t command, uint32_t arg0,
                  uint32_t arg1, struct slice payload);

#endif
