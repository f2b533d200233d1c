/* SPDX-License-Identifier: MIT */
/* Packages on a fake phone (fake_life.h). */
#ifndef TESTS_LIFE_PACKAGES_H
#define TESTS_LIFE_PACKAGES_H

#include "tests/fake/fake_life.h"

enum life_flaw {
    LIFE_FLAW_NONE,
    LIFE_FLAW_DAMAGED,   /* a byte of it is another */
    LIFE_FLAW_ELSEWHERE, /* it is for another model */
};

/* The recovery installs a package with this ROM, signed by whom the ROM is. Did it take it? */
bool life_sideload(struct life *life, enum life_rom rom, enum life_flaw flaw);

#endif
