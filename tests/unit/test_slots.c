/* SPDX-License-Identifier: MIT */
/* storage/slots.h: what a record says, what a damaged one means, and what is written. */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "storage/slots.h"
#include "tests/fake/fake_disk.h"

#define MISC_LBA    8
#define MISC_BLOCKS 16

static void seal(struct slots_record *record)
{
    put_le32(record->crc32, crc32(slice_of(record, offsetof(struct slots_record, crc32))));
}

/* As Android's boot control would write it: a successful, b with three tries. */
static struct slots_record ordinary(void)
{
    struct slots_record record = {
        .slot_suffix = "_a",
        .magic = {0x42, 0x43, 0x41, 0x42},
        .version = 1,
        .counts = 2 | 5 << 3, /* and five tries of the recovery */
        .slots = {{0x8f, 0x00}, {0x3e, 0x01}},
    };

    seal(&record);
    return record;
}

static struct slots decode(const struct slots_record *record)
{
    struct slots slots;

    slots_decode(slice_of(record, sizeof *record), &slots);
    return slots;
}

static void an_ordinary_record(void **state)
{
    struct slots_record record = ordinary();
    struct slots slots = decode(&record);
    struct slots_record again;

    assert_err(slots.why, OK);
    assert_int_equal(slots.active, 0);
    assert_int_equal(slots.list[0].priority, 15);
    assert_true(slots.list[0].successful && !slots.list[0].verity_corrupted);
    assert_int_equal(slots.list[1].priority, 14);
    assert_int_equal(slots.list[1].tries, 3);
    assert_true(!slots.list[1].successful && slots.list[1].verity_corrupted);
    assert_true(slot_is_bootable(&slots.list[0]) && !slot_is_bootable(&slots.list[1]));
    slots_encode(&slots, &again);
    assert_memory_equal(&again, &record, sizeof record);
}

static void check_defaults(const struct slots *slots)
{
    assert_int_equal(slots->active, 0);
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        assert_int_equal(slots->list[i].priority, 7);
        assert_int_equal(slots->list[i].tries, SLOT_TRIES_MAX);
        assert_false(slots->list[i].successful);
    }
}

static void damaged_records_give_the_defaults(void **state)
{
    static const struct {
        const char *name;
        size_t offset;
        uint8_t value;
        bool sealed;
        enum err err;
    } cases[] = {
        {"magic", 4, 0x43, true, E_SLOTS_MAGIC},
        {"a byte", 13, 0x77, false, E_SLOTS_CRC},
        {"version 0", 8, 0, true, E_SLOTS_VERSION},
        {"a later version", 8, 2, true, E_SLOTS_VERSION},
        {"no slots", 9, 0, true, E_SLOTS_COUNT},
        {"one slot", 9, 1, true, E_SLOTS_COUNT},
        {"seven slots", 9, 7, true, E_SLOTS_COUNT},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slots_record record = ordinary();
        struct slots slots;

        ((uint8_t *)&record)[cases[i].offset] = cases[i].value;
        if (cases[i].sealed) {
            seal(&record);
        }
        slots = decode(&record);
        assert_err_in(cases[i].name, slots.why, cases[i].err);
        check_defaults(&slots);
    }
}

/* A suffix that only begins so is nobody's. */
static void the_suffix_is_a_whole_word(void **state)
{
    static const struct {
        char suffix[4];
        size_t active;
    } cases[] = {{"_b", 1}, {"_ba", 0}, {"_b_", 0}, {"_bb", 0}, {"_", 0}, {"b", 0}, {"\0_b", 0}};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slots_record record = ordinary();

        memcpy(record.slot_suffix, cases[i].suffix, sizeof record.slot_suffix);
        seal(&record);
        assert_int_equal(decode(&record).active, cases[i].active);
    }
}

static void every_flipped_bit_is_seen(void **state)
{
    for (size_t bit = 0; bit < 8 * sizeof(struct slots_record); bit++) {
        struct slots_record record = ordinary();
        struct slots slots;

        ((uint8_t *)&record)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        slots = decode(&record);
        assert_true(slots.why != OK);
        check_defaults(&slots);
    }
}

static void a_record_cut_short(void **state)
{
    struct slots_record record = ordinary();
    struct slots slots;

    slots_decode(slice_of(&record, sizeof record - 1), &slots);
    assert_err(slots.why, E_SLOTS_MAGIC);
    check_defaults(&slots);
}

static void changes(void **state)
{
    struct slots_record record = ordinary();
    struct slots slots = decode(&record);

    slots_set_active(&slots, 1);
    assert_int_equal(slots.list[0].priority, 14);
    assert_int_equal(slots.list[1].priority, 15);
    assert_int_equal(slots.list[1].tries, 7);
    assert_true(slot_is_bootable(&slots.list[1]) && !slots.list[1].successful);
    slots.list[1].successful = true; /* as the ROM marks it */
    slots_set_unbootable(&slots, 1, SLOT_UNBOOTABLE_REFUSED);
    assert_false(slot_is_bootable(&slots.list[1]) || slots.list[1].successful);
    assert_string_equal(slot_unbootable_name(slots.list[1].unbootable), "refused");
    assert_string_equal(slot_unbootable_name((enum slot_unbootable)200), "unknown");
    assert_string_equal(slot_suffix(1), "_b");
    assert_string_equal(slot_suffix(SLOT_COUNT), "");
}

/* One write, of one block, and every other byte of the disk as it was. */
static void check_write(uint32_t block_bytes)
{
    struct fake_disk disk;
    struct partition misc;
    struct slots_record record = ordinary();
    uint8_t scratch[4096];
    struct span room = {scratch, sizeof scratch};
    struct slots slots;
    uint8_t *at;

    fake_disk_init(&disk, 64, block_bytes);
    memset(disk.bytes, 0x5a, 64 * (size_t)block_bytes);
    misc = (struct partition){&disk.block, MISC_LBA, MISC_BLOCKS * (uint64_t)block_bytes};
    at = fake_disk_at(&disk, MISC_LBA) + MISC_SLOTS_OFFSET;
    assert_err(slots_read(&misc, room, &slots), OK);
    assert_err(slots.why, E_SLOTS_MAGIC);
    slots = decode(&record);
    slots_set_active(&slots, 1);
    slots.active = 1;
    assert_err(slots_write(&misc, room, &slots), OK);
    assert_int_equal(disk.writes, 1);
    assert_int_equal(disk.unflushed, 0);
    slots_encode(&slots, &record);
    assert_memory_equal(at, &record, sizeof record);
    memset(at, 0x5a, sizeof record);
    assert_true(slice_is_all(slice_of(disk.bytes, 64 * (size_t)block_bytes), 0x5a));
    fake_disk_free(&disk);
}

static void a_write_touches_the_record_only(void **state)
{
    check_write(512);
    check_write(4096);
}

static void a_disk_that_fails(void **state)
{
    uint8_t scratch[512];
    struct span room = {scratch, sizeof scratch};
    struct slots slots = {.why = OK};
    struct fake_disk disk;
    struct partition misc;

    fake_disk_init(&disk, 64, 512);
    misc = (struct partition){&disk.block, MISC_LBA, 2048};
    assert_err(slots_read(&misc, room, &slots), E_BLOCK_RANGE);
    misc.size_bytes = 4096;
    assert_err(slots_read(&misc, (struct span){scratch, 511}, &slots), E_SLICE_RANGE);
    disk.read_only = true;
    assert_err(slots_write(&misc, room, &slots), E_BLOCK_READ_ONLY);
    disk.read_only = false;
    for (unsigned n = 1; n <= 3; n++) {
        disk.requests = 0;
        disk.fail_at = n;
        assert_err(slots_write(&misc, room, &slots), E_BLOCK_IO);
    }
    fake_disk_free(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_record),
        cmocka_unit_test(damaged_records_give_the_defaults),
        cmocka_unit_test(the_suffix_is_a_whole_word),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(a_record_cut_short),
        cmocka_unit_test(changes),
        cmocka_unit_test(a_write_touches_the_record_only),
        cmocka_unit_test(a_disk_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
