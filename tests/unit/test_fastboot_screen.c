/* SPDX-License-Identifier: MIT */
/*
 * screen/fastboot_screen.h: the picture, what each key does to it, the progress over it, the
 * question before the lock changes.
 */
#include "tests/unit/check.h"

#include "screen/fastboot_screen.h"
#include "tests/fake/fake_devices.h"
#include "tests/unit/guarded_canvas.h"

#define WIDTH  720
#define HEIGHT 1440

static uint32_t memory[WIDTH * HEIGHT];
static uint32_t before[WIDTH * HEIGHT];

static struct canvas new_canvas(void)
{
    memset(memory, 0x5a, sizeof memory);
    return (struct canvas){memory, WIDTH, HEIGHT, WIDTH};
}

static struct fastboot_facts usual_facts(void)
{
    return (struct fastboot_facts){
        .name = "Mi A2",
        .product = "jasmine_sprout",
        .variant = "SDM EMMC",
        .serial = "8a3f21c0",
        .slot = "a",
        .anti = "4",
        .made_for = REGION_GLOBAL,
    };
}

static void remember(void)
{
    memcpy(before, memory, sizeof memory);
}

/* The rows that changed since remember(): the first, and one behind the last. */
static bool changed_rows(uint32_t *out_first, uint32_t *out_end)
{
    bool any = false;

    for (uint32_t y = 0; y < HEIGHT; y++) {
        if (memcmp(&before[y * WIDTH], &memory[y * WIDTH], WIDTH * 4) != 0) {
            *out_first = any ? *out_first : y;
            *out_end = y + 1;
            any = true;
        }
    }
    return any;
}

static void keys_change_the_screen(void **state)
{
    struct canvas canvas = new_canvas();
    struct fastboot_facts facts = usual_facts();
    struct fake_keys keys;

    fake_keys_init(&keys);
    screen_draw_fastboot(&canvas, &facts);
    remember();
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_NONE);
    assert_int_equal(screen_fastboot_keys(&canvas, NULL, &facts), FASTBOOT_CHOICE_NONE);
    assert_memory_equal(before, memory, sizeof memory);

    fake_keys_press(&keys, KEY_VOLUME_UP);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_NONE);
    assert_true(facts.data_shown);
    assert_memory_not_equal(before, memory, sizeof memory);
    fake_keys_press(&keys, KEY_VOLUME_UP);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_NONE);
    assert_memory_equal(before, memory, sizeof memory);

    fake_keys_press(&keys, KEY_POWER);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_RESTART);
    fake_keys_press(&keys, KEY_VOLUME_DOWN);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_NONE);
    assert_memory_not_equal(before, memory, sizeof memory);
    fake_keys_press(&keys, KEY_POWER);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_POWER_OFF);
    fake_keys_press(&keys, KEY_VOLUME_DOWN);
    assert_int_equal(screen_fastboot_keys(&canvas, &keys.keys, &facts), FASTBOOT_CHOICE_NONE);
    assert_memory_equal(before, memory, sizeof memory);
}

/* Each of the phone's data is on the screen, and only while it is shown. */
static void data_are_shown(void **state)
{
    struct canvas canvas = new_canvas();
    struct fastboot_facts changed[8];

    for (size_t i = 0; i < ARRAY_COUNT(changed); i++) {
        changed[i] = usual_facts();
    }
    changed[0].name = "Mi A3";
    changed[1].product = "dipper";
    changed[2].variant = "SDM UFS";
    changed[3].serial = "8a3f21c1";
    changed[4].slot = "b";
    changed[5].anti = "";
    changed[6].unlocked = true;
    changed[7].made_for = REGION_CN;
    for (int shown = 0; shown < 2; shown++) {
        struct fastboot_facts facts = usual_facts();
        facts.data_shown = shown;
        screen_draw_fastboot(&canvas, &facts);
        remember();
        for (size_t i = 0; i < ARRAY_COUNT(changed); i++) {
            changed[i].data_shown = shown;
            screen_draw_fastboot(&canvas, &changed[i]);
            assert_int_equal(memcmp(before, memory, sizeof memory) != 0, shown);
        }
    }
}

static void progress(void **state)
{
    struct canvas canvas = new_canvas();
    struct fastboot_facts facts = usual_facts();
    uint32_t first;
    uint32_t end;

    facts.data_shown = true;
    screen_draw_fastboot(&canvas, &facts);
    remember();
    screen_draw_progress(&canvas, "Writing system", 42);
    assert_true(changed_rows(&first, &end));
    assert_true(end - first < 100 && first > HEIGHT / 2);
    screen_draw_progress(&canvas, "", 0);
    assert_memory_equal(before, memory, sizeof memory); /* it was black there: nothing is covered */

    screen_draw_progress(&canvas, "Writing system", 100);
    remember();
    screen_draw_progress(&canvas, "Writing system", 4000000000u);
    assert_memory_equal(before, memory, sizeof memory);
    screen_draw_progress(&canvas, "Writing system", 99);
    assert_memory_not_equal(before, memory, sizeof memory);
}

static void question(void **state)
{
    struct canvas canvas = new_canvas();
    struct fake_keys keys;
    bool yes = false;

    fake_keys_init(&keys);
    screen_draw_question(&canvas, true, yes);
    remember();
    assert_int_equal(screen_question_keys(&canvas, &keys.keys, true, &yes), SCREEN_ANSWER_NONE);
    assert_int_equal(screen_question_keys(&canvas, NULL, true, &yes), SCREEN_ANSWER_NONE);
    fake_keys_press(&keys, KEY_POWER);
    assert_int_equal(screen_question_keys(&canvas, &keys.keys, true, &yes), SCREEN_ANSWER_NO);
    fake_keys_press(&keys, KEY_VOLUME_DOWN);
    assert_int_equal(screen_question_keys(&canvas, &keys.keys, true, &yes), SCREEN_ANSWER_NONE);
    assert_true(yes);
    assert_memory_not_equal(before, memory, sizeof memory);
    fake_keys_press(&keys, KEY_POWER);
    assert_int_equal(screen_question_keys(&canvas, &keys.keys, true, &yes), SCREEN_ANSWER_YES);
    fake_keys_press(&keys, KEY_VOLUME_UP);
    assert_int_equal(screen_question_keys(&canvas, &keys.keys, true, &yes), SCREEN_ANSWER_NONE);
    assert_false(yes);
    assert_memory_equal(before, memory, sizeof memory);
    screen_draw_question(&canvas, false, false);
    assert_memory_not_equal(before, memory, sizeof memory);
}

/* On any panel, with any words, nothing is drawn outside; a canvas of no size is nothing. */
static void stays_inside(void **state)
{
    static const uint32_t sizes[] = {1, 7, 100, 333, 480, 720, 800};
    struct fastboot_facts facts = usual_facts();
    char wide[256];

    memset(wide, 'W', sizeof wide);
    wide[255] = '\0';
    facts.serial = wide;
    facts.product = "\xff\xfe\x01";
    facts.made_for = (enum region)77;
    facts.data_shown = true;
    for (size_t i = 0; i < ARRAY_COUNT(sizes) * ARRAY_COUNT(sizes); i++) {
        struct sheet sheet =
            sheet_new(sizes[i % ARRAY_COUNT(sizes)], sizes[i / ARRAY_COUNT(sizes)]);
        screen_draw_fastboot(&sheet.canvas, &facts);
        screen_draw_progress(&sheet.canvas, wide, 50);
        sheet_check(&sheet);
        screen_draw_question(&sheet.canvas, i % 2 != 0, false);
        sheet_check(&sheet);
        free(sheet.memory);
    }
    const struct canvas nowhere = {.width_px = 0};
    screen_draw_fastboot(&nowhere, &facts);
    screen_draw_progress(&nowhere, "x", 1);
    screen_draw_question(&nowhere, true, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_change_the_screen),
        cmocka_unit_test(data_are_shown),
        cmocka_unit_test(progress),
        cmocka_unit_test(question),
        cmocka_unit_test(stays_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
