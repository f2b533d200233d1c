/* SPDX-License-Identifier: MIT */
/*
 * CRC-32, four bytes a step. Part of base/.
 *
 * tables[k][b] is what byte b does to the checksum when k more bytes follow. A CRC is linear: a
 * byte does what its bits do, and those are the numbers below.
 */
#include "base/crc32.h"

#define AT_ONCE 4

#define BIT(i, bit, word) (((i) >> (bit)&1u) * (word))

#define BYTE0(i)                                                                                   \
    (BIT(i, 0, 0x77073096u) ^ BIT(i, 1, 0xee0e612cu) ^                                             \
         BIT(i, 2, 0x076dc419u) ^ BIT(i, 3, 0x0edb8832u) ^                                         \
         BIT(i, 4, 0x1db71064u) ^ BIT(i, 5, 0x3b6e20c8u) ^                                         \
         BIT(i, 6, 0x76dc4190u) ^ BIT(i, 7, 0xedb88320u))
#define BYTE1(i)                                                                                   \
    (BIT(i, 0, 0x191b3141u) ^ BIT(i, 1, 0x32366282u) ^                                             \
         BIT(i, 2, 0x646cc504u) ^ BIT(i, 3, 0xc8d98a08u) ^                                         \
         BIT(i, 4, 0x4ac21251u) ^ BIT(i, 5, 0x958424a2u) ^                                         \
         BIT(i, 6, 0xf0794f05u) ^ BIT(i, 7, 0x3b83984bu))
#define BYTE2(i)                                                                                   \
    (BIT(i, 0, 0x01c26a37u) ^ BIT(i, 1, 0x0384d46eu) ^                                             \
         BIT(i, 2, 0x0709a8dcu) ^ BIT(i, 3, 0x0e1351b8u) ^                                         \
         BIT(i, 4, 0x1c26a370u) ^ BIT(i, 5, 0x384d46e0u) ^                                         \
         BIT(i, 6, 0x709a8dc0u) ^ BIT(i, 7, 0xe1351b80u))
#define BYTE3(i)                                                                                   \
    (BIT(i, 0, 0xb8bc6765u) ^ BIT(i, 1, 0xaa09c88bu) ^                                             \
         BIT(i, 2, 0x8f629757u) ^ BIT(i, 3, 0xc5b428efu) ^                                         \
         BIT(i, 4, 0x5019579fu) ^ BIT(i, 5, 0xa032af3eu) ^                                         \
         BIT(i, 6, 0x9b14583du) ^ BIT(i, 7, 0xed59b63bu))

#define FOUR(byte, i)  byte(i), byte((i) + 1u), byte((i) + 2u), byte((i) + 3u)
#define SIXTEEN(byte, i)                                                                           \
    FOUR(byte, i), FOUR(byte, (i) + 4u), FOUR(byte, (i) + 8u), FOUR(byte, (i) + 12u)
#define SIXTY_FOUR(byte, i)                                                                        \
    SIXTEEN(byte, i), SIXTEEN(byte, (i) + 16u), SIXTEEN(byte, (i) + 32u), SIXTEEN(byte, (i) + 48u)
#define ALL(byte)                                                                                  \
    SIXTY_FOUR(byte, 0u), SIXTY_FOUR(byte, 64u), SIXTY_FOUR(byte, 128u), SIXTY_FOUR(byte, 192u)

static const uint32_t tables[AT_ONCE][256] = {
    {ALL(BYTE0)},
    {ALL(BYTE1)},
    {ALL(BYTE2)},
    {ALL(BYTE3)},
};

uint32_t crc32_update(uint32_t crc, struct slice bytes)
{
    size_t at = 0;

    crc = ~crc;
    for (; bytes.size - at >= AT_ONCE; at += AT_ONCE) {
        crc ^= le32(bytes.data + at);
        crc = tables[3][crc & 0xff] ^ tables[2][crc >> 8 & 0xff] ^ tables[1][crc >> 16 & 0xff] ^
              tables[0][crc >> 24];
    }
    for (; at < bytes.size; at++) {
        crc = tables[0][(crc ^ bytes.data[at]) & 0xff] ^ crc >> 8;
    }
    return ~crc;
}

uint32_t crc32(struct slice bytes)
{
    return crc32_update(0, bytes);
}
