/* SPDX-License-Identifier: MIT */
/*
 * flow.h: within ten seconds of power-on the phone says what becomes of it, whatever is on its disk
 * and in its NOR. By its own clock: a KiB of these small ROMs takes what a MiB takes on a slow
 * computer, to read (40 MB a second, and a request REQUEST_US) and to hash (fake_processor.h).
 */
#include "tests/unit/check.h"

#include "format/nor_map.h"
#include "tests/fake/fake_processor.h"
#include "tests/fake/fake_slow_disk.h"
#include "tests/fake/life_operations.h"

#include <stdlib.h>

#define SECTOR     512
#define STANDS_FOR 1024 /* bytes */
#define BYTES_A_US 40
#define REQUEST_US 100
#define MOST_US    10000000

static struct {
    struct life *life;
    struct fake_slow_disk disk; /* the phone's own, slower */
    unsigned slower;            /* so many times */
} desk;

/* What is wrong with the phone. */

static void put(const char *name, enum life_rom rom, bool boot)
{
    const struct fake_rom *images = &desk.life->roms[rom].rom;
    struct span image = boot ? images->boot : images->vbmeta;
    size_t size = 0;

    memcpy(life_partition(desk.life, name, &size), image.data, image.size);
}

static void nothing(void)
{
}

static void another_market(void)
{
    put("vbmeta", LIFE_ABROAD, false);
    put("boot", LIFE_ABROAD, true);
}

static void forged(void)
{
    put("vbmeta", LIFE_FORGED, false);
    put("boot", LIFE_FORGED, true);
}

static void last_byte(const char *name)
{
    size_t size = 0;

    life_partition(desk.life, name, &size)[desk.life->roms[LIFE_OLD].rom.boot.size - 1] ^= 1;
}

static void damaged(void)
{
    last_byte("boot");
}

static void both_damaged(void)
{
    last_byte("boot_a");
    last_byte("boot_b");
}

static void empty(void)
{
    size_t size = 0;
    uint8_t *at = life_partition(desk.life, "vbmeta", &size);

    memset(at, 0, size);
}

static void no_table(void)
{
    struct fake_disk *disk = &desk.life->desk->phone.disk;

    memset(disk->bytes, 0x5a, disk->block.block_count * SECTOR);
}

static void no_state(void)
{
    memset(desk.life->desk->phone.nor.bytes + NOR_STATE_A_OFFSET, 0xff,
           NOR_WRITE_BYTES - NOR_STATE_A_OFFSET);
}

static void no_fuses(void)
{
    memset(desk.life->desk->phone.nor.bytes + NOR_FUSES_OFFSET, 0x5a, 64);
}

static const struct {
    const char *name;
    bool slots;
    void (*harm)(void);
    const char *verdict;
} starts[] = {
    {"a good ROM", false, nothing, "\"fate\":\"boot\",\"reason\":\"ok\""},
    {"another market's", false, another_market, "\"reason\":\"region-mismatch\""},
    {"somebody else's", false, forged, "\"reason\":\"wrong-key\""},
    {"its last byte changed", false, damaged, "\"reason\":\"bad-hash\""},
    {"so in both slots", true, both_damaged, "\"reason\":\"bad-hash\""},
    {"no vbmeta", false, empty, "\"reason\":\"bad-signature\""},
    {"no partition table", false, no_table, "\"reason\":\"bad-gpt\""},
    {"the state is lost, a wipe", false, no_state, "\"fate\":\"boot\",\"reason\":\"ok\""},
    {"the fuses are damaged", false, no_fuses, "\"reason\":\"bad-board\""},
};

/* When its verdict was said; the line that the trace has of it. */
static uint64_t verdict_us(const char **out_line)
{
    const char *chars = desk.life->desk->phone.trace.chars;
    const char *at = strstr(chars, "\"event\":\"verdict\"");

    assert_non_null(at);
    while (at != chars && at[-1] != '\n') {
        at--;
    }
    *out_line = at;
    assert_int_equal(strncmp(at, "{\"t_us\":", 8), 0);
    return strtoull(at + 8, NULL, 10);
}

static uint64_t start(size_t number)
{
    const struct operation factory = {.codename = "whyred", .slots = starts[number].slots};
    struct phone *phone;
    const char *line;
    uint64_t *now_us;
    uint64_t took_us;

    desk.life = life_of(&factory);
    phone = &desk.life->desk->phone.phone;
    now_us = &desk.life->desk->phone.power.now_us;
    fake_slow_disk_init(&desk.disk, phone->disk, now_us, REQUEST_US * desk.slower, BYTES_A_US);
    desk.disk.times = STANDS_FOR * desk.slower;
    phone->disk = &desk.disk.block;
    starts[number].harm();
    *now_us = 0;
    fake_processor_charge(now_us, STANDS_FOR);
    life_start(desk.life);
    fake_processor_charge(NULL, 0);
    took_us = verdict_us(&line);
    if (strstr(line, starts[number].verdict) == NULL) {
        fail_msg("%s: %s", starts[number].name, line);
    }
    life_free(desk.life);
    return took_us;
}

static void a_verdict_within_ten_seconds(void **state)
{
    desk.slower = 1;
    print_message("%-28s %7s\n", "start", "ms");
    for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
        uint64_t took_us = start(i);

        print_message("%-28s %7llu\n", starts[i].name, (unsigned long long)took_us / 1000);
        assert_true(took_us < MOST_US);
    }
}

static void a_phone_that_takes_longer_is_seen(void **state)
{
    desk.slower = 4;
    assert_true(start(0) > MOST_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_within_ten_seconds),
        cmocka_unit_test(a_phone_that_takes_longer_is_seen),
    };

    return cmocka_run_group_tests_name("flow pace", tests, NULL, NULL);
}
