/* SPDX-License-Identifier: MIT */
/*
 * The region lock as the phones really had it: the ROM itself looks, when the system starts.
 *
 * Pure. A ROM refuses to run when all of this holds:
 *   ro.flashlab.region_check = 1      the ROM carries the check (old ones do not)
 *   ro.flashlab.policy_list = 1       the model is on its list
 *   ro.secureboot.lockstate = locked
 *   ro.boot.hwc = CN or begins CN_    made for China; missing counts as Global
 *   ro.product.mod_device             has "_global" in it: a Global ROM
 *
 * The lab's switch: with ro.boot.flashlab.regime present and not "shipped" nobody looks. A
 * bootloader that does not say it is an old real one, and the ROM looks.
 */
#ifndef USERLAND_REGION_CHECK_H
#define USERLAND_REGION_CHECK_H

#include "props.h"

enum region_check {
    REGION_CHECK_REFUSE = 0,
    REGION_CHECK_PASS,
    REGION_CHECK_NOT_CHECKED, /* this ROM or this model has no check */
    REGION_CHECK_NOT_IN_LAB,  /* another regime: not even worth a word */
};

enum region_check region_check(const struct props *props);

/* "refuse", "pass", "not-checked". */
const char *region_check_name(enum region_check result);

#endif
