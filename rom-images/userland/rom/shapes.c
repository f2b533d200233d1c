/* SPDX-License-Identifier: MIT */
/* What the home screen draws beyond bootloader/screen/canvas.h. */
#include "rom/shapes.h"

#define SUBPIXELS 4 /* a side: 16 samples a pixel on the edges */

#define HILLS_WIDTH_MAX 4096 /* columns; no panel is wider */
#define GLOW_STEP       4    /* pixels side by side that share one strength of the glow */

uint32_t colour_mix(uint32_t under, uint32_t over, unsigned share)
{
    uint32_t red_blue = ((under & 0xff00ff) * (256 - share) + (over & 0xff00ff) * share) >> 8;
    uint32_t green = ((under & 0x00ff00) * (256 - share) + (over & 0x00ff00) * share) >> 8;

    return (red_blue & 0xff00ff) | (green & 0x00ff00);
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static uint32_t *row_of(const struct canvas *canvas, int y)
{
    return canvas->pixels + (size_t)y * canvas->stride_px;
}

static void mix_span(const struct canvas *canvas, int y, int x0, int x1, uint32_t colour,
                     unsigned opacity)
{
    uint32_t *row = row_of(canvas, y);

    x0 = clamp(x0, 0, (int)canvas->width_px);
    x1 = clamp(x1, 0, (int)canvas->width_px);
    if (opacity >= OPAQUE) {
        for (int x = x0; x < x1; x++) {
            row[x] = colour;
        }
        return;
    }
    /* colour_mix, with the colour's part of it worked out once. */
    uint32_t red_blue = (colour & 0xff00ff) * opacity;
    uint32_t green = (colour & 0x00ff00) * opacity;

    for (int x = x0; x < x1; x++) {
        uint32_t under = row[x];

        row[x] = (((under & 0xff00ff) * (256 - opacity) + red_blue) >> 8 & 0xff00ff) |
                 (((under & 0x00ff00) * (256 - opacity) + green) >> 8 & 0x00ff00);
    }
}

/* How much of the pixel (x, y) of a corner's square lies in the quarter disc: 0 to 256. */
static unsigned corner_cover(int radius, int x, int y)
{
    int reach = 2 * SUBPIXELS * radius;
    unsigned inside = 0;

    for (int i = 0; i < SUBPIXELS * SUBPIXELS; i++) {
        int dx = reach - 2 * (SUBPIXELS * x + i % SUBPIXELS) - 1;
        int dy = reach - 2 * (SUBPIXELS * y + i / SUBPIXELS) - 1;

        inside += dx * dx + dy * dy <= reach * reach;
    }
    return inside * 256 / (SUBPIXELS * SUBPIXELS);
}

/* One row of a panel's rounded part; y is counted from the panel's nearer edge. */
static void panel_corner_row(const struct canvas *canvas, struct rect rect, int row, int y,
                             int radius, struct paint paint)
{
    int solid = 0;

    while (solid < radius && corner_cover(radius, solid, y) < 256) {
        unsigned cover = corner_cover(radius, solid, y) * paint.opacity / 256;
        int right = rect.x_px + rect.width_px - 1 - solid;

        if (cover != 0) {
            mix_span(canvas, row, rect.x_px + solid, rect.x_px + solid + 1, paint.top, cover);
            mix_span(canvas, row, right, right + 1, paint.top, cover);
        }
        solid++;
    }
    mix_span(canvas, row, rect.x_px + solid, rect.x_px + rect.width_px - solid, paint.top,
             paint.opacity);
}

void shape_panel(const struct canvas *canvas, struct rect rect, int radius_px, struct paint paint)
{
    int last = rect.height_px - 1;
    int from = clamp(-rect.y_px, 0, rect.height_px);
    int to = clamp((int)canvas->height_px - rect.y_px, 0, rect.height_px);

    radius_px = clamp(radius_px, 0, rect.width_px / 2);
    radius_px = clamp(radius_px, 0, rect.height_px / 2);
    for (int y = from; y < to; y++) {
        int edge = MIN(y, last - y);
        struct paint now = paint;

        if (paint.top != paint.bottom && last > 0) {
            now.top = colour_mix(paint.top, paint.bottom, (unsigned)(y * 256 / last));
        }
        if (edge < radius_px) {
            panel_corner_row(canvas, rect, rect.y_px + y, edge, radius_px, now);
        } else {
            mix_span(canvas, rect.y_px + y, rect.x_px, rect.x_px + rect.width_px, now.top,
                     now.opacity);
        }
    }
}

/* How strong the glow is `far` (squared) from its middle: 0 to 256. */
static unsigned glow_at(int64_t far, int64_t whole, int64_t share)
{
    unsigned near = far < whole ? (unsigned)((whole - far) * share >> 32) : 0;

    return near * near / 256;
}

void shape_glow(const struct canvas *canvas, int x_px, int y_px, int radius_px, uint32_t colour,
                unsigned opacity)
{
    int64_t whole = (int64_t)radius_px * radius_px;
    /* 256 / whole in 1/2^32: one division instead of one a pixel. */
    int64_t share = whole > 0 ? ((int64_t)256 << 32) / whole : 0;
    int x0 = clamp(x_px - radius_px, 0, (int)canvas->width_px);
    int x1 = clamp(x_px + radius_px, 0, (int)canvas->width_px);
    int y0 = clamp(y_px - radius_px, 0, (int)canvas->height_px);
    int y1 = clamp(y_px + radius_px, 0, (int)canvas->height_px);

    for (int y = y0; y < y1; y++) {
        int64_t down = (int64_t)(y - y_px) * (y - y_px);

        for (int x = x0; x < x1; x += GLOW_STEP) {
            int64_t far = (int64_t)(x - x_px) * (x - x_px) + down;
            unsigned strength = glow_at(far, whole, share) * opacity / 256;

            if (strength != 0) {
                int end = x + GLOW_STEP < x1 ? x + GLOW_STEP : x1;

                mix_span(canvas, y, x, end, colour, strength);
            }
        }
    }
}

/* A smooth wave: -256 to 256 over `phase` 0 to 1023, by two parabolas. */
static int wave(int phase)
{
    int half = phase & 511;
    int bow = half * (512 - half) / 256;

    return (phase & 512) != 0 ? -bow : bow;
}

/* The height of the crest line above column x, in 1/256 pixel from the top. */
static int crest(const struct hills *hills, int x)
{
    int phase = (x + hills->shift_px) * 1024 / hills->wave_px;

    return hills->y_px * 256 - hills->height_px * (wave(phase) * 3 + wave(phase * 2 + 300)) / 4;
}

/* One row of the band that the crests run through: hills below the line, nothing above it. */
static void crest_row(const struct canvas *canvas, const int *lines, int y, uint32_t colour)
{
    uint32_t *row = row_of(canvas, y);

    for (int x = 0; x < (int)canvas->width_px; x++) {
        int cover = (y + 1) * 256 - lines[x];

        if (cover >= 256) {
            row[x] = colour;
        } else if (cover > 0) {
            row[x] = colour_mix(row[x], colour, (unsigned)cover);
        }
    }
}

void shape_hills(const struct canvas *canvas, const struct hills *hills)
{
    int bottom = (int)canvas->height_px;
    int top = clamp(hills->y_px - hills->height_px - 1, 0, bottom);
    int solid = clamp(hills->y_px + hills->height_px + 1, 0, bottom);
    int fade = bottom - top > 1 ? bottom - top - 1 : 1;
    int lines[HILLS_WIDTH_MAX];
    struct canvas shown = *canvas;

    if (shown.width_px > HILLS_WIDTH_MAX) {
        shown.width_px = HILLS_WIDTH_MAX;
    }
    for (int x = 0; x < (int)shown.width_px; x++) {
        lines[x] = crest(hills, x);
    }
    for (int y = top; y < bottom; y++) {
        uint32_t colour = colour_mix(hills->top, hills->bottom, (unsigned)((y - top) * 256 / fade));

        if (y < solid) {
            crest_row(&shown, lines, y, colour);
        } else {
            mix_span(&shown, y, 0, (int)shown.width_px, colour, OPAQUE);
        }
    }
}

struct frame {
    int x_px;
    int y_px;
    int size_px;
};

static int scaled(const struct frame *frame, int units)
{
    return (units * frame->size_px + PICTURE_UNITS / 2) / PICTURE_UNITS;
}

static void stroke_draw(const struct canvas *canvas, const struct stroke *stroke,
                        const struct frame *frame)
{
    int at[6];
    int x = frame->x_px;
    int y = frame->y_px;

    for (int i = 0; i < 6; i++) {
        at[i] = scaled(frame, stroke->at[i]);
    }
    switch (stroke->kind) {
    case STROKE_DISC:
        canvas_circle(canvas, x + at[0], y + at[1], at[2], stroke->colour);
        break;
    case STROKE_RING:
        canvas_ring(canvas, x + at[0], y + at[1], at[2], at[3], stroke->colour);
        break;
    case STROKE_LINE:
        canvas_line(canvas, x + at[0], y + at[1], x + at[2], y + at[3], at[4], stroke->colour);
        break;
    case STROKE_BOX:
        shape_panel(canvas, (struct rect){x + at[0], y + at[1], at[2], at[3]}, at[4],
                    (struct paint){stroke->colour, stroke->colour, OPAQUE});
        break;
    case STROKE_TRIANGLE:
        canvas_polygon(canvas,
                       (const struct point[]){
                           {x + at[0], y + at[1]}, {x + at[2], y + at[3]}, {x + at[4], y + at[5]}},
                       3, 0, stroke->colour);
        break;
    case STROKE_END:
        break;
    }
}

void picture_draw(const struct canvas *canvas, const struct stroke *strokes, int x_px, int y_px,
                  int size_px)
{
    const struct frame frame = {x_px, y_px, size_px};

    for (; strokes->kind != STROKE_END; strokes++) {
        stroke_draw(canvas, strokes, &frame);
    }
}
