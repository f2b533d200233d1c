/* SPDX-License-Identifier: MIT */
/* screen/canvas.h: shapes against simple expectations, clipping, hostile sizes. */
#include "tests/unit/check.h"

#include "screen/canvas.h"

#include <limits.h>

#define SIDE   32
#define STRIDE 40
#define GUARD  0xdeadbeefu
#define INK    0x00ffffffu

/* A canvas of SIDE x SIDE, with guard pixels to the right of each row, above and below. */
static uint32_t memory[(SIDE + 2) * STRIDE];
static const struct canvas canvas = {memory + STRIDE, SIDE, SIDE, STRIDE};

static void clear(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(memory); i++) {
        size_t x = i % STRIDE;
        size_t y = i / STRIDE;
        memory[i] = x < SIDE && y >= 1 && y <= SIDE ? 0 : GUARD;
    }
}

static uint32_t pixel(int x, int y)
{
    return canvas.pixels[y * STRIDE + x];
}

static void check_guard(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(memory); i++) {
        size_t x = i % STRIDE;
        size_t y = i / STRIDE;
        if (x >= SIDE || y < 1 || y > SIDE) {
            assert_int_equal(memory[i], GUARD);
        }
    }
}

/* The whole ink on the canvas, in 1/255 pixel. */
static long ink(void)
{
    long sum = 0;

    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            sum += pixel(x, y) & 0xff;
        }
    }
    return sum;
}

static void assert_near(long actual, long expected, long tolerance)
{
    if (actual < expected - tolerance || actual > expected + tolerance) {
        fail_msg("got %ld, expected %ld within %ld", actual, expected, tolerance);
    }
}

static void fill(void **state)
{
    for (int x = 0; x < 4; x++) {
        for (int width = 1; width < 9; width++) {
            clear();
            canvas_fill(&canvas, (struct rect){x, 3, width, 2}, 0x123456);
            for (int column = 0; column < SIDE; column++) {
                bool in = column >= x && column < x + width;
                assert_int_equal(pixel(column, 2), 0);
                assert_int_equal(pixel(column, 3), in ? 0x123456 : 0);
                assert_int_equal(pixel(column, 4), in ? 0x123456 : 0);
                assert_int_equal(pixel(column, 5), 0);
            }
            check_guard();
        }
    }
}

static void fill_black(void **state)
{
    clear();
    canvas_fill(&canvas, (struct rect){0, 0, SIDE, SIDE}, INK);
    canvas_fill(&canvas, (struct rect){5, 5, 3, 3}, 0);
    assert_int_equal(ink(), (SIDE * SIDE - 9) * 255L);
    assert_int_equal(pixel(5, 5), 0);
    assert_int_equal(pixel(7, 7), 0);
    check_guard();
}

static void fill_clipped(void **state)
{
    static const struct {
        struct rect rect;
        long area;
    } cases[] = {
        {{-5, -5, 10, 10}, 25},
        {{SIDE - 4, SIDE - 3, 100, 100}, 12},
        {{-5, 0, 5, 5}, 0},
        {{SIDE, 0, 5, 5}, 0},
        {{0, -7, 5, 5}, 0},
        {{0, SIDE, 5, 5}, 0},
        {{3, 3, 0, 5}, 0},
        {{3, 3, 5, 0}, 0},
        {{3, 3, -2, 5}, 0},
        {{3, 3, 5, -2}, 0},
        {{INT_MIN, INT_MIN, INT_MAX, INT_MAX}, 0},
        {{INT_MAX, INT_MAX, INT_MAX, INT_MAX}, 0},
        {{0, 0, INT_MAX, INT_MAX}, SIDE * SIDE},
        {{-1000, -1000, INT_MAX, INT_MAX}, SIDE * SIDE},
        {{0, 0, INT_MIN, INT_MIN}, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        clear();
        canvas_fill(&canvas, cases[i].rect, INK);
        assert_int_equal(ink(), cases[i].area * 255);
        clear();
        canvas_round_rect(&canvas, cases[i].rect, 0, INK);
        assert_int_equal(ink(), cases[i].area * 255);
        clear();
        canvas_gradient(&canvas, cases[i].rect, INK, INK);
        assert_int_equal(ink(), cases[i].area * 255);
        check_guard();
    }
}

static void gradient(void **state)
{
    clear();
    canvas_gradient(&canvas, (struct rect){0, 0, 1, SIDE}, 0x000000, 0xff8040);
    assert_int_equal(pixel(0, 0), 0x000000);
    assert_int_equal(pixel(0, SIDE - 1), 0xff8040);
    for (int y = 1; y < SIDE; y++) {
        assert_true(pixel(0, y) >> 16 >= pixel(0, y - 1) >> 16);
    }
    assert_near((long)(pixel(0, SIDE / 2) >> 16), 128, 8);
}

static void blend(void **state)
{
    static const struct {
        uint32_t under;
        unsigned coverage;
        uint32_t result;
    } cases[] = {
        {0x000000, 0, 0x000000},   {0x000000, 255, 0x80ff40}, {0xffffff, 255, 0x80ff40},
        {0x112233, 0, 0x112233},   {0x000000, 999, 0x80ff40}, {0x80ff40, 100, 0x80ff40},
        {0x000000, 128, 0x408020},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        clear();
        canvas.pixels[0] = cases[i].under;
        canvas_blend(&canvas, 0, 0, 0x80ff40, cases[i].coverage);
        for (int shift = 0; shift < 24; shift += 8) {
            assert_near((long)(pixel(0, 0) >> shift & 0xff),
                        (long)(cases[i].result >> shift & 0xff), 1);
        }
    }
    clear();
    canvas_blend(&canvas, -1, 0, INK, 255);
    canvas_blend(&canvas, 0, -1, INK, 255);
    canvas_blend(&canvas, SIDE, 0, INK, 255);
    canvas_blend(&canvas, 0, SIDE, INK, 255);
    canvas_blend(&canvas, INT_MIN, INT_MAX, INK, 255);
    assert_int_equal(ink(), 0);
    check_guard();
}

static void circle(void **state)
{
    clear();
    canvas_circle(&canvas, 16, 16, 12, INK);
    assert_near(ink(), 12 * 12 * 314159L * 255 / 100000, 600); /* pi r^2, within 2 pixels */
    assert_int_equal(pixel(16, 16), INK);
    assert_int_equal(pixel(4, 4), 0);
    assert_int_equal(pixel(3, 16), 0);
    assert_int_equal(pixel(28, 16), 0);
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) { /* the same from all sides */
            assert_int_equal(pixel(x, y), pixel(SIDE - 1 - x, y));
            assert_int_equal(pixel(x, y), pixel(x, SIDE - 1 - y));
            assert_int_equal(pixel(x, y), pixel(y, x));
        }
    }
    check_guard();
}

static void ring(void **state)
{
    clear();
    canvas_ring(&canvas, 16, 16, 14, 4, INK);
    assert_near(ink(), (14 * 14 - 10 * 10) * 314159L * 255 / 100000, 1000);
    assert_int_equal(pixel(16, 16), 0);
    assert_int_equal(pixel(4, 16), INK);
    assert_int_equal(pixel(1, 16), 0);
    clear();
    canvas_ring(&canvas, 16, 16, 10, 50, INK); /* no hole is left */
    assert_near(ink(), 10 * 10 * 314159L * 255 / 100000, 600);
}

static void line(void **state)
{
    clear();
    canvas_line(&canvas, 4, 10, 28, 10, 4, INK);
    assert_near(ink(), (24 * 4 * 100 + 2 * 2 * 314) * 255L / 100, 600);
    assert_int_equal(pixel(16, 8), INK);
    assert_int_equal(pixel(16, 11), INK);
    assert_int_equal(pixel(16, 7), 0);
    assert_int_equal(pixel(16, 12), 0);
    clear();
    canvas_line(&canvas, 10, 2, 10, 30, 1, INK); /* one sharp column */
    assert_int_equal(pixel(10, 16), INK);
    assert_int_equal(pixel(9, 16), 0);
    assert_int_equal(pixel(11, 16), 0);
    clear();
    canvas_line(&canvas, 4, 4, 28, 28, 4, INK);
    assert_near(ink(), (3394 * 4 + 2 * 2 * 314) * 255L / 100, 1000); /* 24 * sqrt 2 = 33.94 */
    assert_int_equal(pixel(16, 16), INK);
}

static void polygon(void **state)
{
    static const struct point clockwise[] = {{4, 4}, {28, 4}, {28, 28}};
    static const struct point other_way[] = {{28, 28}, {28, 4}, {4, 4}};
    struct point many[CANVAS_POLYGON_MAX + 1] = {{4, 4}, {28, 4}, {28, 28}};

    clear();
    canvas_polygon(&canvas, clockwise, 3, 0, INK);
    assert_near(ink(), 24 * 24 / 2 * 255L, 1000);
    assert_int_equal(pixel(24, 8), INK);
    assert_int_equal(pixel(8, 24), 0);
    long area = ink();
    clear();
    canvas_polygon(&canvas, other_way, 3, 0, INK);
    assert_int_equal(ink(), area);
    clear();
    canvas_polygon(&canvas, clockwise, 3, 3, INK); /* + perimeter * 3 + pi 3^2 */
    assert_near(ink(), 24 * 24 / 2 * 255L + (8194 * 3 + 9 * 314) * 255L / 100, 1500);
    clear();
    canvas_polygon(&canvas, clockwise, 0, 3, INK);
    canvas_polygon(&canvas, many, ARRAY_COUNT(many), 3, INK);
    canvas_polygon(&canvas, clockwise, 3, -1, INK);
    assert_int_equal(ink(), 0);
}

static void round_rect(void **state)
{
    clear();
    canvas_round_rect(&canvas, (struct rect){2, 2, 28, 20}, 6, INK);
    assert_near(ink(), (28 * 20 * 100 - (4 - 3.14159) * 36 * 100) * 255 / 100, 800);
    assert_int_equal(pixel(2, 2), 0);
    assert_int_equal(pixel(2, 12), INK);
    assert_int_equal(pixel(1, 12), 0);
    assert_int_equal(pixel(29, 12), INK);
    assert_int_equal(pixel(30, 12), 0);
    clear();
    canvas_round_rect(&canvas, (struct rect){2, 2, 20, 20}, 1000, INK); /* no more than a circle */
    assert_near(ink(), 314159L * 255 / 1000, 600);
    check_guard();
}

/* Shapes that reach out of the canvas on one side are the same inside it. */
static void clipped_shapes(void **state)
{
    static const int moves[][2] = {{-16, 0}, {16, 0}, {0, -16}, {0, 16}};

    for (size_t i = 0; i < ARRAY_COUNT(moves); i++) {
        clear();
        canvas_circle(&canvas, 16 + moves[i][0], 16 + moves[i][1], 12, INK);
        assert_near(ink(), 12 * 12 * 314159L * 255 / 200000, 600);
        check_guard();
        clear();
        canvas_ring(&canvas, 16 + moves[i][0], 16 + moves[i][1], 12, 4, INK);
        assert_near(ink(), (12 * 12 - 8 * 8) * 314159L * 255 / 200000, 800);
        check_guard();
    }
}

static void hostile(void **state)
{
    static const int values[] = {INT_MIN, INT_MIN + 1, -(1 << 20), -65536,  -1,     0,
                                 1,       31,          65536,      1 << 20, INT_MAX};
    const size_t n = ARRAY_COUNT(values);

    clear();
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            for (size_t c = 0; c < n; c++) {
                const struct rect rect = {values[a], values[b], values[c], values[(a + c) % n]};
                const struct point points[] = {
                    {values[a], values[b]}, {values[c], values[a]}, {values[b], values[c]}};
                canvas_fill(&canvas, rect, INK);
                canvas_gradient(&canvas, rect, 0, INK);
                canvas_round_rect(&canvas, rect, values[b], INK);
                canvas_circle(&canvas, values[a], values[b], values[c], INK);
                canvas_ring(&canvas, values[a], values[b], values[c], values[(a + b) % n], INK);
                canvas_line(&canvas, values[a], values[b], values[c], values[(b + c) % n],
                            values[(a + b + c) % n], INK);
                canvas_polygon(&canvas, points, 3, values[(a + b) % n], INK);
            }
        }
    }
    check_guard();
}

static void empty_canvas(void **state)
{
    const struct canvas nowhere = {.width_px = 0};

    canvas_fill(&nowhere, (struct rect){0, 0, 5, 5}, INK);
    canvas_gradient(&nowhere, (struct rect){0, 0, 5, 5}, 0, INK);
    canvas_circle(&nowhere, 2, 2, 5, INK);
    canvas_ring(&nowhere, 2, 2, 5, 2, INK);
    canvas_line(&nowhere, 0, 0, 5, 5, 3, INK);
    canvas_blend(&nowhere, 0, 0, INK, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill),           cmocka_unit_test(fill_black),
        cmocka_unit_test(fill_clipped),   cmocka_unit_test(gradient),
        cmocka_unit_test(blend),          cmocka_unit_test(circle),
        cmocka_unit_test(ring),           cmocka_unit_test(line),
        cmocka_unit_test(polygon),        cmocka_unit_test(round_rect),
        cmocka_unit_test(clipped_shapes), cmocka_unit_test(hostile),
        cmocka_unit_test(empty_canvas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
