/* SPDX-License-Identifier: MIT */
/* screen/glyph_pack.h: what is packed comes out again where letters are drawn. */
#include "tests/unit/check.h"

#include "screen/glyph_pack.h"
#include "screen/glyphs.h"
#include "screen/type.h"

#include <stdlib.h>

#define SIDE 40

/* Draws a packed picture as the one letter of a style; gives its coverages back. */
static void unpack(const uint8_t *bytes, size_t count, uint8_t width, uint8_t height, uint8_t *out)
{
    static uint32_t pixels[SIDE * SIDE];
    const struct glyph glyph = {0, 'x', 64, 0, 0, width, height};
    const struct type_style style = {.size_px = SIDE,
                                     .line_px = SIDE,
                                     .baseline_px = SIDE,
                                     .glyph_count = 1,
                                     .glyphs = &glyph,
                                     .pictures = bytes,
                                     .picture_bytes = (uint32_t)count};
    const struct canvas canvas = {pixels, SIDE, SIDE, SIDE};

    memset(pixels, 0, sizeof pixels);
    type_draw(&canvas, &style, ALIGN_LEFT, 0, 0, 0xff, "x");
    for (size_t i = 0; i < (size_t)width * height; i++) {
        out[i] = (uint8_t)pixels[i / width * SIDE + i % width];
    }
}

/* Pictures with all that a letter has: empty, full, soft edges, rows that repeat. */
static void fill(uint8_t *pixels, size_t count, unsigned kind)
{
    for (size_t i = 0; i < count; i++) {
        unsigned noise = (unsigned)(i * 2654435761u + kind * 40503u) >> 13;
        pixels[i] = (uint8_t)(kind == 0   ? 0
                              : kind == 1 ? 255
                              : kind == 2 ? noise
                              : kind == 3 ? (i % 7 < 3 ? 255 : 0)
                              : kind == 4 ? (i % 11) * 25
                                          : (noise % 4 == 0 ? noise : (i / 50 % 2) * 255));
    }
}

static void comes_out_again(void **state)
{
    static const uint8_t sizes[][2] = {{1, 1},   {1, 40},  {40, 1}, {7, 9},
                                       {16, 16}, {17, 33}, {40, 40}};

    for (size_t s = 0; s < ARRAY_COUNT(sizes); s++) {
        for (unsigned kind = 0; kind < 6; kind++) {
            uint8_t pixels[SIDE * SIDE];
            uint8_t drawn[SIDE * SIDE];
            uint8_t *bytes;
            size_t count = (size_t)sizes[s][0] * sizes[s][1];

            fill(pixels, count, kind);
            size_t packed = glyph_pack(pixels, sizes[s][0], sizes[s][1], &bytes);
            assert_true(packed != 0 && packed <= count);
            unpack(bytes, packed, sizes[s][0], sizes[s][1], drawn);
            for (size_t i = 0; i < count; i++) {
                assert_true(abs((int)drawn[i] - (int)pixels[i]) <= 22); /* half a step */
                assert_true(pixels[i] != 0 || drawn[i] == 0);
                assert_true(pixels[i] != 255 || drawn[i] == 255);
            }
            free(bytes);
        }
    }
}

/* It is packing, after all: a bar, upright or lying, takes little. */
static void is_small(void **state)
{
    uint8_t pixels[SIDE * SIDE];
    uint8_t *bytes;

    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = i % SIDE == 10 || i % SIDE == 12 ? 96 : i % SIDE == 11 ? 255 : 0;
    }
    assert_true(glyph_pack(pixels, SIDE, SIDE, &bytes) <= SIDE * SIDE / GLYPH_RUN_MAX + 20);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_out_again),
        cmocka_unit_test(is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
