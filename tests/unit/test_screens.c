/* SPDX-License-Identifier: MIT */
/*
 * screen/screens.h: every screen fits its panel: nothing outside the canvas, nothing in its margins,
 * nothing left out. Which screen it is: test_screens_chosen.c.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "screen/screens.h"

#include <stdlib.h>

#define GUARD      0xdeadbeefu
#define GUARD_ROWS 4
#define STRIDE     1096 /* wider than the widest panel */
#define MAX_HEIGHT 2400
#define ROW_MARGIN 12

static uint32_t memory[(MAX_HEIGHT + 2 * GUARD_ROWS) * STRIDE];

static const enum screen all_screens[] = {SCREEN_BLACK,        SCREEN_LOGO,       SCREEN_REGION,
                                          SCREEN_VERIFICATION, SCREEN_NO_ROM,     SCREEN_HARDWARE,
                                          SCREEN_PANIC,        SCREEN_YELLOW,     SCREEN_ORANGE,
                                          SCREEN_RED,          SCREEN_NO_RECOVERY, SCREEN_BOOT_LOOP};

static const enum region all_regions[] = {REGION_UNKNOWN, REGION_CN, REGION_GLOBAL};

static const enum reason all_reasons[] = {
    REASON_NONE,          REASON_OK,       REASON_REGION_MISMATCH, REASON_REGION_UNKNOWN,
    REASON_BAD_SIGNATURE, REASON_BAD_HASH, REASON_WRONG_KEY,       REASON_ROLLBACK,
    REASON_NO_ROM,        REASON_BAD_GPT,  REASON_BAD_BOARD,       REASON_BAD_STATE,
    REASON_BOOT_LOOP,     REASON_KEYS,     REASON_BCB,             REASON_COMMAND,
    REASON_UNSUPPORTED,
};

#define LINE_2         "x00 00000000deadbeef x01 00000000deadbeef\n"
#define LINES_4        LINE_2 LINE_2 LINE_2 LINE_2
#define REGISTER_LINES 19

/* As many lines as an exception gives. */
static const char registers[] =
    "synchronous exception in the firmware\n" LINE_2 LINE_2 LINES_4 LINES_4 LINES_4 LINES_4;

static struct screen_facts usual_facts(void)
{
    return (struct screen_facts){
        .reason = REASON_REGION_MISMATCH,
        .name = "Redmi Note 5",
        .codename = "whyred",
        .serial = "8a3f21c0",
        .made_for = REGION_CN,
        .rom_region = REGION_GLOBAL,
        .rom_region_text = "global",
        .rom_version = "V10.3.11.0.PFJMIXM",
        .detail = LINES_4,
        .key_id = "5f3a0c11",
        .wait = SCREEN_WAIT_COUNTING,
        .wait_s = 10,
    };
}

/*
 * A canvas of this size with guard pixels all around; filled with noise:
 * a screen must cover it all.
 */
static struct canvas new_canvas(uint32_t width_px, uint32_t height_px)
{
    struct canvas canvas = {memory + GUARD_ROWS * STRIDE, width_px, height_px, STRIDE};

    for (size_t i = 0; i < (height_px + 2 * GUARD_ROWS) * STRIDE; i++) {
        size_t x = i % STRIDE;
        size_t y = i / STRIDE;
        bool inside = x < width_px && y >= GUARD_ROWS && y < GUARD_ROWS + height_px;
        memory[i] = inside ? 0x00abcdef : GUARD;
    }
    return canvas;
}

static void check_guard(const struct canvas *canvas)
{
    for (size_t i = 0; i < (canvas->height_px + 2 * GUARD_ROWS) * STRIDE; i++) {
        size_t x = i % STRIDE;
        size_t y = i / STRIDE;
        if (x >= canvas->width_px || y < GUARD_ROWS || y >= GUARD_ROWS + canvas->height_px) {
            assert_int_equal(memory[i], GUARD);
        }
    }
}

static uint32_t pixel(const struct canvas *canvas, uint32_t x, uint32_t y)
{
    return canvas->pixels[y * STRIDE + x];
}

static uint32_t checksum(const struct canvas *canvas)
{
    uint32_t crc = 0;

    for (uint32_t y = 0; y < canvas->height_px; y++) {
        crc = crc32_update(crc, slice_of(&canvas->pixels[y * STRIDE], canvas->width_px * 4));
    }
    return crc;
}

static bool row_has_ink(const struct canvas *canvas, uint32_t y)
{
    for (uint32_t x = 0; x < canvas->width_px; x++) {
        if (pixel(canvas, x, y) != 0) {
            return true;
        }
    }
    return false;
}

/* Groups of rows with ink, black rows between them: lines of text, drawings, cards. */
static int bands(const struct canvas *canvas)
{
    int count = 0;
    bool before = false;

    for (uint32_t y = 0; y < canvas->height_px; y++) {
        bool now = row_has_ink(canvas, y);
        count += now && !before;
        before = now;
    }
    return count;
}

static void check_margins(const struct canvas *canvas, uint32_t margin_px)
{
    for (uint32_t y = 0; y < canvas->height_px; y++) {
        for (uint32_t x = 0; x < margin_px; x++) {
            assert_int_equal(pixel(canvas, x, y), 0);
            assert_int_equal(pixel(canvas, canvas->width_px - 1 - x, y), 0);
        }
    }
    for (uint32_t y = 0; y < ROW_MARGIN; y++) {
        assert_false(row_has_ink(canvas, y));
        assert_false(row_has_ink(canvas, canvas->height_px - 1 - y));
    }
}

/* Draws it and looks at everything that holds for each screen; returns the number of bands. */
static int check_screen(uint32_t width_px, uint32_t height_px, enum screen screen,
                        const struct screen_facts *facts)
{
    struct canvas canvas = new_canvas(width_px, height_px);

    screen_draw(&canvas, screen, facts);
    check_guard(&canvas);
    check_margins(&canvas, width_px / 16); /* the column leaves a fifteenth */
    return bands(&canvas);
}

static void fits(void **state)
{
    static const struct {
        uint32_t width_px;
        uint32_t height_px;
    } panels[] = {{720, 1280}, {720, 1440}, {720, 1496}, {1080, 1920}, {1080, 2400}};
    struct screen_facts facts = usual_facts();

    for (size_t s = 0; s < ARRAY_COUNT(all_screens); s++) {
        for (size_t i = 0; i < ARRAY_COUNT(all_regions) * ARRAY_COUNT(all_regions); i++) {
            facts.made_for = all_regions[i % ARRAY_COUNT(all_regions)];
            facts.rom_region = all_regions[i / ARRAY_COUNT(all_regions)];
            if (i != 0 && all_screens[s] != SCREEN_REGION && all_screens[s] != SCREEN_NO_ROM) {
                continue; /* says nothing of regions */
            }
            int wanted = check_screen(720, 1440, all_screens[s], &facts);
            for (size_t p = 0; p < ARRAY_COUNT(panels); p++) {
                int got =
                    check_screen(panels[p].width_px, panels[p].height_px, all_screens[s], &facts);
                /* a wider column joins lines; on a panel of this width nothing may be missing */
                if (panels[p].width_px == 720) {
                    assert_int_equal(got, wanted);
                }
            }
        }
    }
}

static void fits_every_reason(void **state)
{
    struct screen_facts facts = usual_facts();

    for (size_t i = 0; i < ARRAY_COUNT(all_reasons); i++) {
        facts.reason = all_reasons[i];
        const struct decision decision = {.fate = FATE_BRICK, .reason = all_reasons[i]};
        int wanted = check_screen(720, 1440, screen_for(&decision, OS_MIUI), &facts);
        assert_int_equal(check_screen(720, 1280, screen_for(&decision, OS_MIUI), &facts), wanted);
    }
}

/* Too small for all of it: what is drawn is whole, and apart from the foot. */
static void fits_narrow(void **state)
{
    struct screen_facts facts = usual_facts();

    for (size_t s = 0; s < ARRAY_COUNT(all_screens); s++) {
        int count = check_screen(480, 800, all_screens[s], &facts);
        assert_true(all_screens[s] == SCREEN_BLACK ? count == 0 : count >= 3);
    }
}

static void any_size(void **state)
{
    static const uint32_t sizes[] = {1, 2, 7, 16, 100, 333, 480, 719};
    const struct screen_facts facts = usual_facts();

    for (size_t s = 0; s < ARRAY_COUNT(all_screens); s++) {
        for (size_t w = 0; w < ARRAY_COUNT(sizes); w++) {
            for (size_t h = 0; h < ARRAY_COUNT(sizes); h++) {
                struct canvas canvas = new_canvas(sizes[w], sizes[h]);
                screen_draw(&canvas, all_screens[s], &facts);
                check_guard(&canvas);
            }
        }
        const struct canvas nowhere = {.width_px = 0};
        screen_draw(&nowhere, all_screens[s], &facts);
    }
}

/* What a ROM may claim: the longest texts, all bytes bad; words without end. */
static void hostile_facts(void **state)
{
    char bad[256];
    char wide[256];
    struct screen_facts facts = usual_facts();

    memset(bad, 0xff, sizeof(bad));
    memset(wide, 'W', sizeof(wide));
    bad[47] = '\0';
    wide[63] = '\0';
    for (size_t s = 0; s < ARRAY_COUNT(all_screens); s++) {
        facts = usual_facts();
        facts.name = bad;
        facts.serial = bad;
        facts.rom_version = wide;
        facts.rom_region = REGION_UNKNOWN;
        facts.rom_region_text = "\xe4\xb8\x01\x7fWWWWWWWWWWW";
        facts.detail = bad;
        check_screen(720, 1280, all_screens[s], &facts);
        facts.rom_region_text = wide;
        facts.name = facts.codename = facts.serial = wide;
        check_screen(720, 1280, all_screens[s], &facts);
        facts.name = facts.codename = facts.serial = facts.rom_version = facts.detail = "";
        check_screen(720, 1280, all_screens[s], &facts);
    }
}

/* All registers are on the smallest panel that a model has. */
static void registers_are_whole(void **state)
{
    struct screen_facts facts = usual_facts();
    struct screen_facts bare = facts;

    facts.detail = registers;
    bare.detail = "";
    /* the port knows nothing of the phone */
    facts.name = facts.codename = facts.serial = facts.rom_version = "";
    bare.name = bare.codename = bare.serial = bare.rom_version = "";
    assert_int_equal(check_screen(720, 1280, SCREEN_PANIC, &facts),
                     check_screen(720, 1280, SCREEN_PANIC, &bare) + REGISTER_LINES);
}

/* The detail of a panic may be longer still: nothing is drawn beyond the panel, */
static void long_detail(void **state)
{
    static char detail[20000];
    struct screen_facts facts = usual_facts();
    struct canvas canvas = new_canvas(720, 1280);

    memset(detail, '\n', sizeof(detail) - 1);
    facts.detail = detail;
    screen_draw(&canvas, SCREEN_PANIC, &facts);
    check_guard(&canvas);
}

/* and it is left out when it does not fit, rather than drawn over the foot. */
static void foot_stays_clear(void **state)
{
    char detail[200];
    uint32_t feet[2];
    int all[2];
    struct screen_facts facts = usual_facts();

    for (size_t i = 0; i < sizeof(detail); i++) {
        detail[i] = i % 2 == 0 ? 'W' : '\n';
    }
    detail[sizeof(detail) - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        struct canvas canvas = new_canvas(720, 1280);
        facts.detail = i == 0 ? "" : detail;
        screen_draw(&canvas, SCREEN_PANIC, &facts);
        all[i] = bands(&canvas);
        canvas.pixels += 1130 * STRIDE;
        canvas.height_px = 1280 - 1130;
        feet[i] = checksum(&canvas);
        assert_int_equal(bands(&canvas), 2); /* the foot's two lines */
    }
    assert_int_equal(feet[0], feet[1]);
    assert_int_equal(all[0], all[1]); /* nor do the other items run into each other */
}

static uint32_t drawn(enum screen screen, const struct screen_facts *facts)
{
    struct canvas canvas = new_canvas(720, 1280);

    screen_draw(&canvas, screen, facts);
    return checksum(&canvas);
}

/* Each of these is another picture, and each is always the same. */
static void pictures_differ(void **state)
{
    uint32_t seen[64];
    size_t count = 0;
    struct screen_facts facts = usual_facts();

    for (size_t i = 0; i < 9; i++) {
        facts.made_for = all_regions[i % 3];
        facts.rom_region = all_regions[i / 3];
        facts.rom_region_text = facts.rom_region == REGION_UNKNOWN ? "" : "x";
        seen[count++] = drawn(SCREEN_REGION, &facts);
    }
    facts.rom_region = REGION_UNKNOWN;
    facts.rom_region_text = "intl";
    seen[count++] = drawn(SCREEN_REGION, &facts);
    facts.rom_region_text = "eea";
    seen[count++] = drawn(SCREEN_REGION, &facts);
    seen[count++] = drawn(SCREEN_LOGO, &facts);
    facts.unlocked = true;
    seen[count++] = drawn(SCREEN_LOGO, &facts);
    for (size_t i = 0; i < ARRAY_COUNT(all_reasons); i++) {
        const struct decision decision = {.fate = FATE_BRICK, .reason = all_reasons[i]};
        enum screen screen = screen_for(&decision, OS_MIUI);
        facts.reason = all_reasons[i];
        if (screen == SCREEN_VERIFICATION || screen == SCREEN_HARDWARE || screen == SCREEN_NO_ROM) {
            seen[count++] = drawn(screen, &facts);
        }
    }
    seen[count++] = drawn(SCREEN_PANIC, &facts);
    seen[count++] = drawn(SCREEN_BLACK, &facts);
    assert_int_equal(count, 9 + 2 + 2 + 9 + 2);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(seen[i], seen[j]);
        }
    }
    assert_int_equal(drawn(SCREEN_PANIC, &facts), seen[count - 2]);
}

static void black(void **state)
{
    const struct screen_facts facts = usual_facts();
    struct canvas canvas = new_canvas(720, 1280);

    screen_draw(&canvas, SCREEN_BLACK, &facts);
    assert_int_equal(bands(&canvas), 0);
}

/*
 * As time goes by the feet are drawn again, and nothing else is touched:
 * the picture is as if drawn anew.
 */
static void time_goes_by(void **state)
{
    static const struct {
        enum screen_wait wait;
        uint32_t wait_s;
    } times[] = {{SCREEN_WAIT_COUNTING, 10},        {SCREEN_WAIT_COUNTING, 9},
                 {SCREEN_WAIT_COUNTING, 1},         {SCREEN_WAIT_PAUSED, 1},
                 {SCREEN_WAIT_COUNTING, 0},         {SCREEN_WAIT_NONE, 0},
                 {SCREEN_WAIT_COUNTING, UINT32_MAX}};
    static const enum screen waiting[] = {SCREEN_YELLOW, SCREEN_ORANGE, SCREEN_RED};
    uint32_t seen[ARRAY_COUNT(times)];

    for (size_t s = 0; s < ARRAY_COUNT(waiting); s++) {
        for (size_t i = 0; i < ARRAY_COUNT(times); i++) {
            struct screen_facts facts = usual_facts();
            struct canvas canvas = new_canvas(720, 1280);
            screen_draw(&canvas, waiting[s], &facts);
            facts.wait = times[i].wait;
            facts.wait_s = times[i].wait_s;
            screen_draw_wait(&canvas, waiting[s], &facts);
            check_guard(&canvas);
            uint32_t later = checksum(&canvas);
            seen[i] = drawn(waiting[s], &facts);
            assert_int_equal(later, seen[i]);
            for (size_t j = 0; j < i; j++) {
                assert_int_not_equal(seen[i], seen[j]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits),
        cmocka_unit_test(fits_every_reason),
        cmocka_unit_test(fits_narrow),
        cmocka_unit_test(any_size),
        cmocka_unit_test(hostile_facts),
        cmocka_unit_test(long_detail),
        cmocka_unit_test(registers_are_whole),
        cmocka_unit_test(foot_stays_clear),
        cmocka_unit_test(pictures_differ),
        cmocka_unit_test(black),
        cmocka_unit_test(time_goes_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
