/* SPDX-License-Identifier: MIT */
/*
 * POSIX.1-2017, cksum: CRC-32 with the polynomial 0x04c11db7, the highest bit first, over the bytes
 * and then over their number, the lowest byte of it first and no more bytes than it needs.
 */
#include "rom-images/write/cksum.h"

#define POLYNOMIAL 0x04c11db7u
#define AT_ONCE    4 /* bytes for each step of the loop */

/* [k][b]: what byte b does to the checksum when k more bytes follow. */
struct tables {
    uint32_t of[AT_ONCE][256];
};

static void make_tables(struct tables *tables)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte << 24;

        for (int bit = 0; bit < 8; bit++) {
            crc = crc << 1 ^ ((crc & 0x80000000u) != 0 ? POLYNOMIAL : 0);
        }
        tables->of[0][byte] = crc;
    }
    for (size_t k = 1; k < AT_ONCE; k++) {
        for (size_t byte = 0; byte < 256; byte++) {
            uint32_t before = tables->of[k - 1][byte];

            tables->of[k][byte] = before << 8 ^ tables->of[0][before >> 24];
        }
    }
}

static uint32_t step(const struct tables *tables, uint32_t crc, uint8_t byte)
{
    return crc << 8 ^ tables->of[0][crc >> 24 ^ byte];
}

uint32_t cksum(struct slice bytes)
{
    struct tables tables;
    uint32_t crc = 0;
    size_t at = 0;

    make_tables(&tables);
    for (; bytes.size - at >= AT_ONCE; at += AT_ONCE) {
        crc ^= be32(bytes.data + at);
        crc = tables.of[3][crc >> 24] ^ tables.of[2][crc >> 16 & 0xff] ^
              tables.of[1][crc >> 8 & 0xff] ^ tables.of[0][crc & 0xff];
    }
    for (; at < bytes.size; at++) {
        crc = step(&tables, crc, bytes.data[at]);
    }
    for (uint64_t count = bytes.size; count != 0; count >>= 8) {
        crc = step(&tables, crc, (uint8_t)count);
    }
    return ~crc;
}
