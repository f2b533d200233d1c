/* SPDX-License-Identifier: MIT */
/* The home screen's own shapes: over every edge of a canvas, and far away from it. */
#include "tests/unit/guarded_canvas.h"

#include "rom/apps.h"
#include "rom/shapes.h"

static void test_shapes_are_clipped(void **state)
{
    static const int places[] = {-5000, -40, -1, 0, 20, 39, 40, 5000};
    const struct paint paint = {0x102030, 0x405060, 100};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(places) * ARRAY_COUNT(places); i++) {
        int x = places[i % ARRAY_COUNT(places)];
        int y = places[i / ARRAY_COUNT(places)];
        struct hills hills = {y, 30, 50, x, 0x102030, 0x405060};
        struct sheet sheet = sheet_new(40, 40);

        canvas_fill(&sheet.canvas, (struct rect){0, 0, 40, 40}, 0);
        shape_panel(&sheet.canvas, (struct rect){x, y, 30, 30}, 12, paint);
        shape_panel(&sheet.canvas, (struct rect){x, y, -30, 0}, 12, paint);
        shape_glow(&sheet.canvas, x, y, 35, 0xffffff, 200);
        shape_glow(&sheet.canvas, x, y, 0, 0xffffff, 200);
        shape_hills(&sheet.canvas, &hills);
        app_draw_icon(&sheet.canvas, &apps[i % APP_COUNT], x, y, 30);
        sheet_check(&sheet);
        free(sheet.memory);
    }
}

static void test_panel_corners(void **state)
{
    struct sheet sheet = sheet_new(40, 40);
    const uint32_t *pixels = sheet.canvas.pixels;
    size_t stride = sheet.canvas.stride_px;

    (void)state;
    canvas_fill(&sheet.canvas, (struct rect){0, 0, 40, 40}, 0);
    shape_panel(&sheet.canvas, (struct rect){4, 4, 32, 32}, 12,
                (struct paint){0xffffff, 0xffffff, OPAQUE});
    assert_int_equal(pixels[4 * stride + 4], 0);         /* the corner is round */
    assert_int_equal(pixels[4 * stride + 20], 0xffffff); /* the edge is sharp */
    assert_int_equal(pixels[3 * stride + 20], 0);
    assert_int_equal(pixels[20 * stride + 20], 0xffffff);
    for (size_t y = 0; y < 40; y++) {
        for (size_t x = 0; x < 40; x++) { /* the same from all four sides */
            assert_int_equal(pixels[y * stride + x], pixels[(39 - y) * stride + x]);
            assert_int_equal(pixels[y * stride + x], pixels[y * stride + 39 - x]);
        }
    }
    free(sheet.memory);
}

static void test_mix(void **state)
{
    (void)state;
    assert_int_equal(colour_mix(0x112233, 0xffeedd, 0), 0x112233);
    assert_int_equal(colour_mix(0x112233, 0xffeedd, 256), 0xffeedd);
    assert_int_equal(colour_mix(0x000000, 0xff80fe, 128), 0x7f407f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes_are_clipped),
        cmocka_unit_test(test_panel_corners),
        cmocka_unit_test(test_mix),
    };

    return cmocka_run_group_tests_name("shapes", tests, NULL, NULL);
}
