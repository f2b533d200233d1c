/* SPDX-License-Identifier: MIT */
/*
 * ROMs for tests: a boot image with a kernel of a few KiB, and the vbmeta image that vouches for
 * it. Made with the writers of rom-images/; signed with the test keys of the build folder.
 */
#ifndef TESTS_FAKE_ROM_H
#define TESTS_FAKE_ROM_H

#include "rom-images/write/image_write.h"

struct fake_rom_spec {
    const char *region;            /* NULL: no marker */
    const char *name;              /* of the ROM; NULL: none of name, version and product */
    const struct signing_key *key; /* NULL: not signed */
    uint64_t rollback_index;
    uint32_t flags;
    size_t kernel_bytes; /* at least 64 */
    size_t ramdisk_bytes;
    uint32_t page_bytes;
    uint32_t header_version;
};

/* A ROM of ordinary sizes. */
struct fake_rom_spec fake_rom_ordinary(const char *region, const struct signing_key *key);

struct fake_rom {
    struct span kernel;
    struct span ramdisk;
    struct span boot;
    struct span vbmeta;
};

void fake_rom_make(const struct fake_rom_spec *spec, struct fake_rom *rom);
/* Makes vbmeta again, for a boot image that was changed. */
void fake_rom_sign(const struct fake_rom_spec *spec, struct fake_rom *rom);
void fake_rom_free(struct fake_rom *rom);

/*
 * The key that the fake phones trust, one that they do not, and one that their users may enroll.
 * Loaded at the first call.
 */
const struct signing_key *fake_root_key(void);
const struct signing_key *fake_other_key(void);
const struct signing_key *fake_user_key(void);
/* What is burned in the fuses: the SHA-256 of the root key. */
void fake_root_sha256(uint8_t out_sha256[SHA256_BYTES]);

#endif
