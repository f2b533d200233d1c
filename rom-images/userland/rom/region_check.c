/* SPDX-License-Identifier: MIT */
/* The region lock as the phones really had it. */
#include "rom/region_check.h"

#include <string.h>

static bool is(const struct props *props, const char *key, const char *value)
{
    return strcmp(props_get(props, key, ""), value) == 0;
}

static bool made_for_china(const struct props *props)
{
    const char *hwc = props_get(props, "ro.boot.hwc", "");

    return strcmp(hwc, "CN") == 0 || strncmp(hwc, "CN_", 3) == 0;
}

enum region_check region_check(const struct props *props)
{
    if (strcmp(props_get(props, "ro.boot.flashlab.regime", "shipped"), "shipped") != 0) {
        return REGION_CHECK_NOT_IN_LAB;
    }
    if (!is(props, "ro.flashlab.region_check", "1") || !is(props, "ro.flashlab.policy_list", "1")) {
        return REGION_CHECK_NOT_CHECKED;
    }
    if (is(props, "ro.secureboot.lockstate", "locked") && made_for_china(props) &&
        strstr(props_get(props, "ro.product.mod_device", ""), "_global") != NULL) {
        return REGION_CHECK_REFUSE;
    }
    return REGION_CHECK_PASS;
}

const char *region_check_name(enum region_check result)
{
    switch (result) {
    case REGION_CHECK_REFUSE:
        return "refuse";
    case REGION_CHECK_PASS:
        return "pass";
    case REGION_CHECK_NOT_CHECKED:
    case REGION_CHECK_NOT_IN_LAB:
        break;
    }
    return "not-checked";
}
