/* SPDX-License-Identifier: MIT */
/*
 * A package for the recovery, the computer that it comes from, and a phone with four partitions
 * that takes it: what tests of recovery/package.h, zip.h and install.h share.
 */
#ifndef TESTS_PACKAGE_DESK_H
#define TESTS_PACKAGE_DESK_H

#include "tests/unit/check.h"

#include "recovery/install.h"
#include "rom-images/package/recovery_zip.h"
#include "tests/fake/fake_rom.h"

#define PACKAGE_BOOT_BYTES      140000u
#define PACKAGE_PARTITION_BYTES 300000u

struct package_desk {
    struct span zip;
    size_t reads;
    size_t fail_from; /* the computer goes away at this read; 0: never */
    uint64_t swap_at; /* the byte that is another from the second pass on; UINT64_MAX: none */
    size_t blocks;
    size_t writes;
    size_t begins;
    bool refuse_write;
    size_t write_left; /* the power is cut when it is 0 */
    uint8_t boot[PACKAGE_PARTITION_BYTES];
    uint8_t recovery[PACKAGE_PARTITION_BYTES];
    uint8_t cust[PACKAGE_PARTITION_BYTES];
    uint8_t vbmeta[65536];
    char order[64]; /* the first letters of the partitions that were written */
    struct recovery_phone phone;
};

extern struct package_desk package_desk;
extern const char package_metadata[]; /* of the good package */
extern uint8_t package_boot_image[PACKAGE_BOOT_BYTES];

/* Of each test: a phone that may take the good package, which is there; and to give it back. */
int package_begin(void **state);
int package_end(void **state);

/* Other packages in its place. The small one has just more than a block. */
void package_make_zip(const struct recovery_zip_file *files, size_t count,
                      const struct signing_key *key);
void package_make_good(void);
void package_make_small(void);
/* Its first record that begins with `magic`. */
uint8_t *package_find_record(uint32_t magic);

struct recovery_reader package_reader(void);
/* Checks the package, and installs it if it may. */
enum recovery_fault package_take(void);
/* That ends with `wanted`; and nothing is written if that is a fault. */
void package_assert_fault(enum recovery_fault wanted, const char *what);

#endif
