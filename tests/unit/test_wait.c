/* SPDX-License-Identifier: MIT */
/*
 * flow/wait.h: what a person does with the keys, and what a phone waits for. Whole phones in
 * memory, whose keys are pressed by a list.
 */
#include "tests/unit/check.h"

#include "flow/flow.h"
#include "tests/fake/fake_phone.h"

#include <stdio.h>

#define SECOND_US      1000000u
#define DEADLINE_LOOKS 100000 /* looks: half an hour of resting, and more */

enum what {
    HEALTHY,
    OTHER_REGION, /* bricks: region */
    DAMAGED,      /* bricks: bad-hash */
    NO_DISK,      /* bricks: bad-gpt */
    TOO_OLD,      /* dead on Xiaomi phones */
};

struct desk {
    struct fake_phone phone;
    struct fake_keys keys;
    struct fake_rom rom;
    struct flow flow;
};

static struct desk *desk_new(enum os os, bool unlocked, enum what what)
{
    struct desk *desk = test_calloc(1, sizeof *desk);
    struct fake_phone_spec spec = {.codename = what == TOO_OLD ? "whyred" : "dipper",
                                   .made_for = REGION_CN,
                                   .unlocked = unlocked,
                                   .android_one = os == OS_ANDROID_ONE};
    struct fake_rom_spec rom =
        fake_rom_ordinary(what == OTHER_REGION ? "global" : "cn", fake_root_key());

    fake_phone_make(&spec, &desk->phone);
    rom.rollback_index = desk->phone.model.rollback_index - (what == TOO_OLD);
    fake_rom_make(&rom, &desk->rom);
    fake_phone_flash(&desk->phone, &desk->rom);
    if (what == DAMAGED) {
        fake_disk_at(&desk->phone.disk, FAKE_PHONE_BOOT_LBA)[5000] ^= 1;
    }
    if (what == NO_DISK) {
        desk->phone.phone.disk = NULL;
    }
    fake_keys_init(&desk->keys);
    desk->keys.deadline_looks = DEADLINE_LOOKS;
    desk->phone.phone.keys = &desk->keys.keys;
    return desk;
}

static void desk_free(struct desk *desk)
{
    fake_phone_free(&desk->phone);
    fake_rom_free(&desk->rom);
    test_free(desk);
}

static void run(struct desk *desk)
{
    flow_run(&desk->phone.phone, &desk->flow);
}

static unsigned verdicts(const struct desk *desk)
{
    unsigned count = 0;

    for (const char *at = desk->phone.trace.chars; (at = strstr(at, "\"verdict\",\"fate\""));
         at++) {
        count++;
    }
    return count;
}

/* Power and a volume key at power-on: by the lab's switch, pressed in time, or held. */
static void at_power_on(void **state)
{
    static const struct {
        enum what what;
        enum key key;
        enum fate fate;
        enum screen screen;
    } cases[] = {
        {HEALTHY, KEY_VOLUME_DOWN, FATE_FASTBOOT, SCREEN_FASTBOOT},
        {HEALTHY, KEY_VOLUME_UP, FATE_RECOVERY, SCREEN_NO_RECOVERY},
        {HEALTHY, KEY_POWER, FATE_BOOT, SCREEN_LOGO},
        {OTHER_REGION, KEY_VOLUME_DOWN, FATE_FASTBOOT, SCREEN_FASTBOOT},
        {OTHER_REGION, KEY_POWER, FATE_BRICK, SCREEN_REGION},
        {DAMAGED, KEY_VOLUME_DOWN, FATE_FASTBOOT, SCREEN_FASTBOOT},
        {NO_DISK, KEY_VOLUME_DOWN, FATE_FASTBOOT, SCREEN_FASTBOOT},
        {TOO_OLD, KEY_VOLUME_DOWN, FATE_DEAD, SCREEN_BLACK},
        {TOO_OLD, KEY_VOLUME_UP, FATE_DEAD, SCREEN_BLACK},
    };

    for (size_t i = 0; i < 3 * ARRAY_COUNT(cases); i++) {
        struct desk *desk = desk_new(OS_MIUI, false, cases[i / 3].what);
        struct lab *lab = &desk->phone.phone.lab;
        enum key key = cases[i / 3].key;
        char wanted[80];

        if (i % 3 == 0) {
            lab->power = true;
            lab->volume_up = key == KEY_VOLUME_UP;
            lab->volume_down = key == KEY_VOLUME_DOWN;
        } else if (i % 3 == 1) {
            fake_keys_press(&desk->keys, key);
        } else {
            desk->keys.held[key] = true;
        }
        run(desk);
        snprintf(wanted, sizeof wanted, "\"verdict\",\"fate\":\"%s\"",
                 fate_name(cases[i / 3].fate));
        assert_non_null(strstr(desk->phone.trace.chars, wanted));
        snprintf(wanted, sizeof wanted, "\"screen\":\"%s\"", screen_name(cases[i / 3].screen));
        assert_non_null(strstr(desk->phone.trace.chars, wanted));
        assert_int_equal(desk->phone.power.entered, cases[i / 3].fate == FATE_BOOT);
        desk_free(desk);
    }
}

/* Both volume keys: fastboot, which is the way out of everything. */
static void both_volume_keys(void **state)
{
    struct desk *desk = desk_new(OS_MIUI, false, HEALTHY);

    fake_keys_press(&desk->keys, KEY_VOLUME_UP);
    fake_keys_press(&desk->keys, KEY_VOLUME_DOWN);
    run(desk);
    assert_int_equal(desk->flow.decision.fate, FATE_FASTBOOT);
    assert_int_equal(desk->flow.decision.reason, REASON_KEYS);
    desk_free(desk);
}

/* A keyboard that never stops pressing does not keep the phone from starting. */
static void flood(void **state)
{
    struct desk *desk = desk_new(OS_MIUI, false, HEALTHY);

    desk->keys.endless = KEY_POWER;
    run(desk);
    assert_int_equal(desk->phone.power.entered, 1);
    desk_free(desk);
}

/* Which warning, and after how long it starts; the ROM starts once. */
static void warnings(void **state)
{
    static const struct {
        enum os os;
        bool unlocked;
        bool no_wait;
        enum screen screen;
        unsigned seconds;
    } cases[] = {
        {OS_MIUI, false, false, SCREEN_LOGO, 0},
        {OS_MIUI, true, false, SCREEN_LOGO, 0},
        {OS_ANDROID_ONE, false, false, SCREEN_LOGO, 0},
        {OS_ANDROID_ONE, true, false, SCREEN_ORANGE, 10},
        {OS_ANDROID_ONE, true, true, SCREEN_ORANGE, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct desk *desk = desk_new(cases[i].os, cases[i].unlocked, HEALTHY);

        desk->phone.phone.lab.no_wait = cases[i].no_wait;
        desk->phone.phone.keys = i % 2 == 0 ? NULL : desk->phone.phone.keys;
        run(desk);
        assert_int_equal(desk->flow.screen, cases[i].screen);
        assert_int_equal(desk->phone.power.now_us / SECOND_US, cases[i].seconds);
        assert_int_equal(desk->phone.power.entered, 1);
        assert_int_equal(verdicts(desk), 1);
        desk_free(desk);
    }
}

/* The power key stops the time, and lets it go on; the others do nothing. */
static void pause(void **state)
{
    struct desk *desk = desk_new(OS_ANDROID_ONE, true, HEALTHY);

    desk->keys.first_us = 3 * SECOND_US; /* each press comes so long after the one before */
    desk->keys.clock = &desk->phone.power.now_us;
    fake_keys_press(&desk->keys, KEY_POWER); /* at 3 s: paused */
    for (int i = 0; i < 20; i++) {
        fake_keys_press(&desk->keys, i % 2 ? KEY_VOLUME_UP : KEY_VOLUME_DOWN);
    }
    fake_keys_press(&desk->keys, KEY_POWER); /* at 66 s: on */
    run(desk);
    assert_int_equal(desk->phone.power.now_us / SECOND_US, 66);
    assert_int_equal(desk->phone.power.entered, 1);
    assert_int_equal(desk->phone.power.offs + desk->phone.power.resets, 0);
    desk_free(desk);
}

/* On a brick: Power switches off, Volume down and Power reach fastboot. */
static void on_a_brick(void **state)
{
    static const struct {
        enum key keys[4];
        enum key held;
        enum fate fate;
    } cases[] = {
        {{KEY_POWER}, KEY_NONE, FATE_OFF},
        {{KEY_POWER}, KEY_VOLUME_DOWN, FATE_FASTBOOT},
        {{KEY_VOLUME_DOWN, KEY_POWER}, KEY_NONE, FATE_FASTBOOT},
        {{KEY_VOLUME_DOWN, KEY_VOLUME_UP, KEY_POWER}, KEY_NONE, FATE_OFF},
        {{KEY_VOLUME_UP, KEY_POWER}, KEY_NONE, FATE_OFF},
    };
    static const enum what bricks[] = {OTHER_REGION, DAMAGED, NO_DISK};

    for (size_t i = 0; i < ARRAY_COUNT(cases) * ARRAY_COUNT(bricks); i++) {
        struct desk *desk = desk_new(OS_MIUI, false, bricks[i % ARRAY_COUNT(bricks)]);
        const enum key *keys = cases[i / ARRAY_COUNT(bricks)].keys;

        desk->keys.first_us = SECOND_US;
        desk->keys.clock = &desk->phone.power.now_us;
        for (size_t k = 0; keys[k] != KEY_NONE; k++) {
            fake_keys_press(&desk->keys, keys[k]);
        }
        desk->keys.held_later = cases[i / ARRAY_COUNT(bricks)].held;
        run(desk);
        assert_int_equal(desk->flow.decision.fate, cases[i / ARRAY_COUNT(bricks)].fate);
        assert_int_equal(desk->flow.decision.reason, REASON_KEYS);
        assert_int_equal(verdicts(desk), 2);
        assert_int_equal(desk->phone.power.entered, 0);
        assert_int_equal(desk->phone.power.offs + desk->phone.power.resets, 1);
        desk_free(desk);
    }
}

/* Pressed while the screen still showed something else: what is on it now was not answered. */
static void before_the_screen(void **state)
{
    struct desk *desk = desk_new(OS_MIUI, false, OTHER_REGION);

    fake_keys_press(&desk->keys, KEY_POWER);
    fake_keys_press(&desk->keys, KEY_POWER);
    desk->keys.clock = &desk->phone.power.now_us;
    desk->keys.first_us = 3; /* after the keys of the power-on were looked at */
    desk->keys.early = 2;
    run(desk); /* until the deadline */
    assert_true(desk->phone.power.now_us / SECOND_US > 1000);
    desk_free(desk);
}

/* At any moment of the start: whoever asks for the recovery never gets the ROM for it. */
static void at_any_moment(void **state)
{
    bool recovery = false;
    bool rom = false;

    for (uint64_t at_us = 1; at_us < 60; at_us++) {
        struct desk *desk = desk_new(OS_MIUI, false, HEALTHY);
        bool asked;

        desk->keys.clock = &desk->phone.power.now_us;
        desk->keys.first_us = at_us;
        fake_keys_press(&desk->keys, KEY_VOLUME_UP);
        run(desk);
        asked = strstr(desk->phone.trace.chars, "\"verdict\",\"fate\":\"recovery\"") != NULL;
        assert_int_equal(desk->phone.power.entered, !asked);
        recovery |= asked && desk->flow.candidate.loaded;
        rom |= !asked;
        desk_free(desk);
    }
    assert_true(recovery && rom); /* also with the ROM in memory already */
}

/* Down, and much later Power: that is Power alone. */
static void too_late(void **state)
{
    struct desk *desk = desk_new(OS_MIUI, false, OTHER_REGION);

    desk->keys.first_us = 5 * SECOND_US;
    desk->keys.clock = &desk->phone.power.now_us;
    fake_keys_press(&desk->keys, KEY_VOLUME_DOWN);
    fake_keys_press(&desk->keys, KEY_POWER);
    run(desk);
    assert_int_equal(desk->flow.decision.fate, FATE_OFF);
    desk_free(desk);
}

/* Android One's red goes off after 30 s, with keys or without; not where the lab does not wait. */
static void red(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct desk *desk = desk_new(OS_ANDROID_ONE, false, DAMAGED);

        desk->phone.phone.keys = i == 0 ? desk->phone.phone.keys : NULL;
        desk->phone.phone.lab.no_wait = i == 2;
        run(desk);
        assert_int_equal(desk->phone.power.offs, i != 2);
        if (i != 2) {
            assert_int_equal(desk->phone.power.now_us / SECOND_US, 30);
            assert_int_equal(desk->flow.decision.fate, FATE_OFF);
            assert_int_equal(verdicts(desk), 2);
        } else {
            assert_int_equal(desk->flow.decision.fate, FATE_BRICK);
            assert_int_equal(desk->flow.screen, SCREEN_RED);
        }
        desk_free(desk);
    }
}

/* A brick on a Xiaomi phone has no time. */
static void bricks_stay(void **state)
{
    struct desk *desk = desk_new(OS_MIUI, false, DAMAGED);

    run(desk); /* until the deadline, when the fake presses Power */
    assert_true(desk->phone.power.now_us / SECOND_US > 1000);
    assert_int_equal(desk->flow.decision.fate, FATE_OFF);
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_power_on), cmocka_unit_test(both_volume_keys),
        cmocka_unit_test(flood),       cmocka_unit_test(warnings),
        cmocka_unit_test(pause),       cmocka_unit_test(on_a_brick),
        cmocka_unit_test(too_late),    cmocka_unit_test(red),
        cmocka_unit_test(bricks_stay), cmocka_unit_test(before_the_screen),
        cmocka_unit_test(at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
