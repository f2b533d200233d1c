/* SPDX-License-Identifier: MIT */
/*
 * userland/recovery/menu.h, draw.h: what keys do; what is drawn fits and shows the selection.
 */
#define _GNU_SOURCE
#include "tests/unit/check.h"

#include "tests/unit/guarded_canvas.h"
#include "recovery/draw.h"
#include "recovery/keys.h"
#include "recovery/wipe.h"

#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WARNING 0xff9a3c

static enum recovery_action press(struct recovery_view *view, const char *keys)
{
    enum recovery_action action = RECOVERY_DO_NOTHING;

    for (const char *key = keys; *key != '\0'; key++) {
        action = recovery_press(view, *key == 'u'   ? RECOVERY_KEY_UP
                                      : *key == 'd' ? RECOVERY_KEY_DOWN
                                                    : RECOVERY_KEY_POWER);
    }
    return action;
}

static void test_keys(void **state)
{
    static const struct {
        const char *keys; /* up, down, power */
        enum recovery_action action;
        enum recovery_page page;
        size_t selected;
    } cases[] = {
        {"", RECOVERY_DO_NOTHING, RECOVERY_MAIN, 0},
        {"u", RECOVERY_DO_NOTHING, RECOVERY_MAIN, 0},
        {"d", RECOVERY_DO_SHOW, RECOVERY_MAIN, 1},
        {"dd", RECOVERY_DO_SHOW, RECOVERY_MAIN, 2},
        {"ddd", RECOVERY_DO_NOTHING, RECOVERY_MAIN, 2},
        {"ddu", RECOVERY_DO_SHOW, RECOVERY_MAIN, 1},
        {"p", RECOVERY_DO_REBOOT, RECOVERY_MAIN, 0},
        {"dp", RECOVERY_DO_SHOW, RECOVERY_WIPE, 0},
        {"dpp", RECOVERY_DO_SHOW, RECOVERY_MAIN, 0}, /* "cancel" comes first */
        {"dpdp", RECOVERY_DO_WIPE, RECOVERY_WIPE, 1},
        {"ddp", RECOVERY_DO_LISTEN, RECOVERY_WAITING, 0},
        {"ddpp", RECOVERY_DO_STOP_LISTENING, RECOVERY_MAIN, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct recovery_view view = {0};

        assert_int_equal(press(&view, cases[i].keys), cases[i].action);
        assert_int_equal(view.page, cases[i].page);
        assert_int_equal(view.selected, cases[i].selected);
    }
}

/* While a package is under way the keys do nothing; from every other page there is a way out. */
static void test_no_dead_ends(void **state)
{
    (void)state;
    for (size_t page = 0; page < RECOVERY_PAGE_COUNT; page++) {
        const struct recovery_page_about *about = recovery_page_about((enum recovery_page)page);
        bool busy = page == RECOVERY_CHECKING || page == RECOVERY_INSTALLING;
        struct recovery_view view = {0};

        recovery_go(&view, (enum recovery_page)page);
        assert_non_null(about->name);
        assert_int_equal(about->item_count == 0, busy);
        assert_true(busy || press(&view, "p") != RECOVERY_DO_NOTHING);
    }
    assert_ptr_equal(recovery_page_about((enum recovery_page)99),
                     recovery_page_about(RECOVERY_MAIN));
}

/* The port opens once: whoever leaves the pages on which it is open closes it. */
static void test_the_main_menu_never_listens(void **state)
{
    static const struct {
        enum recovery_page page;
        const char *keys;
    } ways[] = {{RECOVERY_WAITING, "p"}, {RECOVERY_INSTALLED, "dp"}, {RECOVERY_REFUSED, "p"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
        struct recovery_view view = {0};

        recovery_go(&view, ways[i].page);
        assert_int_equal(press(&view, ways[i].keys), RECOVERY_DO_STOP_LISTENING);
        assert_int_equal(view.page, RECOVERY_MAIN);
    }
}

static void test_key_codes(void **state)
{
    enum recovery_key key;

    (void)state;
    assert_true(recovery_key_of_code(KEY_UP, &key) && key == RECOVERY_KEY_UP);
    assert_true(recovery_key_of_code(KEY_VOLUMEDOWN, &key) && key == RECOVERY_KEY_DOWN);
    assert_true(recovery_key_of_code(KEY_ENTER, &key) && key == RECOVERY_KEY_POWER);
    assert_true(recovery_key_of_code(KEY_POWER, &key) && key == RECOVERY_KEY_POWER);
    assert_false(recovery_key_of_code(KEY_A, &key));
    assert_false(recovery_key_of_code(0, &key));
}

static size_t count_colour(const struct canvas *canvas, uint32_t colour)
{
    size_t count = 0;

    for (size_t y = 0; y < canvas->height_px; y++) {
        for (size_t x = 0; x < canvas->width_px; x++) {
            count += (canvas->pixels[y * canvas->stride_px + x] & 0xffffff) == colour;
        }
    }
    return count;
}

/* Every page on panels of every shape of the models; the selection is a solid bar. */
static void test_pages_are_drawn(void **state)
{
    static const struct {
        uint32_t width_px;
        uint32_t height_px;
    } panels[] = {{720, 1280}, {720, 1440}, {720, 1496}, {320, 240}, {1, 1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(panels); i++) {
        for (size_t page = 0; page < RECOVERY_PAGE_COUNT; page++) {
            struct sheet sheet = sheet_new(panels[i].width_px, panels[i].height_px);
            struct recovery_view view = {.mismatch = true, .percent = 40, .fault = FAULT_SIGNATURE};
            struct rect bar;

            view.page = (enum recovery_page)page;
            recovery_draw(&sheet.canvas, &view);
            sheet_check(&sheet);
            bar = recovery_bar(&sheet.canvas, &view);
            if (panels[i].width_px == 720 && bar.height_px != 0) {
                size_t blue = count_colour(&sheet.canvas, RECOVERY_BAR_COLOUR);

                assert_true(blue > (size_t)bar.width_px * (size_t)bar.height_px * 3 / 4);
                assert_true(bar.y_px > 0 &&
                            bar.y_px + bar.height_px < (int)panels[i].height_px * 3 / 4);
            }
            free(sheet.memory);
        }
    }
}

/*
 * Why a package was refused, on the smallest panel: named, in both languages, nothing in the way.
 */
static void test_refusals(void **state)
{
    static const char *const chinese[] = {
#define X(code, english_styles, english_text, chinese_styles, chinese_text) [code] = (chinese_text),
        RECOVERY_FAULTS(X)
#undef X
    };
    struct sheet sheet = sheet_new(720, 1280);

    (void)state;
    assert_string_equal(recovery_fault_name(FAULT_COUNT), "unknown");
    for (size_t fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
        struct recovery_view view = {.page = RECOVERY_REFUSED, .fault = (enum recovery_fault)fault};
        struct rect bar;

        assert_string_not_equal(recovery_fault_name(view.fault), "unknown");
        assert_true(recovery_fault_text(view.fault)[0] != '\0' && chinese[fault][0] != '\0');
        recovery_draw(&sheet.canvas, &view);
        assert_true(count_colour(&sheet.canvas, WARNING) > 500);
        bar = recovery_bar(&sheet.canvas, &view);
        assert_true(bar.y_px + bar.height_px < 1280 * 3 / 4);
    }
    free(sheet.memory);
}

/* The line about the mismatch is there when it should be, and only then. */
static void test_mismatch_line(void **state)
{
    struct sheet with = sheet_new(720, 1496);
    struct sheet without = sheet_new(720, 1496);
    struct recovery_view view = {.mismatch = true};

    (void)state;
    recovery_draw(&with.canvas, &view);
    view.mismatch = false;
    recovery_draw(&without.canvas, &view);
    assert_true(count_colour(&with.canvas, WARNING) > 500);
    assert_int_equal(count_colour(&without.canvas, WARNING), 0);
    /* The main menu's alone: it would say the opposite of "The package is installed". */
    view = (struct recovery_view){.page = RECOVERY_INSTALLED, .mismatch = true};
    recovery_draw(&with.canvas, &view);
    assert_int_equal(count_colour(&with.canvas, WARNING), 0);
    free(with.memory);
    free(without.memory);
}

static void test_wipe(void **state)
{
    char path[] = "/tmp/test_menu.XXXXXX";
    int fd = mkstemp(path);
    const off_t size = 3 * 1024 * 1024 + 4096;
    static uint8_t bytes[4096];

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    memset(bytes, 's', sizeof(bytes));
    assert_int_equal(ftruncate(fd, size + 4096), 0);
    for (off_t at = 0; at <= size; at += at == 0 ? 1024 * 1024 - 2048 : 1024 * 1024) {
        assert_int_equal(pwrite(fd, bytes, sizeof(bytes), at), sizeof(bytes));
    }
    assert_int_equal(pwrite(fd, bytes, sizeof(bytes), size), sizeof(bytes)); /* behind the end */
    assert_true(recovery_zero(fd, (uint64_t)size));
    for (off_t at = 0; at < size; at += (off_t)sizeof(bytes)) {
        assert_int_equal(pread(fd, bytes, sizeof(bytes), at), sizeof(bytes));
        assert_true(slice_is_all(slice_of(bytes, sizeof(bytes)), 0));
    }
    assert_int_equal(pread(fd, bytes, sizeof(bytes), size), sizeof(bytes));
    assert_int_equal(bytes[0], 's');
    close(fd);
    assert_false(recovery_zero(-1, 4096));
}

static int punching_fails;
int __real_fallocate64(int fd, int mode, off_t offset, off_t size);
int __wrap_fallocate64(int fd, int mode, off_t offset, off_t size);

int __wrap_fallocate64(int fd, int mode, off_t offset, off_t size)
{
    return punching_fails ? -1 : __real_fallocate64(fd, mode, offset, size);
}

/* A disk that does not know holes: written over, to the last byte. */
static void test_wipe_by_writing(void **state)
{
    punching_fails = 1;
    test_wipe(state);
    punching_fails = 0;
}

static void put_event(int fd, unsigned short code, int value)
{
    struct input_event event = {.type = EV_KEY, .code = code, .value = value};

    assert_int_equal(write(fd, &event, sizeof(event)), sizeof(event));
}

/* A press counts once, when it begins; what is forgotten does not count at all. */
static void test_presses(void **state)
{
    struct recovery_keys keys = {.count = 1};
    enum recovery_key key;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    keys.fds[0] = ends[0];
    for (int value = 1; value >= 0; value--) {
        put_event(ends[1], KEY_DOWN, value);
    }
    put_event(ends[1], KEY_DOWN, 2); /* held: the keyboard repeats */
    assert_true(recovery_keys_next(&keys, &key) && key == RECOVERY_KEY_DOWN);
    assert_false(recovery_keys_next(&keys, &key));
    put_event(ends[1], KEY_ENTER, 1);
    put_event(ends[1], KEY_ENTER, 0);
    put_event(ends[1], KEY_ENTER, 1);
    recovery_keys_forget(&keys);
    assert_false(recovery_keys_next(&keys, &key));
    put_event(ends[1], KEY_UP, 1);
    assert_true(recovery_keys_next(&keys, &key) && key == RECOVERY_KEY_UP);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),      cmocka_unit_test(test_no_dead_ends),
        cmocka_unit_test(test_the_main_menu_never_listens),
        cmocka_unit_test(test_key_codes), cmocka_unit_test(test_pages_are_drawn),
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_mismatch_line),
        cmocka_unit_test(test_wipe),      cmocka_unit_test(test_wipe_by_writing),
        cmocka_unit_test(test_presses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
