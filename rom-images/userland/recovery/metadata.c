/* SPDX-License-Identifier: MIT */
/* What a package says of itself, and whether this phone may take it. */
#define _GNU_SOURCE
#include "recovery/metadata.h"

#include "base/text.h"
#include "format/vbmeta.h"

#include <string.h>

#define DATE_MIN 20000101
#define DATE_MAX 99991231
#define NUMBER_MAX 999999999

static bool number(const char *text, uint64_t *out)
{
    return text_to_u64(slice_of(text, strlen(text)), NUMBER_MAX, out);
}

static bool text_of(const struct props *props, const char *key, char *out, size_t out_size)
{
    const char *value = props_get(props, key, "");

    copy_string(out, out_size, value, strlen(value) + 1);
    return value[0] != '\0' && strlen(value) < out_size;
}

enum recovery_fault recovery_metadata_read(struct slice text, struct recovery_metadata *out)
{
    static struct props lines; /* large; nobody else is at work here */

    memset(&lines, 0, sizeof(lines));
    props_read_file(&lines, (const char *)text.data, text.size);
    if (!text_of(&lines, "pre-device", out->product, sizeof(out->product)) ||
        !text_of(&lines, "flashlab-version", out->version, sizeof(out->version)) ||
        !text_of(&lines, "flashlab-region", out->region, sizeof(out->region)) ||
        !number(props_get(&lines, "flashlab-date", ""), &out->date) ||
        !number(props_get(&lines, "flashlab-rollback-index", ""), &out->rollback_index) ||
        out->date < DATE_MIN || out->date > DATE_MAX) {
        return FAULT_METADATA;
    }
    return FAULT_NONE;
}

/* The value of a property descriptor: key, NUL, value, NUL. "" when there is none. */
static void vbmeta_property(struct slice vbmeta, const char *key, char *out, size_t out_size)
{
    size_t key_bytes = strlen(key) + 1;
    const uint8_t *found = memmem(vbmeta.data, vbmeta.size, key, key_bytes);

    out[0] = '\0';
    if (found != NULL) {
        size_t left = vbmeta.size - (size_t)(found - vbmeta.data) - key_bytes;

        copy_string(out, out_size, (const char *)found + key_bytes, left);
    }
}

void recovery_phone_read(const struct props *props, struct slice vbmeta, struct recovery_phone *out)
{
    const char *hwc = props_get(props, "ro.boot.hwc", "");
    bool china = strcmp(hwc, "CN") == 0 || strncmp(hwc, "CN_", 3) == 0;
    char date[16];

    *out = (struct recovery_phone){0};
    (void)text_of(props, "ro.product.device", out->product, sizeof(out->product));
    copy_string(out->region, sizeof(out->region), china ? "cn" : "global", sizeof("global"));
    out->region_held = strcmp(props_get(props, "ro.flashlab.policy_list", ""), "1") == 0 &&
                       strcmp(props_get(props, "ro.secureboot.lockstate", ""), "unlocked") != 0 &&
                       strcmp(props_get(props, "ro.boot.flashlab.regime", ""), "none") != 0;
    if (!number(props_get(props, "ro.boot.anti", ""), &out->rollback_index)) {
        out->rollback_index = 0;
    }
    vbmeta_property(vbmeta, ROM_PROPERTY_REGION, out->rom_region, sizeof(out->rom_region));
    vbmeta_property(vbmeta, ROM_PROPERTY_DATE, date, sizeof(date));
    if (!number(date, &out->rom_date)) {
        out->rom_date = 0;
    }
}

enum recovery_fault recovery_may_install(const struct recovery_phone *phone,
                                         const struct recovery_metadata *package)
{
    if (strcmp(package->product, phone->product) != 0) {
        return FAULT_PRODUCT;
    }
    if (phone->region_held && strcmp(package->region, phone->region) != 0) {
        return FAULT_REGION;
    }
    if (package->rollback_index < phone->rollback_index) {
        return FAULT_ROLLBACK;
    }
    /* Dates of two regions' ROMs say nothing of each other. */
    if (strcmp(package->region, phone->rom_region) == 0 && package->date < phone->rom_date) {
        return FAULT_DATE;
    }
    return FAULT_NONE;
}
