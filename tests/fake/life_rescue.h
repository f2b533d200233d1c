/* SPDX-License-Identifier: MIT */
/* EDL on a fake phone (fake_life.h), with the maker's account. Each says whether the phone did it. */
#ifndef TESTS_LIFE_RESCUE_H
#define TESTS_LIFE_RESCUE_H

#include "tests/fake/fake_life.h"

/* Writes the image to the partition. */
bool life_rescue(struct life *life, const char *part, struct slice image);
/* Erases the partition. */
bool life_rescue_erase(struct life *life, const char *part);

#endif
