/* SPDX-License-Identifier: MIT */
/* The markets that a phone is made for and a ROM is meant for. Part of board/. */
#include "board/region.h"

#include "base/text.h"

static const struct {
    const char *name;
    const char *hwc;
} regions[] = {
    [REGION_UNKNOWN] = {"unknown", NULL},
    [REGION_CN] = {"cn", "CN"},
    [REGION_GLOBAL] = {"global", "GLOBAL"},
};

const char *region_name(enum region region)
{
    return regions[region < ARRAY_COUNT(regions) ? region : REGION_UNKNOWN].name;
}

enum region region_from_name(const char *field, size_t size)
{
    for (size_t i = REGION_UNKNOWN + 1; i < ARRAY_COUNT(regions); i++) {
        if (string_equals(field, size, regions[i].name)) {
            return (enum region)i;
        }
    }
    return REGION_UNKNOWN;
}

const char *region_hwc(enum region region)
{
    return regions[region < ARRAY_COUNT(regions) ? region : REGION_UNKNOWN].hwc;
}
