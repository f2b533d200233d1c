/* SPDX-License-Identifier: MIT */
/*
 * A whole phone in memory, as it leaves the factory: a model of board/, made for a market, with a
 * disk of a few partitions.
 */
#ifndef TESTS_FAKE_PHONE_H
#define TESTS_FAKE_PHONE_H

#include "board/nor_write.h"
#include "iface/phone.h"
#include "tests/fake/fake_devices.h"
#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rom.h"

/* Where the partitions of every fake phone lie; 512 bytes a block. */
#define FAKE_PHONE_BLOCKS      4096
#define FAKE_PHONE_VBMETA_LBA  40
#define FAKE_PHONE_VBMETA_LAST 167
#define FAKE_PHONE_BOOT_LBA    168
#define FAKE_PHONE_BOOT_LAST   2000
#define FAKE_PHONE_MISC_LBA    34
#define FAKE_PHONE_USER_LBA    2048
#define FAKE_PHONE_USER_LAST   4000
/* On a model with slots the above is slot a, with a shorter boot; and slot b: */
#define FAKE_PHONE_VBMETA_B_LBA 1001
#define FAKE_PHONE_BOOT_B_LBA   1129
/* A spec may ask for a recovery partition, at the end of user data. */
#define FAKE_PHONE_RECOVERY_LBA 3800

struct fake_phone_spec {
    const char *codename; /* board/<codename>.yaml */
    enum region made_for;
    enum regime regime;
    bool unlocked;
    bool android_one; /* sold with that system, whatever the model's file says */
    bool recovery;    /* has a partition for it */
    bool slots;       /* two, whatever the model's file says */
    bool no_screen;   /* what it shows is of no interest, and most of the work */
};

struct fake_phone {
    struct phone phone;
    struct model model;
    struct fake_disk disk;
    struct fake_nor nor;
    struct fake_panel panel;
    struct fake_link log;
    struct fake_link trace;
    struct fake_power power;
    struct boot_record record;
};

/* Makes the phone; its disk is empty but for the partition table. */
void fake_phone_make(const struct fake_phone_spec *spec, struct fake_phone *phone);
/* What `fastboot flash` would do, had the phone no say. */
void fake_phone_flash(struct fake_phone *phone, const struct fake_rom *rom);
/* The same to slot b. */
void fake_phone_flash_b(struct fake_phone *phone, const struct fake_rom *rom);
void fake_phone_free(struct fake_phone *phone);

#endif
