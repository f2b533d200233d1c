/* SPDX-License-Identifier: MIT */
/* fastboot/lock.h: the questions that the phone asks before a change of the lock, and its keys. */
#include "tests/unit/check.h"

#include "tests/fake/fake_fastboot.h"

#include <stdlib.h>

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec android_one = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true, .android_one = true};

/* Somebody pressed the keys while the screen showed something else. */
static void keys_pressed_before_the_question(void **unused)
{
    static const char *const commands[] = {"flashing unlock", "flashing lock",
                                           "flashing unlock_critical"};

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&android_one);
        bool open = i != 0;

        fastboot->state.unlocked = open;
        fastboot->state.unlock_ability = true;
        fake_keys_init(&fastboot->keys);
        fake_keys_press(&fastboot->keys, KEY_VOLUME_DOWN);
        fake_keys_press(&fastboot->keys, KEY_POWER);
        fastboot->keys.early = 2;
        assert_string_equal(fake_fastboot_ask(fastboot, commands[i]),
                            "FAILnot confirmed on the phone");
        assert_int_equal(fastboot->state.unlocked, open);
        fake_fastboot_delete(fastboot);
    }
}

/*
 * The answer comes late, with a client that waits for it or one that went: half a minute counts,
 * and nobody answers for a client that is not there.
 */
static void answers_that_take_their_time(void **unused)
{
    static const struct {
        uint64_t each_s; /* Volume down, then Power: so long before each */
        bool stays;
        bool counts;
    } cases[] = {{1, true, true}, {14, true, true}, {16, true, false}, {1, false, false}};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&android_one);
        const char *reply;

        fake_keys_init(&fastboot->keys);
        fake_keys_press(&fastboot->keys, KEY_VOLUME_DOWN);
        fake_keys_press(&fastboot->keys, KEY_POWER);
        fastboot->keys.clock = &fastboot->phone.power.now_us;
        fastboot->keys.first_us = cases[i].each_s * 1000000;
        fastboot->client.late = !cases[i].stays; /* it goes as soon as it has asked */
        reply = cases[i].stays ? fake_fastboot_ask_staying(fastboot, "flashing lock")
                               : fake_fastboot_ask(fastboot, "flashing lock");
        if (cases[i].stays) {
            assert_string_equal(reply, cases[i].counts ? "OKAY" : "FAILnot confirmed on the phone");
        }
        assert_int_equal(fastboot->state.unlocked, !cases[i].counts);
        fake_fastboot_delete(fastboot);
    }
}

/* Power once more, out of impatience: the menu behind the question was not there yet. */
static void keys_pressed_during_the_question(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&android_one);
    struct panel *panel = &fastboot->phone.panel.panel;
    size_t bytes = 720 * 1440 * sizeof(uint32_t);
    void *menu = malloc(bytes);

    assert_err(panel->ops->start(panel, 720, 1440), OK);
    screen_draw_fastboot(&panel->canvas, &fastboot->session.facts);
    memcpy(menu, panel->canvas.pixels, bytes);
    fake_keys_init(&fastboot->keys);
    fake_keys_press(&fastboot->keys, KEY_POWER);
    fake_keys_press(&fastboot->keys, KEY_POWER);
    fastboot->keys.meanwhile = 2;
    assert_string_equal(fake_fastboot_ask_staying(fastboot, "flashing lock"),
                        "FAILnot confirmed on the phone");
    assert_int_equal(fastboot->keys.asked, 2);
    assert_memory_equal(panel->canvas.pixels, menu, bytes); /* which is there again */
    free(menu);
    fake_fastboot_delete(fastboot);
}

/* User data could not be erased: the lock stays as it is. */
static void no_change_without_a_table(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    unsigned changes;

    changes = fastboot->phone.nor.changes;
    fastboot->context.gpt = NULL;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock"),
                        "FAILthe disk has no usable partition table: user data cannot be erased");
    assert_true(fastboot->state.unlocked);
    assert_int_equal(fastboot->phone.nor.changes, changes);
    fake_fastboot_delete(fastboot);
}

static const char *press_and_ask(struct fake_fastboot *fastboot, bool yes, const char *command)
{
    fake_keys_init(&fastboot->keys);
    if (yes) {
        fake_keys_press(&fastboot->keys, KEY_VOLUME_DOWN);
    }
    fake_keys_press(&fastboot->keys, KEY_POWER);
    return fake_fastboot_ask_staying(fastboot, command);
}

/* Android One: the default is no, and so is a client that goes. */
static void by_keys(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&android_one);

    assert_string_equal(press_and_ask(fastboot, false, "flashing lock"),
                        "FAILnot confirmed on the phone");
    assert_true(fastboot->state.unlocked);
    assert_string_equal(press_and_ask(fastboot, true, "flashing lock"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_false(fastboot->state.unlocked);
    fastboot->state.unlock_ability = false;
    assert_string_equal(press_and_ask(fastboot, true, "flashing unlock"),
                        "FAILFlashing Unlock is not allowed");
    fastboot->state.unlock_ability = true;
    assert_string_equal(press_and_ask(fastboot, false, "flashing unlock"),
                        "FAILnot confirmed on the phone");
    fake_keys_init(&fastboot->keys); /* nobody presses anything, and the client goes */
    assert_string_equal(fake_fastboot_ask(fastboot, "flashing unlock"),
                        "FAILnot confirmed on the phone");
    assert_false(fastboot->state.unlocked);
    assert_string_equal(press_and_ask(fastboot, true, "flashing unlock"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_true(fastboot->state.unlocked);
    assert_false(fastboot->state.critical_unlocked);
    assert_string_equal(press_and_ask(fastboot, true, "flashing unlock_critical"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_true(fastboot->state.critical_unlocked);
    assert_string_equal(press_and_ask(fastboot, false, "flashing lock_critical"),
                        "FAILnot confirmed on the phone");
    assert_true(fastboot->state.critical_unlocked);
    fake_keys_init(&fastboot->keys); /* the client stays, nobody presses anything: time runs out */
    assert_string_equal(fake_fastboot_ask_staying(fastboot, "flashing lock_critical"),
                        "FAILnot confirmed on the phone");
    assert_true(fastboot->state.critical_unlocked);
    fake_fastboot_delete(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_pressed_before_the_question),
        cmocka_unit_test(keys_pressed_during_the_question),
        cmocka_unit_test(answers_that_take_their_time),
        cmocka_unit_test(no_change_without_a_table),
        cmocka_unit_test(by_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
