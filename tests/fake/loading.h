/* SPDX-License-Identifier: MIT */
/* A boot image on a disk, and the rooms that it is loaded into: for tests of verify_images(). */
#ifndef TESTS_LOADING_H
#define TESTS_LOADING_H

#include "tests/unit/check.h"

#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rom.h"
#include "verify/verify.h"

#define LOADING_LBA 5 /* where the boot partition begins */

struct loading {
    struct fake_disk disk;
    struct verify_parts parts;
    struct verify_room room;
    struct verified verified;
    struct boot_image image;
};

/* A phone that has read the claims of `rom`: AUTHENTIC, with the digest of its boot image. */
void loading_start(struct loading *f, const struct fake_rom *rom, uint32_t block_bytes);
enum err loading_images(struct loading *f);
/* Nothing was written, nor read twice, nor put beyond a room. */
void loading_done(struct loading *f);

void loading_assert_verdict(const char *name, const struct loading *f, enum verdict verdict,
                            enum err why);
/* Kernel and ramdisk lie in their rooms. */
void loading_assert_loaded(const struct loading *f, const struct fake_rom *rom);

#endif
