/* SPDX-License-Identifier: MIT */
/* screen/screens.h: which screen says what, and for how long. */
#include "tests/unit/check.h"

#include "screen/screens.h"

static const enum screen all_screens[] = {SCREEN_BLACK,        SCREEN_LOGO,       SCREEN_REGION,
                                          SCREEN_VERIFICATION, SCREEN_NO_ROM,     SCREEN_HARDWARE,
                                          SCREEN_PANIC,        SCREEN_YELLOW,     SCREEN_ORANGE,
                                          SCREEN_RED,          SCREEN_NO_RECOVERY, SCREEN_BOOT_LOOP};

static const enum reason all_reasons[] = {
    REASON_NONE,          REASON_OK,       REASON_REGION_MISMATCH, REASON_REGION_UNKNOWN,
    REASON_BAD_SIGNATURE, REASON_BAD_HASH, REASON_WRONG_KEY,       REASON_ROLLBACK,
    REASON_NO_ROM,        REASON_BAD_GPT,  REASON_BAD_BOARD,       REASON_BAD_STATE,
    REASON_BOOT_LOOP,     REASON_KEYS,     REASON_BCB,             REASON_COMMAND,
    REASON_UNSUPPORTED,
};

static void screen_of_every_decision(void **state)
{
    static const struct {
        enum fate fate;
        enum reason reason;
        enum screen screen;
    } cases[] = {
        {FATE_BRICK, REASON_NONE, SCREEN_PANIC},
        {FATE_BRICK, REASON_OK, SCREEN_PANIC},
        {FATE_BRICK, REASON_REGION_MISMATCH, SCREEN_REGION},
        {FATE_BRICK, REASON_REGION_UNKNOWN, SCREEN_REGION},
        {FATE_BRICK, REASON_BAD_SIGNATURE, SCREEN_VERIFICATION},
        {FATE_BRICK, REASON_BAD_HASH, SCREEN_VERIFICATION},
        {FATE_BRICK, REASON_WRONG_KEY, SCREEN_VERIFICATION},
        {FATE_BRICK, REASON_UNSUPPORTED, SCREEN_VERIFICATION},
        {FATE_BRICK, REASON_ROLLBACK, SCREEN_VERIFICATION},
        {FATE_BRICK, REASON_NO_ROM, SCREEN_NO_ROM},
        {FATE_BRICK, REASON_BAD_GPT, SCREEN_HARDWARE},
        {FATE_BRICK, REASON_BAD_BOARD, SCREEN_HARDWARE},
        {FATE_BRICK, REASON_BAD_STATE, SCREEN_HARDWARE},
        {FATE_BRICK, REASON_BOOT_LOOP, SCREEN_BOOT_LOOP},
        {FATE_BRICK, REASON_KEYS, SCREEN_PANIC},
        {FATE_BRICK, REASON_BCB, SCREEN_PANIC},
        {FATE_BRICK, REASON_COMMAND, SCREEN_PANIC},
        {FATE_BRICK, (enum reason)1000, SCREEN_PANIC},
        {FATE_DEAD, REASON_ROLLBACK, SCREEN_BLACK},
        {FATE_BOOT, REASON_OK, SCREEN_LOGO},
        {FATE_BOOT, REASON_BAD_SIGNATURE, SCREEN_LOGO}, /* orange */
        {FATE_FASTBOOT, REASON_KEYS, SCREEN_FASTBOOT},
        {FATE_RECOVERY, REASON_BCB, SCREEN_NO_RECOVERY},
        {FATE_OFF, REASON_COMMAND, SCREEN_BLACK},
        {(enum fate)1000, REASON_NO_ROM, SCREEN_NO_ROM},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct decision decision = {.fate = cases[i].fate, .reason = cases[i].reason};
        assert_int_equal(screen_for(&decision, OS_MIUI), cases[i].screen);
    }
}

/* By the boot state, on both kinds of phone; Android One shows its own red. */
static void screen_of_every_boot_state(void **state)
{
    static const struct {
        enum boot_state boot_state;
        enum screen screens[2]; /* OS_MIUI, OS_ANDROID_ONE */
    } boots[] = {
        {BOOT_STATE_GREEN, {SCREEN_LOGO, SCREEN_LOGO}},
        {BOOT_STATE_YELLOW, {SCREEN_YELLOW, SCREEN_YELLOW}},
        {BOOT_STATE_ORANGE, {SCREEN_LOGO, SCREEN_ORANGE}},
        {BOOT_STATE_UNVERIFIED, {SCREEN_LOGO, SCREEN_LOGO}},
    };
    static const enum os systems[] = {OS_MIUI, OS_ANDROID_ONE};

    for (size_t os = 0; os < ARRAY_COUNT(systems); os++) {
        for (size_t i = 0; i < ARRAY_COUNT(boots); i++) {
            const struct decision decision = {
                .fate = FATE_BOOT, .reason = REASON_OK, .boot_state = boots[i].boot_state};
            assert_int_equal(screen_for(&decision, systems[os]), boots[i].screens[os]);
        }
        for (size_t i = 0; i < ARRAY_COUNT(all_reasons); i++) {
            const struct decision decision = {.fate = FATE_BRICK, .reason = all_reasons[i]};
            enum screen miui = screen_for(&decision, OS_MIUI);
            assert_int_equal(screen_for(&decision, OS_ANDROID_ONE),
                             miui == SCREEN_VERIFICATION ? SCREEN_RED : miui);
        }
    }
}

static void waits(void **state)
{
    static const struct {
        enum screen screen;
        uint32_t wait_s;
    } all[] = {{SCREEN_LOGO, 0},    {SCREEN_VERIFICATION, 0}, {SCREEN_YELLOW, 10},
               {SCREEN_ORANGE, 10}, {SCREEN_RED, 30},         {(enum screen)1000, 0}};

    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        assert_int_equal(screen_wait_s(all[i].screen), all[i].wait_s);
    }
}

static void names(void **state)
{
    static const char *const wanted[] = {"black",  "logo",     "region",     "verification",
                                         "no-rom", "hardware", "panic",      "yellow",
                                         "orange", "red",      "no-recovery", "boot-loop"};

    for (size_t i = 0; i < ARRAY_COUNT(all_screens); i++) {
        assert_string_equal(screen_name(all_screens[i]), wanted[i]);
    }
    assert_string_equal(screen_name((enum screen)1000), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screen_of_every_decision),
        cmocka_unit_test(screen_of_every_boot_state),
        cmocka_unit_test(waits),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
