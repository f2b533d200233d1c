/* SPDX-License-Identifier: MIT */
/*
 * flow/look.h, and what fastboot/dry_run.h asks of it: a ROM that takes its time to read, and to
 * unpack. Whoever made it so, keys are heard meanwhile, and a client is told; nothing is held
 * against the ROM for that.
 */
#include "tests/unit/check.h"

#include "boot/unpack.h"
#include "format/kernel_image.h"
#include "format/misc.h"
#include "format/packed_kernel.h"
#include "storage/slots.h"
#include "tests/fake/fake_desk.h"

#include <stdio.h>

#define IMAGES        "\"event\":\"images\""
#define PLAIN_BYTES   20000
#define LITERALS      5 /* of a block: as few as LZ4 allows */
#define BLOCK_BYTES   (4 + 1 + LITERALS)
#define PACKED_BYTES  (4 + PLAIN_BYTES / LITERALS * BLOCK_BYTES)
#define PACKED_PIECES 1  /* that somebody is told of */
#define BLOCKS_LATER  64 /* of the second piece that is read */

static_assert(PACKED_BYTES > UNPACK_PIECE_BYTES && PACKED_BYTES < 2 * UNPACK_PIECE_BYTES,
              "so many pieces");

/* A key that goes down when the image has been read, or while it is, and not before. */
static struct {
    struct keys keys;
    const struct fake_desk *desk;
    uint64_t early_lba; /* while it is read: when this block was; 0: not so early */
    enum key key;
    unsigned looks; /* after that */
} person;

static bool held(struct keys *keys, enum key key)
{
    const char *said = person.desk->phone.trace.chars;
    bool now = person.early_lba != 0 ? person.desk->phone.disk.times_read[person.early_lba] != 0
                                     : strstr(said, IMAGES) != NULL;

    person.looks += now;
    return now && key == person.key;
}

static enum key pressed(struct keys *keys)
{
    return KEY_NONE;
}

static void forget(struct keys *keys)
{
}

static void put_packed(uint8_t *to)
{
    uint8_t plain[PLAIN_BYTES] = {0};
    struct kernel_image_header *header = (struct kernel_image_header *)plain;

    put_le64(header->image_bytes, PLAIN_BYTES);
    memcpy(header->magic, KERNEL_IMAGE_MAGIC, sizeof header->magic);
    memcpy(to, LZ4_LEGACY_MAGIC, 4);
    to += 4;
    for (size_t at = 0; at < PLAIN_BYTES; at += LITERALS) {
        put_le32(to, 1 + LITERALS);
        to[4] = LITERALS << 4;
        memcpy(to + 5, plain + at, LITERALS);
        to += BLOCK_BYTES;
    }
}

static struct fake_rom slow_rom(void)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;

    spec.rollback_index = 9; /* no phone of ours has more */
    spec.kernel_bytes = PACKED_BYTES;
    fake_rom_make(&spec, &rom);
    put_packed(rom.boot.data + spec.page_bytes);
    fake_rom_sign(&spec, &rom);
    return rom;
}

static struct fake_desk *desk_with(struct fake_phone_spec spec, const struct fake_rom *rom)
{
    static const struct keys_ops ops = {.pressed = pressed, .forget = forget, .held = held};
    struct fake_desk *desk;

    spec.made_for = REGION_CN;
    spec.unlocked = true;
    spec.android_one = spec.slots; /* those that have them have no lock of the region */
    desk = fake_desk_new(&spec);
    fake_phone_flash(&desk->phone, rom);
    person.keys.ops = &ops;
    person.desk = desk;
    person.early_lba = 0;
    person.looks = 0;
    desk->phone.phone.keys = &person.keys;
    return desk;
}

static void start(struct fake_desk *desk, enum key key)
{
    person.key = key;
    fake_desk_begin(desk);
    fake_client_command(&desk->client, "reboot"); /* where it comes to fastboot mode */
    fake_desk_start(desk);
}

static void assert_decided(const struct fake_desk *desk, enum fate fate, enum reason reason)
{
    const struct decision *decision = &desk->flow.decision;

    assert_string_equal(fate_name(decision->fate), fate_name(fate));
    assert_string_equal(reason_name(decision->reason), reason_name(reason));
    assert_int_equal(desk->phone.power.entered, fate == FATE_BOOT);
}

static void a_rom(void **state)
{
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk = desk_with((struct fake_phone_spec){.codename = "dipper"}, &rom);

    start(desk, KEY_NONE);
    assert_decided(desk, FATE_BOOT, REASON_OK);
    assert_true(person.looks >= PACKED_PIECES);
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    assert_false(desk->flow.candidate.loaded);
    assert_err(candidate_why(&desk->flow.candidate), OK);
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

static void a_rom_that_is_being_read(void **state)
{
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk = desk_with((struct fake_phone_spec){.codename = "dipper"}, &rom);

    person.early_lba = FAKE_PHONE_BOOT_LBA + BLOCKS_LATER;
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    assert_false(desk->flow.candidate.loaded);
    assert_err(candidate_why(&desk->flow.candidate), OK);
    assert_null(strstr(desk->phone.trace.chars, IMAGES));
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

/* What may not start is read all the same, to know why: the key changes nothing of that. */
static void a_rom_without_a_vbmeta(void **state)
{
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk = desk_with((struct fake_phone_spec){.codename = "dipper"}, &rom);

    memset(fake_disk_at(&desk->phone.disk, FAKE_PHONE_VBMETA_LBA), 0, rom.vbmeta.size);
    person.early_lba = FAKE_PHONE_BOOT_LBA + BLOCKS_LATER;
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    assert_non_null(strstr(desk->phone.trace.chars, IMAGES));
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

static void no_slot_is_refused_for_it(void **state)
{
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk =
        desk_with((struct fake_phone_spec){.codename = "whyred", .slots = true}, &rom);
    const uint8_t *record = fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA);
    uint8_t before[MISC_SLOTS_OFFSET + 512];

    memcpy(before, record, sizeof before);
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    assert_memory_equal(record, before, sizeof before);
    assert_string_equal(desk->flow.candidate.suffix, "_a");
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

static void a_recovery(void **state)
{
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk =
        desk_with((struct fake_phone_spec){.codename = "dipper", .recovery = true}, &rom);
    uint8_t *misc = fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA);

    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_RECOVERY_LBA), rom.boot.data, rom.boot.size);
    memcpy(misc, BCB_BOOT_RECOVERY, sizeof BCB_BOOT_RECOVERY);
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    assert_memory_equal(misc, BCB_BOOT_RECOVERY,
                        sizeof BCB_BOOT_RECOVERY); /* it is still asked for */
    person.early_lba = FAKE_PHONE_RECOVERY_LBA + BLOCKS_LATER;
    start(desk, KEY_VOLUME_DOWN);
    assert_decided(desk, FATE_FASTBOOT, REASON_KEYS);
    person.early_lba = 0;
    start(desk, KEY_VOLUME_UP);
    assert_string_equal(fate_name(desk->flow.decision.fate), fate_name(FATE_RECOVERY));
    assert_int_equal(desk->phone.power.entered, 1);
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

/* Each look at the clock takes a second: a client hears of a kernel that takes longer. */
static uint64_t second_later(struct power *power)
{
    return CONTAINER_OF(power, struct fake_power, power)->now_us += 1000000;
}

static void a_client(void **state)
{
    static const char *const commands[] = {"boot", NULL};
    struct fake_rom rom = slow_rom();
    struct fake_desk *desk = desk_with((struct fake_phone_spec){.codename = "dipper"}, &rom);
    struct power *power = &desk->phone.power.power;
    struct power_ops slow = *power->ops;

    person.key = KEY_NONE;
    assert_true(fake_desk_ask(desk, span_slice(rom.boot), commands));
    assert_null(fake_client_reply(&desk->client, "INFOChecking the ROM: "));
    slow.now_us = second_later;
    power->ops = &slow;
    assert_true(fake_desk_ask(desk, span_slice(rom.boot), commands));
    assert_non_null(fake_client_reply(&desk->client, "INFOChecking the ROM: 8"));
    fake_desk_free(desk);
    fake_rom_free(&rom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rom),
        cmocka_unit_test(a_rom_that_is_being_read),
        cmocka_unit_test(a_rom_without_a_vbmeta),
        cmocka_unit_test(no_slot_is_refused_for_it),
        cmocka_unit_test(a_recovery),
        cmocka_unit_test(a_client),
    };

    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
