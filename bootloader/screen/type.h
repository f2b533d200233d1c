/* SPDX-License-Identifier: MIT */
/*
 * Letters on a canvas: UTF-8 text in one of a few styles. Stage screen.
 *
 * The glyphs are rasterised when the project is built (screen/glyphc.c): for each style printable
 * ASCII and just those other characters that the program's texts use. A character that is not there
 * is drawn as a hollow box.
 */
#ifndef SCREEN_TYPE_H
#define SCREEN_TYPE_H

#include "screen/canvas.h"

/* One size and weight. Designed for a panel 720 pixels wide. */
struct type_style;

enum type_align {
    ALIGN_LEFT,
    ALIGN_CENTRE,
    ALIGN_RIGHT,
};

/* The width of one line of text. */
int type_width(const struct type_style *style, const char *text);

/* From one baseline to the next. */
int type_line_height(const struct type_style *style);

/* One line whose top is at y_px; x_px is its left, centre or right. */
void type_draw(const struct canvas *canvas, const struct type_style *style, enum type_align align,
               int x_px, int y_px, uint32_t colour, const char *text);

/*
 * As many lines as it takes inside `box` (its height does not cut): broken at spaces, between
 * Chinese characters, and at '\n'; a word longer than a line, anywhere. Centred lines are made
 * about equally long. Returns the height that it took.
 */
int type_draw_block(const struct canvas *canvas, const struct type_style *style,
                    enum type_align align, struct rect box, uint32_t colour, const char *text);

/* The height that type_draw_block would take. */
int type_block_height(const struct type_style *style, int width_px, const char *text);

#endif
