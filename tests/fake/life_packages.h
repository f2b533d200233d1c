/* SPDX-License-Identifier: MIT */
/* Packages and rescue on a fake phone (fake_life.h). Each says whether the phone took it. */
#ifndef TESTS_LIFE_PACKAGES_H
#define TESTS_LIFE_PACKAGES_H

#include "tests/fake/fake_life.h"

/* The recovery installs a package with this ROM, signed by whom the ROM is. */
bool life_sideload(struct life *life, enum life_rom rom);
/* EDL, with the maker's account: writes the image to the partition. */
bool life_rescue(struct life *life, const char *part, struct slice image);

#endif
