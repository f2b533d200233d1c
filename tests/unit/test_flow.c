/* SPDX-License-Identifier: MIT */
/*
 * flow.h: a phone and a ROM, and what becomes of them. One table, a line a story.
 *
 * The phones are the models of board/, the ROMs carry a kernel of a few KiB. After each story the
 * disk and the NOR are as they were, no block was read twice, and a kernel was entered only where
 * the phone boots.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "flow/flow.h"
#include "format/nor_map.h"
#include "tests/fake/fake_gpt.h"
#include "tests/fake/fake_phone.h"

#include <stdio.h>

enum rom {
    ROM_CN,
    ROM_GLOBAL,
    ROM_RESELLER,      /* says global; signed by the shop */
    ROM_UNSIGNED,      /* says cn; signed by nobody */
    ROM_UNMARKED,      /* official, says no region */
    ROM_EEA,           /* official, of a region that the lab does not know */
    ROM_OLDER,         /* official, cn, its index one below the phone's */
    ROM_NEWER,         /* official, cn, its index above */
    ROM_OLD_BY_NOBODY, /* cn, index 0, not signed */
};

enum tamper {
    AS_FLASHED,
    BOOT_BIT,    /* one bit of the kernel */
    BOOT_HEADER, /* its magic */
    BOOT_PAGE,   /* its page size */
    BOOT_SIZE,   /* its kernel's: 4 GiB less one */
    BOOT_NOISE,  /* bytes of anything */
    BOOT_BLANK,  /* never flashed, or erased */
    VBMETA_BIT,  /* one bit of a descriptor */
    VBMETA_BLANK,
    VBMETA_ODD, /* of a version that nobody knows */
    BOTH_BLANK,
    KERNEL_MAGIC, /* and signed so */
    KERNEL_GZIP,  /* so too: packed, as phones of another kind want it */
    KERNEL_BLANK, /* so too: its first page is zeros */
    GPT_PRIMARY_BIT,
    GPT_BOTH,
    GPT_NO_BOOT, /* a table without that partition */
    GPT_NO_VBMETA,
    DISK_ABSENT,
    DISK_DEAD,
    DISK_BAD_VBMETA, /* the first read behind the table fails */
    STATE_ERASED,
    OVERLAY_ERASED,
    OVERLAY_LARGER, /* than its place, says its header */
    FUSES_ERASED,
    FUSES_BIT,
    NOR_DEAD,
    PANEL_ABSENT,
    TRACE_CLOSED,
};

#define CN         REGION_CN
#define GLOBAL     REGION_GLOBAL
#define LOCKED     false
#define UNLOCKED   true
#define ANNOUNCED  REGIME_ANNOUNCED
#define SHIPPED    REGIME_SHIPPED
#define NONE       REGIME_NONE
#define BOOTS      FATE_BOOT, REASON_OK
#define BRICK(r)   FATE_BRICK, REASON_##r
#define RED        BOOT_STATE_RED
#define ORANGE     BOOT_STATE_ORANGE
#define GREEN      BOOT_STATE_GREEN
#define UNVERIFIED BOOT_STATE_UNVERIFIED

/* clang-format off */
static const struct story {
    const char *model;
    enum region made_for;
    enum rom rom;
    bool unlocked;
    enum regime regime;
    enum tamper tamper;
    enum fate fate;
    enum reason reason;
    enum boot_state boot_state;
    enum screen screen;
} stories[] = {
    /* the announcement: it holds for MIUI phones from 2018 on, both ways, locked or not */
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"dipper",   GLOBAL, ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"dipper",   GLOBAL, ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_GLOBAL,   UNLOCKED, ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), ORANGE, SCREEN_REGION},
    {"dipper",   GLOBAL, ROM_CN,       UNLOCKED, ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), ORANGE, SCREEN_REGION},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    {"dipper",   CN,     ROM_UNMARKED, LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_UNKNOWN), GREEN, SCREEN_REGION},
    {"dipper",   GLOBAL, ROM_EEA,      LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_UNKNOWN), GREEN, SCREEN_REGION},
    {"whyred",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"polaris",  GLOBAL, ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"sirius",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"nitrogen", CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"cactus",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    /* phones of before 2018 run either */
    {"hermes",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, UNVERIFIED, SCREEN_LOGO},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, UNVERIFIED, SCREEN_LOGO},
    {"mido",     CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"mido",     GLOBAL, ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"sagit",    CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"sagit",    GLOBAL, ROM_CN,       LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"vince",    CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"mido",     CN,     ROM_UNMARKED, LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    /* what shipped leaves it to the ROM; and without a rule nobody looks */
    {"dipper",   CN,     ROM_GLOBAL,   LOCKED,   SHIPPED,   AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   GLOBAL, ROM_CN,       LOCKED,   SHIPPED,   AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_GLOBAL,   UNLOCKED, SHIPPED,   AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    {"dipper",   CN,     ROM_GLOBAL,   LOCKED,   NONE,      AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_EEA,      LOCKED,   NONE,      AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    /* the reseller's ROM: why the lock came */
    {"hermes",   CN,     ROM_RESELLER, LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, UNVERIFIED, SCREEN_LOGO},
    {"dipper",   CN,     ROM_RESELLER, LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(WRONG_KEY), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_RESELLER, LOCKED,   NONE,      AS_FLASHED, BRICK(WRONG_KEY), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_RESELLER, UNLOCKED, ANNOUNCED, AS_FLASHED, BRICK(REGION_MISMATCH), ORANGE, SCREEN_REGION},
    {"dipper",   GLOBAL, ROM_RESELLER, UNLOCKED, ANNOUNCED, AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    {"dipper",   CN,     ROM_RESELLER, UNLOCKED, NONE,      AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    {"mido",     CN,     ROM_UNSIGNED, LOCKED,   ANNOUNCED, AS_FLASHED, BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"mido",     CN,     ROM_UNSIGNED, UNLOCKED, ANNOUNCED, AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    {"hermes",   CN,     ROM_UNSIGNED, LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, UNVERIFIED, SCREEN_LOGO},
    /* rollback */
    {"whyred",   CN,     ROM_OLDER,    LOCKED,   ANNOUNCED, AS_FLASHED, FATE_DEAD, REASON_ROLLBACK, RED, SCREEN_BLACK},
    {"whyred",   CN,     ROM_OLDER,    UNLOCKED, ANNOUNCED, AS_FLASHED, FATE_DEAD, REASON_ROLLBACK, RED, SCREEN_BLACK},
    {"whyred",   CN,     ROM_OLDER,    UNLOCKED, NONE,      AS_FLASHED, FATE_DEAD, REASON_ROLLBACK, RED, SCREEN_BLACK},
    {"whyred",   GLOBAL, ROM_OLDER,    LOCKED,   ANNOUNCED, AS_FLASHED, FATE_DEAD, REASON_ROLLBACK, RED, SCREEN_BLACK},
    {"whyred",   CN,     ROM_OLD_BY_NOBODY, UNLOCKED, NONE, AS_FLASHED, FATE_DEAD, REASON_ROLLBACK, RED, SCREEN_BLACK},
    {"whyred",   CN,     ROM_OLD_BY_NOBODY, LOCKED,   NONE, AS_FLASHED, BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"whyred",   CN,     ROM_NEWER,    LOCKED,   ANNOUNCED, AS_FLASHED, BOOTS, GREEN, SCREEN_LOGO},
    {"mido",     CN,     ROM_OLD_BY_NOBODY, UNLOCKED, NONE, AS_FLASHED, BOOTS, ORANGE, SCREEN_LOGO},
    /* what cannot be read names no index and no region: dead is only what was read and is lower */
    {"whyred",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, VBMETA_BLANK, BRICK(REGION_UNKNOWN), ORANGE, SCREEN_REGION},
    {"whyred",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, VBMETA_ODD,   BRICK(REGION_UNKNOWN), ORANGE, SCREEN_REGION},
    {"whyred",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, GPT_NO_VBMETA, BRICK(REGION_UNKNOWN), ORANGE, SCREEN_REGION},
    {"whyred",   CN,     ROM_CN,       UNLOCKED, NONE,      VBMETA_BLANK, BOOTS, ORANGE, SCREEN_LOGO},
    {"whyred",   CN,     ROM_CN,       UNLOCKED, SHIPPED,   VBMETA_ODD,   BOOTS, ORANGE, SCREEN_LOGO},
    {"whyred",   CN,     ROM_CN,       UNLOCKED, NONE,      BOTH_BLANK,   BRICK(NO_ROM), ORANGE, SCREEN_NO_ROM},
    {"whyred",   CN,     ROM_CN,       LOCKED,   NONE,      VBMETA_BLANK, BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"whyred",   CN,     ROM_CN,       LOCKED,   NONE,      VBMETA_ODD,   BRICK(UNSUPPORTED), RED, SCREEN_VERIFICATION},
    /* a changed image */
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_BIT,    BRICK(BAD_HASH), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_BIT,    BOOTS, ORANGE, SCREEN_LOGO},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_BIT,    BOOTS, UNVERIFIED, SCREEN_LOGO},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, VBMETA_BIT,  BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"sagit",    CN,     ROM_CN,       UNLOCKED, ANNOUNCED, VBMETA_BIT,  BOOTS, ORANGE, SCREEN_LOGO},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_HEADER, BRICK(BAD_HASH), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_HEADER, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_HEADER, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_PAGE,   BRICK(BAD_HASH), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, KERNEL_MAGIC, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, KERNEL_MAGIC, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    /* nothing in it that this processor could enter */
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, KERNEL_MAGIC, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, KERNEL_GZIP,  BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, KERNEL_GZIP,  BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, KERNEL_BLANK, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_PAGE,    BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_SIZE,    BRICK(BAD_HASH), RED, SCREEN_VERIFICATION},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_SIZE,    BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_NOISE,   BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_NOISE,   BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    /* nothing there */
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOOT_BLANK,  BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOOT_BLANK,  BRICK(NO_ROM), ORANGE, SCREEN_NO_ROM},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, BOTH_BLANK,  BRICK(NO_ROM), UNVERIFIED, SCREEN_NO_ROM},
    {"sagit",    CN,     ROM_CN,       UNLOCKED, ANNOUNCED, BOTH_BLANK,  BRICK(NO_ROM), ORANGE, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, VBMETA_BLANK, BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, VBMETA_BLANK, BOOTS, UNVERIFIED, SCREEN_LOGO},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, GPT_NO_BOOT, BRICK(NO_ROM), RED, SCREEN_NO_ROM},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, GPT_NO_VBMETA, BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    {"hermes",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, GPT_NO_VBMETA, BOOTS, UNVERIFIED, SCREEN_LOGO},
    /* the phone itself is damaged */
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, GPT_PRIMARY_BIT, BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, GPT_BOTH,        BRICK(BAD_GPT), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, NONE,      DISK_ABSENT,     BRICK(BAD_GPT), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, NONE,      DISK_DEAD,       BRICK(BAD_GPT), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, NONE,      DISK_BAD_VBMETA, BRICK(BAD_GPT), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, OVERLAY_ERASED,  BRICK(BAD_BOARD), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, OVERLAY_LARGER,  BRICK(BAD_BOARD), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, FUSES_ERASED,    BRICK(BAD_BOARD), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, FUSES_BIT,       BRICK(BAD_BOARD), RED, SCREEN_HARDWARE},
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, NOR_DEAD,        BRICK(BAD_BOARD), RED, SCREEN_HARDWARE},
    /* a lost memory means locked */
    {"dipper",   CN,     ROM_CN,       UNLOCKED, ANNOUNCED, STATE_ERASED,    BOOTS, GREEN, SCREEN_LOGO},
    {"mido",     CN,     ROM_UNSIGNED, UNLOCKED, ANNOUNCED, STATE_ERASED,    BRICK(BAD_SIGNATURE), RED, SCREEN_VERIFICATION},
    /* nobody looks, and it goes on all the same */
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, PANEL_ABSENT,    BOOTS, GREEN, SCREEN_LOGO},
    {"dipper",   CN,     ROM_GLOBAL,   LOCKED,   ANNOUNCED, PANEL_ABSENT,    BRICK(REGION_MISMATCH), GREEN, SCREEN_REGION},
    {"dipper",   CN,     ROM_CN,       LOCKED,   ANNOUNCED, TRACE_CLOSED,    BOOTS, GREEN, SCREEN_LOGO},
};
/* clang-format on */

static struct fake_rom_spec rom_spec(const struct story *story, uint32_t phone_index)
{
    static const struct {
        const char *region;
        const char *name;
        enum {
            BY_OEM,
            BY_SHOP,
            BY_NOBODY
        } by;
        int index; /* less the phone's */
    } roms[] = {
        [ROM_CN] = {"cn", "cn", BY_OEM, 0},
        [ROM_GLOBAL] = {"global", "global", BY_OEM, 0},
        [ROM_RESELLER] = {"global", "reseller", BY_SHOP, 0},
        [ROM_UNSIGNED] = {"cn", "own", BY_NOBODY, 0},
        [ROM_UNMARKED] = {NULL, "unmarked", BY_OEM, 0},
        [ROM_EEA] = {"eea", "eea", BY_OEM, 0},
        [ROM_OLDER] = {"cn", "cn", BY_OEM, -1},
        [ROM_NEWER] = {"cn", "cn", BY_OEM, 1},
        [ROM_OLD_BY_NOBODY] = {"cn", "own", BY_NOBODY, -1},
    };
    const struct signing_key *keys[] = {fake_root_key(), fake_other_key(), NULL};
    struct fake_rom_spec spec =
        fake_rom_ordinary(roms[story->rom].region, keys[roms[story->rom].by]);

    spec.name = roms[story->rom].name;
    spec.rollback_index = (uint64_t)((int)phone_index + roms[story->rom].index);
    if (story->rom == ROM_OLD_BY_NOBODY) {
        spec.rollback_index = 0;
    }
    return spec;
}

/* Another table: the same partitions but for one, which has another name. */
static void rename_partition(struct fake_phone *phone, const char *name)
{
    for (size_t copy = 0; copy < 2; copy++) {
        uint64_t header_lba = copy == 0 ? GPT_PRIMARY_LBA : FAKE_PHONE_BLOCKS - 1;
        struct gpt_entry *entries = fake_gpt_entries(&phone->disk, header_lba);

        for (size_t i = 0; i < 4; i++) {
            if (entries[i].name[0] == name[0]) {
                entries[i].name[0] = 'x';
            }
        }
        fake_gpt_seal(&phone->disk, header_lba);
    }
}

/* Before it is signed; false: there is nothing to sign anew. */
static bool tamper_kernel(uint8_t *kernel, size_t page_bytes, enum tamper tamper)
{
    static const uint8_t gzip[] = {0x1f, 0x8b, 0x08};

    kernel[56] ^= tamper == KERNEL_MAGIC;
    if (tamper == KERNEL_GZIP) {
        memcpy(kernel, gzip, sizeof gzip);
        kernel[56] = 0;
    }
    if (tamper == KERNEL_BLANK) {
        memset(kernel, 0, page_bytes);
    }
    return tamper == KERNEL_MAGIC || tamper == KERNEL_GZIP || tamper == KERNEL_BLANK;
}

static void tamper_boot(struct fake_phone *phone, enum tamper tamper)
{
    uint8_t *boot = fake_disk_at(&phone->disk, FAKE_PHONE_BOOT_LBA);
    uint8_t *vbmeta = fake_disk_at(&phone->disk, FAKE_PHONE_VBMETA_LBA);

    if (tamper == BOOT_BIT) {
        boot[5000] ^= 0x04;
    }
    if (tamper == BOOT_HEADER) {
        boot[0] ^= 0x01;
    }
    if (tamper == BOOT_PAGE) {
        boot[offsetof(struct boot_image_header, page_bytes)] ^= 0x40;
    }
    if (tamper == BOOT_SIZE) {
        memset(boot + offsetof(struct boot_image_header, kernel_bytes), 0xff, 4);
    }
    for (uint32_t i = 0, noise = 1; tamper == BOOT_NOISE && i < 65536; i++) {
        noise = noise * 1664525 + 1013904223;
        boot[i] = (uint8_t)(noise >> 24);
    }
    if (tamper == BOOT_BLANK || tamper == BOTH_BLANK) {
        memset(boot, 0xff, 65536);
    }
    if (tamper == VBMETA_BLANK || tamper == BOTH_BLANK) {
        memset(vbmeta, 0x00, VBMETA_MAX_BYTES);
    }
    if (tamper == VBMETA_ODD) {
        vbmeta[offsetof(struct vbmeta_header, required_major) + 3] = 9;
    }
    if (tamper == VBMETA_BIT) {
        vbmeta[sizeof(struct vbmeta_header) + 576 + 600] ^= 0x20;
    }
}

static void tamper_disk(struct fake_phone *phone, enum tamper tamper)
{
    if (tamper == GPT_PRIMARY_BIT || tamper == GPT_BOTH) {
        fake_disk_at(&phone->disk, GPT_PRIMARY_LBA)[40] ^= 0x01;
    }
    if (tamper == GPT_BOTH) {
        fake_disk_at(&phone->disk, FAKE_PHONE_BLOCKS - 1)[40] ^= 0x01;
    }
    if (tamper == GPT_NO_BOOT) {
        rename_partition(phone, "boot");
    }
    if (tamper == GPT_NO_VBMETA) {
        rename_partition(phone, "vbmeta");
    }
    if (tamper == DISK_ABSENT) {
        phone->phone.disk = NULL;
    }
    if (tamper == DISK_DEAD || tamper == DISK_BAD_VBMETA) {
        phone->disk.fail_from = tamper == DISK_DEAD ? 1 : 3;
    }
}

static void tamper_devices(struct fake_phone *phone, enum tamper tamper)
{
    static const struct {
        enum tamper tamper;
        uint32_t offset;
    } erased[] = {{STATE_ERASED, NOR_STATE_A_OFFSET},
                  {STATE_ERASED, NOR_STATE_B_OFFSET},
                  {OVERLAY_ERASED, NOR_OVERLAY_OFFSET},
                  {FUSES_ERASED, NOR_FUSES_OFFSET}};

    for (size_t i = 0; i < ARRAY_COUNT(erased); i++) {
        if (erased[i].tamper == tamper) {
            memset(phone->nor.bytes + erased[i].offset, 0xff, 0x40000);
        }
    }
    if (tamper == OVERLAY_LARGER) {
        put_be32(phone->nor.bytes + NOR_OVERLAY_OFFSET + 4, NOR_OVERLAY_BYTES + 8);
    }
    if (tamper == FUSES_BIT) {
        phone->nor.bytes[NOR_FUSES_OFFSET + 50] ^= 0x01;
    }
    phone->nor.failing = tamper == NOR_DEAD;
    phone->panel.absent = tamper == PANEL_ABSENT;
    phone->trace.closed = tamper == TRACE_CLOSED;
}

static void install(const struct story *story, struct fake_phone *phone, struct fake_rom *rom)
{
    struct fake_rom_spec spec = rom_spec(story, phone->model.rollback_index);

    fake_rom_make(&spec, rom);
    if (tamper_kernel(rom->boot.data + spec.page_bytes, spec.page_bytes, story->tamper)) {
        fake_rom_sign(&spec, rom);
    }
    fake_phone_flash(phone, rom);
    tamper_boot(phone, story->tamper);
    tamper_disk(phone, story->tamper);
    tamper_devices(phone, story->tamper);
}

static bool came_out_as_told(const struct story *story, const struct flow *flow)
{
    return flow->decision.fate == story->fate && flow->decision.reason == story->reason &&
           flow->decision.boot_state == story->boot_state && flow->screen == story->screen;
}

/* The screen is on the panel: something, or - dead - nothing at all. */
static void check_panel(const struct story *story, const struct fake_phone *phone)
{
    bool black = fake_panel_is_black(&phone->panel);

    if (story->tamper == PANEL_ABSENT) {
        assert_int_equal(phone->panel.panel.canvas.width_px, 0);
    } else {
        assert_int_equal(black, story->screen == SCREEN_BLACK);
        assert_int_equal(phone->panel.starts, 1);
    }
}

/* A kernel was entered if and only if the phone boots: the ROM's own, where it was loaded. */
static void check_kernel(const struct story *story, const struct fake_phone *phone,
                         const struct fake_rom *rom)
{
    const struct phone *devices = &phone->phone;

    assert_int_equal(phone->power.entered, story->fate == FATE_BOOT ? 1 : 0);
    if (story->fate == FATE_BOOT) {
        assert_true(phone->power.entry == (uint64_t)(uintptr_t)devices->kernel.data);
        assert_true(phone->power.dtb == (uint64_t)(uintptr_t)devices->dtb.data);
        assert_memory_equal(devices->ramdisk.data, rom->ramdisk.data, rom->ramdisk.size);
        if (story->tamper != BOOT_BIT) {
            assert_memory_equal(devices->kernel.data, rom->kernel.data, rom->kernel.size);
        }
    }
}

/* Whole lines of JSON, the last of which is the verdict. */
static void check_trace(const struct story *story, const struct fake_link *trace)
{
    char expected[100];

    if (trace->closed) {
        assert_int_equal(trace->length, 0);
        return;
    }
    assert_int_equal(trace->chars[0], '{');
    assert_memory_equal(trace->chars + trace->length - 2, "}\n", 2);
    snprintf(expected, sizeof expected, "\"event\":\"verdict\",\"fate\":\"%s\",\"reason\":\"%s\"",
             fate_name(story->fate), reason_name(story->reason));
    assert_non_null(strstr(trace->chars, expected));
    assert_int_equal(strchr(strstr(trace->chars, expected), '\n')[1], '\0');
}

/* Nothing that a boot may not change was changed. */
static void check_storage(const struct story *story, const struct fake_phone *phone,
                          uint32_t nor_crc, uint32_t disk_crc)
{
    const struct fake_disk *disk = &phone->disk;

    if (story->tamper == STATE_ERASED) {
        return; /* user data is wiped, and a new record written: test_commit.c */
    }

    assert_int_equal(disk->writes, 0);
    assert_int_equal(phone->nor.changes, 0);
    assert_true(crc32(slice_of(phone->nor.bytes, NOR_WRITE_BYTES)) == nor_crc);
    assert_true(crc32(slice_of(disk->bytes, disk->block.block_count * 512)) == disk_crc);
    assert_true(fake_disk_read_once(disk));
    assert_false(disk->under_way);
}

static void play(const struct story *story)
{
    struct fake_phone_spec spec = {.codename = story->model,
                                   .made_for = story->made_for,
                                   .regime = story->regime,
                                   .unlocked = story->unlocked};
    struct fake_phone *phone = test_calloc(1, sizeof *phone);
    struct flow *flow = test_calloc(1, sizeof *flow);
    struct fake_rom rom;
    uint32_t nor_crc;
    uint32_t disk_crc;

    fake_phone_make(&spec, phone);
    install(story, phone, &rom);
    nor_crc = crc32(slice_of(phone->nor.bytes, NOR_WRITE_BYTES));
    disk_crc = crc32(slice_of(phone->disk.bytes, FAKE_PHONE_BLOCKS * 512));
    flow_run(&phone->phone, flow);
    if (!came_out_as_told(story, flow)) {
        print_error("story %d (%s): %s %s %s, screen %s\n%s", (int)(story - stories), story->model,
                    fate_name(flow->decision.fate), reason_name(flow->decision.reason),
                    boot_state_name(flow->decision.boot_state), screen_name(flow->screen),
                    phone->log.chars);
        fail();
    }
    check_panel(story, phone);
    check_kernel(story, phone, &rom);
    check_trace(story, &phone->trace);
    check_storage(story, phone, nor_crc, disk_crc);
    fake_phone_free(phone);
    fake_rom_free(&rom);
    test_free(phone);
    test_free(flow);
}

static void every_story(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(stories); i++) {
        play(&stories[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
