/* SPDX-License-Identifier: MIT */
/*
 * A canvas in the middle of guarded memory, for tests of what draws with more than screen/canvas.h.
 */
#ifndef TESTS_GUARDED_CANVAS_H
#define TESTS_GUARDED_CANVAS_H

#include "tests/unit/check.h"

#include "iface/panel.h"

#include <stdlib.h>

/* Its highest byte is one that no drawn pixel has. */
#define GUARD       0x5a5a5a5a
#define GUARD_ROWS  8
#define GUARD_RIGHT 16

struct sheet {
    uint32_t *memory;
    struct canvas canvas;
};

static inline struct sheet sheet_new(uint32_t width_px, uint32_t height_px)
{
    uint32_t stride = width_px + GUARD_RIGHT;
    size_t count = (size_t)stride * (height_px + 2 * GUARD_ROWS);
    struct sheet sheet = {.memory = malloc(count * sizeof(uint32_t))};

    assert_non_null(sheet.memory);
    for (size_t i = 0; i < count; i++) {
        sheet.memory[i] = GUARD;
    }
    sheet.canvas =
        (struct canvas){sheet.memory + (size_t)stride * GUARD_ROWS, width_px, height_px, stride};
    return sheet;
}

/* Guards untouched; and every pixel of the canvas drawn, which tells it from the guard's colour. */
static inline void sheet_check(const struct sheet *sheet)
{
    const struct canvas *canvas = &sheet->canvas;

    for (size_t y = 0; y < canvas->height_px + 2 * GUARD_ROWS; y++) {
        for (size_t x = 0; x < canvas->stride_px; x++) {
            bool inside =
                x < canvas->width_px && y >= GUARD_ROWS && y < canvas->height_px + GUARD_ROWS;
            uint32_t pixel = sheet->memory[y * canvas->stride_px + x];

            if (!inside && pixel != GUARD) {
                fail_msg("drawn outside a canvas of %ux%u, at %zu, %zu", canvas->width_px,
                         canvas->height_px, x, y - GUARD_ROWS);
            }
            if (inside && pixel >> 24 != 0) {
                fail_msg("left a hole in a canvas of %ux%u, at %zu, %zu", canvas->width_px,
                         canvas->height_px, x, y - GUARD_ROWS);
            }
        }
    }
}

#endif
