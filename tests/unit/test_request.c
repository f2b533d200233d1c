/* SPDX-License-Identifier: MIT */
/*
 * flow/request.h, the way into the recovery: who may ask for it; it runs by the ROM's rules.
 */
#include "tests/unit/check.h"

#include "flow/flow.h"
#include "format/misc.h"
#include "tests/fake/fake_phone.h"

#include <stdio.h>

#define DEADLINE_LOOKS 1000

/* What is wrong with the phone. */
enum harm {
    NONE,
    DAMAGED_ROM,      /* boot has another hash */
    DAMAGED_RECOVERY, /* recovery has another hash */
    NO_RECOVERY,      /* the partition is empty */
    NOT_VOUCHED_FOR,  /* vbmeta says nothing of it */
    OTHER_KEY,
    OTHER_REGION,
};

struct desk {
    struct fake_phone phone;
    struct fake_keys keys;
    struct fake_rom rom;
    struct fake_rom recovery;
    struct flow flow;
};

/* A vbmeta that vouches for both, which fake_rom_make does not make. */
static void flash_vbmeta(struct desk *desk, enum harm harm)
{
    static const uint8_t salt[] = "salt";
    static uint8_t image[VBMETA_MAX_BYTES];
    const struct vbmeta_hash_spec hashes[] = {
        vbmeta_hash_image("boot", span_slice(desk->rom.boot), slice_of(salt, sizeof salt)),
        vbmeta_hash_image("recovery", span_slice(desk->recovery.boot), slice_of(salt, sizeof salt)),
    };
    const struct vbmeta_property_spec region = {ROM_PROPERTY_REGION,
                                                harm == OTHER_REGION ? "global" : "cn"};
    const struct vbmeta_spec spec = {
        .properties = &region,
        .property_count = 1,
        .hashes = hashes,
        .hash_count = harm == NOT_VOUCHED_FOR ? 1 : 2,
        .key = harm == OTHER_KEY ? fake_other_key() : fake_root_key(),
        .rollback_index = desk->phone.model.rollback_index,
    };
    size_t size = vbmeta_write(&spec, (struct span){image, sizeof image});

    assert_true(size != 0);
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_VBMETA_LBA), image, size);
}

static struct desk *desk_new(struct fake_phone_spec spec, enum harm harm)
{
    struct desk *desk = test_calloc(1, sizeof *desk);
    struct fake_rom_spec rom = fake_rom_ordinary("cn", fake_root_key());
    uint8_t *recovery;

    spec.codename = "whyred";
    spec.made_for = REGION_CN;
    spec.recovery = true;
    fake_phone_make(&spec, &desk->phone);
    fake_rom_make(&rom, &desk->rom);
    rom.ramdisk_bytes += 512;
    fake_rom_make(&rom, &desk->recovery);
    fake_phone_flash(&desk->phone, &desk->rom);
    flash_vbmeta(desk, harm);
    recovery = fake_disk_at(&desk->phone.disk, FAKE_PHONE_RECOVERY_LBA);
    if (harm != NO_RECOVERY) {
        memcpy(recovery, desk->recovery.boot.data, desk->recovery.boot.size);
    }
    recovery[4096] ^= harm == DAMAGED_RECOVERY;
    fake_disk_at(&desk->phone.disk, FAKE_PHONE_BOOT_LBA)[4096] ^= harm == DAMAGED_ROM;
    fake_keys_init(&desk->keys);
    desk->keys.deadline_looks = DEADLINE_LOOKS;
    desk->phone.phone.keys = &desk->keys.keys;
    return desk;
}

static void desk_free(struct desk *desk)
{
    fake_phone_free(&desk->phone);
    fake_rom_free(&desk->rom);
    fake_rom_free(&desk->recovery);
    test_free(desk);
}

/* The first verdict in the trace, whether a kernel was entered, and how long its ramdisk was. */
static void assert_run(struct desk *desk, enum fate fate, enum reason reason, bool enters)
{
    char verdict[100];
    const char *first;

    flow_run(&desk->phone.phone, &desk->flow);
    snprintf(verdict, sizeof verdict, "\"verdict\",\"fate\":\"%s\",\"reason\":\"%s\"",
             fate_name(fate), reason_name(reason));
    first = strstr(desk->phone.trace.chars, "\"verdict\",\"fate\"");
    if (first == NULL || strncmp(first, verdict, strlen(verdict)) != 0) {
        fail_msg("not %s\n%s", verdict, desk->phone.trace.chars);
    }
    assert_int_equal(desk->phone.power.entered, enters);
    if (enters) {
        const struct fake_rom *what = fate == FATE_RECOVERY ? &desk->recovery : &desk->rom;

        assert_int_equal(desk->flow.candidate.image.ramdisk_bytes, what->ramdisk.size);
        assert_int_equal(desk->flow.screen, SCREEN_LOGO);
    }
}

static void leave_message(struct desk *desk)
{
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA), BCB_BOOT_RECOVERY,
           sizeof BCB_BOOT_RECOVERY);
}

static void the_message_starts_it(void **state)
{
    static const struct {
        const char *name;
        enum harm harm;
        bool unlocked;
        enum regime regime;
        enum fate fate;
        enum reason reason;
        bool enters;
    } stories[] = {
        {"healthy", NONE, false, REGIME_ANNOUNCED, FATE_RECOVERY, REASON_BCB, true},
        {"a damaged ROM does not matter", DAMAGED_ROM, false, REGIME_ANNOUNCED, FATE_RECOVERY,
         REASON_BCB, true},
        {"a damaged recovery is refused", DAMAGED_RECOVERY, false, REGIME_ANNOUNCED, FATE_BRICK,
         REASON_BAD_HASH, false},
        {"and runs on an unlocked phone", DAMAGED_RECOVERY, true, REGIME_ANNOUNCED, FATE_RECOVERY,
         REASON_BCB, true},
        {"one that nobody vouches for", NOT_VOUCHED_FOR, false, REGIME_ANNOUNCED, FATE_BRICK,
         REASON_BAD_HASH, false},
        {"another signer's", OTHER_KEY, false, REGIME_ANNOUNCED, FATE_BRICK, REASON_WRONG_KEY,
         false},
        {"none: the message is not applied", NO_RECOVERY, false, REGIME_ANNOUNCED, FATE_BOOT,
         REASON_OK, true},
        {"of another region, as announced", OTHER_REGION, false, REGIME_ANNOUNCED, FATE_BRICK,
         REASON_REGION_MISMATCH, false},
        {"of another region, as shipped", OTHER_REGION, false, REGIME_SHIPPED, FATE_RECOVERY,
         REASON_BCB, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(stories); i++) {
        struct desk *desk = desk_new(
            (struct fake_phone_spec){.unlocked = stories[i].unlocked, .regime = stories[i].regime},
            stories[i].harm);

        print_message("%s\n", stories[i].name);
        leave_message(desk);
        assert_run(desk, stories[i].fate, stories[i].reason, stories[i].enters);
        desk_free(desk);
    }
}

/* Said once: then the ROM starts, which the message would keep from starting for ever. */
static void a_damaged_recovery_is_no_loop(void **state)
{
    struct desk *desk =
        desk_new((struct fake_phone_spec){.regime = REGIME_ANNOUNCED}, DAMAGED_RECOVERY);

    leave_message(desk);
    assert_run(desk, FATE_BRICK, REASON_BAD_HASH, false);
    desk->keys.deadline_looks = DEADLINE_LOOKS;
    desk->phone.trace.length = 0;
    memset(desk->phone.trace.chars, 0, sizeof desk->phone.trace.chars);
    desk->phone.log.length = 0;
    assert_run(desk, FATE_BOOT, REASON_OK, true);
    desk_free(desk);
}

static void keys_start_it(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.regime = REGIME_ANNOUNCED}, NONE);
    struct desk *without =
        desk_new((struct fake_phone_spec){.regime = REGIME_ANNOUNCED}, NO_RECOVERY);

    (void)state;
    desk->phone.phone.lab.power = desk->phone.phone.lab.volume_up = true;
    without->phone.phone.lab.power = without->phone.phone.lab.volume_up = true;
    desk->keys.held[KEY_POWER] = desk->keys.held[KEY_VOLUME_UP] = true;
    without->keys.held[KEY_POWER] = without->keys.held[KEY_VOLUME_UP] = true;
    assert_run(desk, FATE_RECOVERY, REASON_KEYS, true);
    assert_run(without, FATE_RECOVERY, REASON_KEYS, false);
    assert_non_null(strstr(without->phone.trace.chars, "\"screen\":\"no-recovery\""));
    desk_free(desk);
    desk_free(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_recovery_is_no_loop),
        cmocka_unit_test(the_message_starts_it),
        cmocka_unit_test(keys_start_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
