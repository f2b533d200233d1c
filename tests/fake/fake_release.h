/* SPDX-License-Identifier: MIT */
/*
 * ROMs as packages carry them: a boot image, a recovery with a vbmeta of its own, and the vbmeta
 * that chains it; on a phone with a recovery.
 */
#ifndef TESTS_FAKE_RELEASE_H
#define TESTS_FAKE_RELEASE_H

#include "format/vbmeta.h"
#include "tests/fake/fake_phone.h"

#define FAKE_RELEASE_RECOVERY_BYTES ((FAKE_PHONE_USER_LAST + 1 - FAKE_PHONE_RECOVERY_LBA) * 512)
#define FAKE_RELEASE_BOOT_BYTES     ((FAKE_PHONE_BOOT_LAST + 1 - FAKE_PHONE_BOOT_LBA) * 512)
#define FAKE_RELEASE_VBMETA_BYTES   ((FAKE_PHONE_VBMETA_LAST + 1 - FAKE_PHONE_VBMETA_LBA) * 512)

struct fake_release {
    struct fake_rom rom;
    struct fake_rom recovery;
    uint8_t recovery_image[FAKE_RELEASE_RECOVERY_BYTES];  /* as large as its partition */
    uint8_t packed_recovery[FAKE_RELEASE_RECOVERY_BYTES]; /* without the padding, as in packages */
    size_t packed_bytes;
    uint8_t vbmeta[VBMETA_MAX_BYTES];
    size_t vbmeta_bytes;
};

/* For that phone. Another `more` makes every image another: its sizes are. */
void fake_release_make(const struct fake_phone *phone, struct fake_release *release, size_t more);
void fake_release_free(struct fake_release *release);
/* Onto the phone's disk, behind its back. */
void fake_release_flash(struct fake_phone *phone, const struct fake_release *release);

/* boot, recovery or vbmeta on the phone's disk; NULL: no such one. */
uint8_t *fake_release_partition(struct fake_phone *phone, const char *name, uint64_t *out_bytes);

/*
 * Power-on, with the recovery asked for or not: the size of the ramdisk that was entered, which says
 * whose it is; 0: none was.
 */
uint64_t fake_release_start(struct fake_phone *phone, bool recovery);

#endif
