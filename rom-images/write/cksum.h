/* SPDX-License-Identifier: MIT */
/* The checksum of POSIX's command `cksum`, which every shell script has at hand. */
#ifndef ROM_IMAGES_CKSUM_H
#define ROM_IMAGES_CKSUM_H

#include "base/bytes.h"

uint32_t cksum(struct slice bytes);

#endif
