/* SPDX-License-Identifier: MIT */
/*
 * screen/type.h: widths, line breaks, hostile UTF-8, pictures. In a style of our own making, where
 * every letter is 8 pixels wide and its picture is known.
 */
#include "tests/unit/check.h"

#include "screen/glyphs.h"
#include "screen/type.h"

#include <limits.h>
#include <stdlib.h>

#define WIDTH  128
#define HEIGHT 96
#define STRIDE 130
#define GUARD  0xdeadbeefu
#define INK    0x00ffffffu
#define EM     10
#define BOX    6 /* width of what is missing: 60 % of the em */

/*
 * Of 4 x 4: a full square; rows with holes; a row of 0, 2, 4 and 6 sixths; half a row, and three
 * more of it.
 */
static const uint8_t pictures[] = {0xe4, 0xc0, 0xfc, 0x5f, 0xc5, 0xfc, 0x11, 0x4f,
                                   0x00, 0xf4, 0x5c, 0xf0, 0x00, 0x00, 0x00, 0x00};

static const struct glyph glyphs[] = {
    {0, ' ', 8 * 64, 0, 0, 0, 0},    {0, 'a', 8 * 64, 2, 3, 4, 4},
    {6, 'b', 8 * 64, 0, 0, 4, 1},    {2, 'c', 8 * 64, 2, 3, 4, 4},
    {9, 'd', 8 * 64, 2, 3, 4, 4},    {0, 0x4e2d, 8 * 64, 2, 3, 4, 4},
    {0, 0x56fd, 8 * 64, 2, 3, 4, 4}, {0, 0xff0c, 8 * 64, 2, 3, 4, 4},
};

static const struct type_style style = {
    .size_px = EM,
    .line_px = 12,
    .baseline_px = 10,
    .glyph_count = ARRAY_COUNT(glyphs),
    .glyphs = glyphs,
    .pictures = pictures,
    .picture_bytes = sizeof(pictures) - GLYPH_SPARE_BYTES,
};

static uint32_t memory[(HEIGHT + 2) * STRIDE];
static const struct canvas canvas = {memory + STRIDE, WIDTH, HEIGHT, STRIDE};

static void clear(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(memory); i++) {
        size_t y = i / STRIDE;
        memory[i] = i % STRIDE < WIDTH && y >= 1 && y <= HEIGHT ? 0 : GUARD;
    }
}

static void check_guard(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(memory); i++) {
        size_t y = i / STRIDE;
        if (i % STRIDE >= WIDTH || y < 1 || y > HEIGHT) {
            assert_int_equal(memory[i], GUARD);
        }
    }
}

static uint32_t pixel(int x, int y)
{
    return canvas.pixels[y * STRIDE + x];
}

/* Inked pixels between two columns. */
static int ink(int from, int to)
{
    int count = 0;

    for (int y = 0; y < HEIGHT; y++) {
        for (int x = from; x < to; x++) {
            count += pixel(x, y) != 0;
        }
    }
    return count;
}

static void widths(void **state)
{
    assert_int_equal(type_width(&style, ""), 0);
    assert_int_equal(type_width(&style, "a"), 8);
    assert_int_equal(type_width(&style, "ab a"), 32);
    assert_int_equal(type_width(&style, "中国"), 16);
    assert_int_equal(type_width(&style, "x"), BOX);
    assert_int_equal(type_line_height(&style), 12);
}

static void hostile_utf8(void **state)
{
    static const struct {
        const char *bytes;
        int missing; /* characters that no style has */
        int found;
    } cases[] = {
        {"\x80", 1, 0},     /* a continuation without a start */
        {"\xff\xfe", 2, 0}, /* never in UTF-8 */
        {"\xe4\xb8", 2, 0}, /* cut off */
        {"\xe4", 1, 0},     /* cut off at once */
        {"\xe4"
         "a",
         1, 1}, /* a letter where a continuation belongs */
        {"\xe4\xb8"
         "a",
         2, 1},
        {"\xc1\xa1", 2, 0},             /* 'a' in two bytes */
        {"\xe0\x81\xa1", 3, 0},         /* 'a' in three */
        {"\xf0\x80\x81\xa1", 4, 0},     /* 'a' in four */
        {"\xed\xa0\x80", 3, 0},         /* half of a surrogate pair */
        {"\xf4\x90\x80\x80", 4, 0},     /* beyond Unicode */
        {"\xf0\x9f\x98\x80", 1, 0},     /* well-formed, but outside the basic plane */
        {"\xf8\x88\x80\x80\x80", 5, 0}, /* five bytes */
        {"\xf0\x9f\x98", 3, 0},         /* four bytes, cut off */
        {"\x01\x7f\r", 3, 0},           /* control characters */
        {"\xef\xbf\xbd", 1, 0},         /* the replacement character itself */
        {"\xe4\xb8\xad", 0, 1},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(type_width(&style, cases[i].bytes),
                         cases[i].missing * BOX + cases[i].found * 8);
        clear();
        type_draw(&canvas, &style, ALIGN_LEFT, 0, 0, INK, cases[i].bytes);
        assert_true(ink(0, WIDTH) > 0);
        type_draw_block(&canvas, &style, ALIGN_CENTRE, (struct rect){0, 0, 20, 20}, INK,
                        cases[i].bytes);
        check_guard();
    }
}

static void random_bytes(void **state)
{
    char text[200];

    srand(1);
    for (int round = 0; round < 2000; round++) {
        size_t length = (size_t)rand() % sizeof(text);
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)(1 + rand() % 255);
        }
        char *exact = malloc(length + 1); /* reading on after the NUL is seen */
        memcpy(exact, text, length);
        exact[length] = '\0';
        int width = 1 + rand() % 100;
        clear();
        int height =
            type_draw_block(&canvas, &style, ALIGN_LEFT, (struct rect){0, 0, width, 0}, INK, exact);
        assert_int_equal(height, type_block_height(&style, width, exact));
        assert_true(height <= 12 * (int)(length + 1));
        check_guard();
        free(exact);
    }
}

static void pictures_are_right(void **state)
{
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 10, 20, 0x00ff8040, "a");
    assert_int_equal(ink(0, WIDTH), 16);
    assert_int_equal(pixel(12, 23), 0x00ff8040);
    assert_int_equal(pixel(15, 26), 0x00ff8040);
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 10, 20, INK, "b");
    assert_int_equal(pixel(10, 20), 0);
    assert_in_range(pixel(11, 20) & 0xff, 84, 86);
    assert_in_range(pixel(12, 20) & 0xff, 169, 171);
    assert_int_equal(pixel(13, 20), INK);
    assert_int_equal(ink(0, WIDTH), 3);
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 10, 20, INK, "c"); /* runs over the ends of rows */
    for (int x = 0; x < 4; x++) {
        for (int y = 0; y < 4; y++) {
            int place = y * 4 + x;
            bool on = place < 4 || (place >= 6 && place < 10) || (place >= 12 && place < 16);
            assert_int_equal(pixel(12 + x, 23 + y), on ? INK : 0);
        }
    }
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 10, 20, INK, "d"); /* rows like the one above them */
    for (int x = 0; x < 4; x++) {
        for (int y = 0; y < 4; y++) {
            assert_int_equal(pixel(12 + x, 23 + y), x < 2 ? INK : 0);
        }
    }
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 10, 20, INK, "?"); /* a hollow box */
    assert_true(ink(0, WIDTH) > 8);
    assert_int_equal(pixel(12, 26), 0);
}

static void aligned(void **state)
{
    clear();
    type_draw(&canvas, &style, ALIGN_LEFT, 40, 0, INK, "aa");
    assert_int_equal(ink(40, 56), 32);
    clear();
    type_draw(&canvas, &style, ALIGN_CENTRE, 40, 0, INK, "aa");
    assert_int_equal(ink(32, 48), 32);
    clear();
    type_draw(&canvas, &style, ALIGN_RIGHT, 40, 0, INK, "aa");
    assert_int_equal(ink(24, 40), 32);
}

static void clipped(void **state)
{
    static const struct {
        int x;
        int y;
        int ink;
    } cases[] = {
        {-4, 0, 8},
        {0, -5, 8},
        {WIDTH - 4, 0, 8},
        {0, HEIGHT - 5, 8},
        {-6, 0, 0},
        {0, -7, 0},
        {WIDTH, 0, 0},
        {0, HEIGHT, 0},
        {INT_MIN, 0, 0},
        {INT_MAX, 0, 0},
        {0, INT_MIN, 0},
        {0, INT_MAX, 0},
        {INT_MIN, INT_MAX, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        clear();
        type_draw(&canvas, &style, ALIGN_LEFT, cases[i].x, cases[i].y, INK, "a");
        assert_int_equal(ink(0, WIDTH), cases[i].ink);
        type_draw(&canvas, &style, ALIGN_RIGHT, cases[i].x, cases[i].y, INK, "?c中");
        type_draw_block(&canvas, &style, ALIGN_CENTRE,
                        (struct rect){cases[i].x, cases[i].y, INT_MAX, INT_MIN}, INK, "a ? c");
        type_draw_block(&canvas, &style, ALIGN_RIGHT,
                        (struct rect){cases[i].x, cases[i].y, INT_MIN, INT_MAX}, INK, "a ? c");
        check_guard();
    }
}

static void breaks(void **state)
{
    static const struct {
        const char *text;
        int width;
        int lines;
    } cases[] = {
        {"", 100, 0},        {"a", 100, 1},       {"aa aa", 40, 1},    {"aa aa", 39, 2},
        {"aa aa   ", 40, 1}, /* spaces at the end need no room */
        {"aa    aa", 16, 2}, /* and those at a break vanish */
        {"a\na", 100, 2},    {"a\n\na", 100, 3},  {"aaaa", 16, 2}, /* a word that is too long breaks
                                                                      anywhere */
        {"aaaa", 1, 4},                                            /* never less than one letter */
        {"aaaa", 0, 4},      {"aaaa", -5, 4},     {"中国中国", 16, 2}, /* between any two Chinese
                                                                          characters */
        {"中国中国", 24, 2}, {"中国，中", 16, 3},                      /* but not before a comma */
        {"a中a", 16, 2},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int lines = cases[i].lines;

        assert_int_equal(type_block_height(&style, cases[i].width, cases[i].text), lines * 12);
        clear();
        assert_int_equal(type_draw_block(&canvas, &style, ALIGN_CENTRE,
                                         (struct rect){0, 0, cases[i].width, 0}, INK,
                                         cases[i].text),
                         lines * 12);
    }
}

/* "aa aa aa a" in room for three words: two and two, not three and a lonely one. */
static void balanced(void **state)
{
    clear();
    type_draw_block(&canvas, &style, ALIGN_CENTRE, (struct rect){0, 0, 64, 0}, INK, "aa aa aa a");
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < WIDTH; x++) {
            assert_true(pixel(x, y) == 0 || (x >= 12 && x < 52)); /* no line is 64 wide */
        }
    }
    clear();
    type_draw_block(&canvas, &style, ALIGN_LEFT, (struct rect){0, 0, 64, 0}, INK, "aa aa aa a");
    assert_int_equal(pixel(60, 3), INK); /* left-aligned lines are filled */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),       cmocka_unit_test(hostile_utf8),
        cmocka_unit_test(random_bytes), cmocka_unit_test(pictures_are_right),
        cmocka_unit_test(aligned),      cmocka_unit_test(clipped),
        cmocka_unit_test(breaks),       cmocka_unit_test(balanced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
