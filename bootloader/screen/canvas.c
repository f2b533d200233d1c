/* SPDX-License-Identifier: MIT */
/*
 * Shapes on a canvas. Stage screen.
 *
 * Every curved shape is one of two: a convex polygon grown by a radius (a circle is a grown point,
 * a line a grown segment, a round rectangle a grown smaller one), or a ring. A pixel's coverage
 * follows from the distance of its centre to the edge. Distances are in 1/64 pixel ("sub").
 */
#include "screen/canvas.h"

#include "screen/pixel.h"

#include <string.h>

#define SUB      64
#define LIMIT_PX (1 << 20) /* sums of squares stay below 2^56 sub */
#define FAR_SUB  ((int64_t)1 << 40)
#define UNIT     14 /* bits of fraction in a direction */

/*
 * A side of a polygon: where it starts, its direction, its length. In sub; directions in 1/2^UNIT.
 */
struct side {
    int64_t x;
    int64_t y;
    int64_t along_x;
    int64_t along_y;
    int64_t length; /* 0: its two points are the same */
};

struct shape {
    struct side sides[CANVAS_POLYGON_MAX];
    size_t count;
    int64_t radius;
    bool solid; /* has an inside before it grows: more than a point or a segment */
    int turn;   /* 1 or -1: which side of a side is outside */
};

/* Pixels, from x0 up to x1 exclusive. */
struct window {
    int x0;
    int y0;
    int x1;
    int y1;
};

static int64_t limit(int64_t value)
{
    return value < -LIMIT_PX ? -LIMIT_PX : value > LIMIT_PX ? LIMIT_PX : value;
}

/* The part of the canvas inside these pixel bounds; x1 <= x0 or y1 <= y0 when there is none. */
static struct window clip(const struct canvas *canvas, int64_t x0, int64_t y0, int64_t x1,
                          int64_t y1)
{
    return (struct window){
        .x0 = (int)(x0 < 0 ? 0 : limit(x0)),
        .y0 = (int)(y0 < 0 ? 0 : limit(y0)),
        .x1 = (int)(x1 > (int64_t)canvas->width_px ? (int64_t)canvas->width_px : limit(x1)),
        .y1 = (int)(y1 > (int64_t)canvas->height_px ? (int64_t)canvas->height_px : limit(y1)),
    };
}

static uint32_t *row_at(const struct canvas *canvas, int y_px)
{
    return canvas->pixels + (size_t)y_px * canvas->stride_px;
}

/* The whole square root, rounded down: Newton's iteration, from above. */
static int64_t root(int64_t value)
{
    uint64_t square = (uint64_t)value;

    if (square == 0) {
        return 0;
    }
    uint64_t guess = (uint64_t)1 << (65 - __builtin_clzll(square)) / 2;
    uint64_t better = (guess + square / guess) / 2;
    while (better < guess) {
        guess = better;
        better = (guess + square / guess) / 2;
    }
    return (int64_t)guess;
}

/* Two pixels a store: the compiler is told of the alignment, and has no wider registers here. */
static void fill_row(uint32_t *pixels, size_t count, uint32_t colour)
{
    uint64_t both = (uint64_t)colour << 32 | colour;

    if (count != 0 && (uintptr_t)pixels % sizeof(both) != 0) {
        *pixels++ = colour;
        count--;
    }
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        uint32_t *sixteen = __builtin_assume_aligned(pixels + i, sizeof(both));
#pragma GCC unroll 8
        for (size_t j = 0; j < 16; j += 2) {
            __builtin_memcpy(sixteen + j, &both, sizeof(both));
        }
    }
    for (; i < count; i++) {
        pixels[i] = colour;
    }
}

void canvas_fill(const struct canvas *canvas, struct rect rect, uint32_t colour)
{
    struct window in = clip(canvas, rect.x_px, rect.y_px, (int64_t)rect.x_px + rect.width_px,
                            (int64_t)rect.y_px + rect.height_px);

    for (int y = in.y0; y < in.y1 && in.x0 < in.x1; y++) {
        uint32_t *row = row_at(canvas, y) + in.x0;
        if (colour == 0) {
            memset(row, 0, (size_t)(in.x1 - in.x0) * sizeof(*row)); /* the phone's is fast */
        } else {
            fill_row(row, (size_t)(in.x1 - in.x0), colour);
        }
    }
}

void canvas_gradient(const struct canvas *canvas, struct rect rect, uint32_t top, uint32_t bottom)
{
    struct window in = clip(canvas, rect.x_px, rect.y_px, (int64_t)rect.x_px + rect.width_px,
                            (int64_t)rect.y_px + rect.height_px);
    int64_t last = rect.height_px > 1 ? (int64_t)rect.height_px - 1 : 1;

    for (int y = in.y0; y < in.y1 && in.x0 < in.x1; y++) {
        unsigned share = (unsigned)(((int64_t)y - rect.y_px) * 255 / last);
        fill_row(row_at(canvas, y) + in.x0, (size_t)(in.x1 - in.x0), pixel_mix(top, bottom, share));
    }
}

void canvas_blend(const struct canvas *canvas, int x_px, int y_px, uint32_t colour,
                  unsigned coverage)
{
    /* as unsigned numbers, negative ones are far beyond any canvas */
    if ((uint32_t)x_px >= canvas->width_px || (uint32_t)y_px >= canvas->height_px) {
        return;
    }
    uint32_t *pixel = row_at(canvas, y_px) + x_px;
    *pixel = pixel_mix(*pixel, colour, coverage > 255 ? 255 : coverage);
}

/* How much of a pixel lies inside an edge `depth` sub beyond its centre. */
static unsigned coverage_of(int64_t depth)
{
    int64_t coverage = ((depth + SUB / 2) * 255 + SUB / 2) / SUB;

    return coverage < 0 ? 0 : coverage > 255 ? 255 : (unsigned)coverage;
}

static int64_t absolute(int64_t value)
{
    return value < 0 ? -value : value;
}

/*
 * The length of (x, y); where it is more than `enough`, only something between that and the length.
 */
static int64_t length_of(int64_t x, int64_t y, int64_t enough)
{
    int64_t longer = absolute(x) > absolute(y) ? absolute(x) : absolute(y);

    return longer > enough ? longer : root(x * x + y * y);
}

static int64_t side_distance(const struct side *side, int64_t x, int64_t y, int64_t enough)
{
    int64_t rx = x - side->x;
    int64_t ry = y - side->y;
    int64_t along = (rx * side->along_x + ry * side->along_y) >> UNIT;

    if (along <= 0) {
        return length_of(rx, ry, enough);
    }
    if (along < side->length) {
        return absolute((rx * side->along_y - ry * side->along_x) >> UNIT);
    }
    return length_of(rx - (side->length * side->along_x >> UNIT),
                     ry - (side->length * side->along_y >> UNIT), enough);
}

/*
 * From (x, y) to the edge of the polygon before it is grown; negative inside. Far outside it may be
 * less than that, but not so little that the pixel would be touched.
 */
static int64_t shape_distance(const struct shape *shape, int64_t x, int64_t y)
{
    int64_t enough = shape->radius + 2 * SUB;
    int64_t outside = -FAR_SUB;
    int64_t nearest = FAR_SUB;

    for (size_t i = 0; shape->solid && i < shape->count; i++) {
        const struct side *side = &shape->sides[i];
        int64_t across = ((x - side->x) * side->along_y - (y - side->y) * side->along_x) >> UNIT;
        across = side->length != 0 ? across * shape->turn : -FAR_SUB;
        outside = across > outside ? across : outside;
    }
    if (outside > enough || (outside < 0 && outside != -FAR_SUB)) {
        return outside;
    }
    for (size_t i = 0; i < shape->count; i++) {
        int64_t distance = side_distance(&shape->sides[i], x, y, enough);
        nearest = MIN(distance, nearest);
    }
    return nearest;
}

/*
 * The edge of a row: from `x` in steps of `step` (1 or -1) up to `end`, until a pixel is whole.
 * Returns that pixel, or `end`.
 */
static int shape_edge(const struct canvas *canvas, const struct shape *shape, int x, int end,
                      int step, int y, uint32_t colour)
{
    while (x != end) {
        int64_t distance =
            shape_distance(shape, (int64_t)x * SUB + SUB / 2, (int64_t)y * SUB + SUB / 2) -
            shape->radius;
        int64_t skip = (distance + SUB / 2 - 1) / SUB; /* what is nearer cannot be touched */
        unsigned coverage = coverage_of(-distance);

        if (coverage == 255) {
            return x;
        }
        if (coverage != 0) {
            uint32_t *pixel = row_at(canvas, y) + x;
            *pixel = pixel_mix(*pixel, colour, coverage);
        }
        if (skip >= (end - x) * step) {
            return end;
        }
        x += step * (skip < 1 ? 1 : (int)skip);
    }
    return end;
}

/* The pixels that the points, moved by `shift` and grown by `radius`, can touch. */
static struct window window_of(const struct canvas *canvas, const struct point *points,
                               size_t count, int64_t shift, int64_t radius)
{
    int64_t low_x = FAR_SUB;
    int64_t low_y = FAR_SUB;
    int64_t high_x = -FAR_SUB;
    int64_t high_y = -FAR_SUB;

    for (size_t i = 0; i < count; i++) {
        int64_t x = limit(points[i].x_px) * SUB + shift;
        int64_t y = limit(points[i].y_px) * SUB + shift;
        low_x = MIN(x, low_x);
        low_y = MIN(y, low_y);
        high_x = x > high_x ? x : high_x;
        high_y = y > high_y ? y : high_y;
    }
    return clip(canvas, (low_x - radius) / SUB - 1, (low_y - radius) / SUB - 1,
                (high_x + radius) / SUB + 2, (high_y + radius) / SUB + 2);
}

static void shape_draw(const struct canvas *canvas, const struct shape *shape, struct window in,
                       uint32_t colour)
{
    for (int y = in.y0; y < in.y1 && in.x0 < in.x1; y++) {
        /* A convex shape is whole between the first and the last whole pixel of a row. */
        int left = shape_edge(canvas, shape, in.x0, in.x1, 1, y, colour);
        if (left < in.x1) {
            int right = shape_edge(canvas, shape, in.x1 - 1, left, -1, y, colour);
            fill_row(row_at(canvas, y) + left, (size_t)(right - left) + 1, colour);
        }
    }
}

/* The polygon of these points, moved by `shift` and grown by `radius` (both in sub). */
static void shape_of(const struct point *points, size_t count, int64_t shift, int64_t radius,
                     struct shape *out_shape)
{
    int64_t area = 0;

    out_shape->count = count == 2 ? 1 : count;
    out_shape->radius = radius;
    out_shape->solid = count > 2;
    for (size_t i = 0; i < out_shape->count; i++) {
        struct side *side = &out_shape->sides[i];
        const struct point *next = &points[(i + 1) % count];
        int64_t x1 = limit(next->x_px) * SUB + shift;
        int64_t y1 = limit(next->y_px) * SUB + shift;
        side->x = limit(points[i].x_px) * SUB + shift;
        side->y = limit(points[i].y_px) * SUB + shift;
        side->length = root((x1 - side->x) * (x1 - side->x) + (y1 - side->y) * (y1 - side->y));
        side->along_x = side->length != 0 ? (x1 - side->x) * (1 << UNIT) / side->length : 0;
        side->along_y = side->length != 0 ? (y1 - side->y) * (1 << UNIT) / side->length : 0;
        area += (side->x * y1 - x1 * side->y) / (SUB * SUB);
    }
    out_shape->turn = area < 0 ? -1 : 1;
}

static void draw_grown(const struct canvas *canvas, const struct point *points, size_t count,
                       int64_t shift, int64_t radius, uint32_t colour)
{
    struct shape shape;

    shape_of(points, count, shift, radius, &shape);
    shape_draw(canvas, &shape, window_of(canvas, points, count, shift, radius), colour);
}

void canvas_polygon(const struct canvas *canvas, const struct point *points, size_t count,
                    int radius_px, uint32_t colour)
{
    if (count >= 1 && count <= CANVAS_POLYGON_MAX && radius_px >= 0) {
        draw_grown(canvas, points, count, 0, limit(radius_px) * SUB, colour);
    }
}

/*
 * A row of the four round corners, which are alike: `y` rows from the top, and from the bottom.
 * A corner's edge is looked at pixel by pixel, from the outside, and then put in four places.
 */
static void draw_corner_row(const struct canvas *canvas, struct rect rect, int r, int y,
                            uint32_t colour)
{
    int64_t dy = (int64_t)(r - y) * SUB - SUB / 2;
    int64_t reach = root((int64_t)r * SUB * r * SUB - dy * dy);
    int x = r - (int)(reach / SUB) - 2; /* what is further out cannot be touched */
    int bottom_px = rect.y_px + rect.height_px - 1 - y;
    int right_px = rect.x_px + rect.width_px - 1;

    for (x = x < 0 ? 0 : x; x < r; x++) {
        int64_t dx = (int64_t)(r - x) * SUB - SUB / 2;
        unsigned coverage = coverage_of((int64_t)r * SUB - root(dx * dx + dy * dy));
        if (coverage == 255) {
            break;
        }
        if (coverage != 0) {
            canvas_blend(canvas, rect.x_px + x, rect.y_px + y, colour, coverage);
            canvas_blend(canvas, right_px - x, rect.y_px + y, colour, coverage);
            canvas_blend(canvas, rect.x_px + x, bottom_px, colour, coverage);
            canvas_blend(canvas, right_px - x, bottom_px, colour, coverage);
        }
    }
    struct rect between = {rect.x_px + x, rect.y_px + y, rect.width_px - 2 * x, 1};
    canvas_fill(canvas, between, colour);
    between.y_px = bottom_px;
    canvas_fill(canvas, between, colour);
}

static bool has_row(const struct canvas *canvas, int y_px)
{
    return (uint32_t)y_px < canvas->height_px;
}

void canvas_round_rect(const struct canvas *canvas, struct rect rect, int radius_px,
                       uint32_t colour)
{
    int x0 = (int)limit(rect.x_px);
    int y0 = (int)limit(rect.y_px);
    int x1 = (int)limit((int64_t)rect.x_px + rect.width_px);
    int y1 = (int)limit((int64_t)rect.y_px + rect.height_px);
    const struct rect all = {x0, y0, x1 - x0, y1 - y0};
    int shorter = MIN(all.width_px, all.height_px);
    int r = MIN(radius_px, shorter / 2);

    r = r < 0 || shorter <= 0 ? 0 : r;
    canvas_fill(canvas, (struct rect){x0, y0 + r, all.width_px, all.height_px - 2 * r}, colour);
    for (int y = 0; y < r && all.width_px > 0; y++) {
        if (has_row(canvas, y0 + y) || has_row(canvas, y1 - 1 - y)) {
            draw_corner_row(canvas, all, r, y, colour);
        }
    }
}

void canvas_circle(const struct canvas *canvas, int x_px, int y_px, int radius_px, uint32_t colour)
{
    int64_t r = limit(radius_px);
    const struct rect box = {(int)(limit(x_px) - r), (int)(limit(y_px) - r), (int)(2 * r),
                             (int)(2 * r)};

    if (r > 0) {
        canvas_round_rect(canvas, box, (int)r, colour);
    }
}

void canvas_line(const struct canvas *canvas, int x0_px, int y0_px, int x1_px, int y1_px,
                 int width_px, uint32_t colour)
{
    const struct point ends[] = {{x0_px, y0_px}, {x1_px, y1_px}};

    if (width_px > 0) {
        draw_grown(canvas, ends, 2, width_px % 2 * (SUB / 2), limit(width_px) * SUB / 2, colour);
    }
}

void canvas_ring(const struct canvas *canvas, int x_px, int y_px, int radius_px, int width_px,
                 uint32_t colour)
{
    int64_t cx = limit(x_px);
    int64_t cy = limit(y_px);
    int64_t outer = limit(radius_px);
    int64_t inner = outer - limit(width_px) > 0 ? outer - limit(width_px) : 0;
    struct window in = clip(canvas, cx - outer, cy - outer, cx + outer, cy + outer);

    if (radius_px <= 0 || width_px <= 0) {
        return;
    }
    for (int y = in.y0; y < in.y1; y++) {
        int64_t dy = (y - cy) * SUB + SUB / 2;
        for (int x = in.x0; x < in.x1; x++) {
            int64_t dx = (x - cx) * SUB + SUB / 2;
            int64_t square = dx * dx + dy * dy;
            if (square > (outer + 1) * (outer + 1) * SUB * SUB ||
                (inner > 1 && square < (inner - 1) * (inner - 1) * SUB * SUB)) {
                continue;
            }
            int64_t distance = root(square);
            unsigned inside = coverage_of(outer * SUB - distance);
            unsigned hole = inner == 0 ? 0 : coverage_of(inner * SUB - distance);
            canvas_blend(canvas, x, y, colour, inside - MIN(hole, inside));
        }
    }
}
