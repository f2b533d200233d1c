/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 as GPT, Ethernet and zlib have it (reflected, polynomial 0x04c11db7). Part of base/.
 */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include "base/bytes.h"

/* The checksum of `bytes`. */
uint32_t crc32(struct slice bytes);

/* Goes on: the checksum of what gave `crc`, followed by `bytes`. Begin with 0. */
uint32_t crc32_update(uint32_t crc, struct slice bytes);

#endif
