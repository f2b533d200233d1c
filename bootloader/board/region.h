/* SPDX-License-Identifier: MIT */
/* The markets that a phone is made for and a ROM is meant for. Part of board/; values only. */
#ifndef BOARD_REGION_H
#define BOARD_REGION_H

#include <stddef.h>

enum region {
    REGION_UNKNOWN = 0, /* no marker, or none of ours */
    REGION_CN,
    REGION_GLOBAL,
};

/* "cn", "global"; "unknown" for REGION_UNKNOWN. */
const char *region_name(enum region region);

/* The region that a field of `size` bytes names; REGION_UNKNOWN for anything else. */
enum region region_from_name(const char *field, size_t size);

/* What a kernel is told in androidboot.hwc: "CN", "GLOBAL"; NULL for REGION_UNKNOWN. */
const char *region_hwc(enum region region);

#endif
