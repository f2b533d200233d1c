/* SPDX-License-Identifier: MIT */
/*
 * Letters on a canvas: UTF-8, widths, line breaks, and the pictures of glyphs.h. Stage screen.
 *
 * Texts may come from a ROM: any bytes, any length. A byte that is not UTF-8 counts as one
 * character that no style has. The pen moves in 1/64 pixel.
 */
#include "screen/type.h"

#include "screen/glyphs.h"
#include "screen/pixel.h"

#include <limits.h>
#include <string.h>

#define PX64        64
#define NOT_UTF8    0xfffdu
#define FIRST_HAN   0x2e80u
#define BOX_PERCENT 60 /* of the em: the width of the hollow box */
#define SPACE       0x20u

/* One line of a block. */
struct line {
    const char *start;
    const char *end;  /* without the spaces after it */
    const char *next; /* where the following line starts */
};

/* Bytes after the first one, and the smallest code of that length. */
struct utf8_length {
    uint8_t mask;
    uint8_t lead;
    uint8_t more;
    uint32_t smallest;
};

static const struct utf8_length utf8_lengths[] = {
    {0x80, 0x00, 0, 0},
    {0xe0, 0xc0, 1, 0x80},
    {0xf0, 0xe0, 2, 0x800},
    {0xf8, 0xf0, 3, 0x10000},
};

/* How much of a width lies left of the point that a text is aligned at, in halves. */
static const int halves[] = {[ALIGN_LEFT] = 0, [ALIGN_CENTRE] = 1, [ALIGN_RIGHT] = 2};

/*
 * The character at *cursor; moves on by at least one byte. A NUL continues nothing,
 * so it stops here.
 */
static uint32_t next_code(const char **cursor)
{
    const uint8_t *bytes = (const uint8_t *)*cursor;
    const struct utf8_length *length = NULL;

    *cursor += 1;
    for (size_t i = 0; i < ARRAY_COUNT(utf8_lengths); i++) {
        if ((bytes[0] & utf8_lengths[i].mask) == utf8_lengths[i].lead) {
            length = &utf8_lengths[i];
        }
    }
    if (length == NULL) {
        return NOT_UTF8;
    }
    uint32_t code = bytes[0] & (uint8_t)~length->mask;
    for (size_t i = 1; i <= length->more; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return NOT_UTF8;
        }
        code = code << 6 | (bytes[i] & 0x3fu);
    }
    if (code < length->smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return NOT_UTF8;
    }
    *cursor += length->more;
    return code;
}

static const char *end_of(const char *text)
{
    while (*text != '\0') {
        text++;
    }
    return text;
}

static const struct glyph *find_glyph(const struct type_style *style, uint32_t code)
{
    size_t low = 0;
    size_t high = style->glyph_count;

    /* With all of ASCII there, it is in its place. */
    if (code - SPACE < high && style->glyphs[code - SPACE].code == code) {
        return &style->glyphs[code - SPACE];
    }
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (style->glyphs[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < style->glyph_count && style->glyphs[low].code == code ? &style->glyphs[low] : NULL;
}

/* NULL: of the box that stands for what is missing. */
static int64_t advance_of(const struct type_style *style, const struct glyph *glyph)
{
    return glyph != NULL ? glyph->advance_px64 : (int64_t)style->size_px * BOX_PERCENT * PX64 / 100;
}

static int64_t advance_px64(const struct type_style *style, uint32_t code)
{
    return advance_of(style, find_glyph(style, code));
}

static int64_t width_px64(const struct type_style *style, const char *start, const char *end)
{
    int64_t width = 0;

    while (start < end) {
        width += advance_px64(style, next_code(&start));
    }
    return width;
}

/* A picture's bits, the next one on top. */
struct bits {
    const uint8_t *next;
    uint32_t window;
    unsigned count;
};

#define WINDOW_BITS   32
#define STEP_BITS_MAX (GLYPH_CODE_BITS + 11)

/* The next code, and of how many pixels: one, or what the bits behind it say. */
static int take_run(struct bits *bits, unsigned *out_code)
{
    if (bits->count < STEP_BITS_MAX) {
        bits->window |= ((uint32_t)bits->next[0] << 8 | bits->next[1]) << (16 - bits->count);
        bits->count += 16;
        bits->next += 2;
    }
    unsigned code = bits->window >> (WINDOW_BITS - GLYPH_CODE_BITS);
    uint32_t rest = bits->window << GLYPH_CODE_BITS;
    unsigned length = 0;
    int run = 1;

    if (code == GLYPH_TRANSPARENT || code >= GLYPH_ABOVE) {
        length = 2 * (unsigned)__builtin_clz(rest | 1) + GLYPH_RUN_BITS;
        run = (int)(rest >> (WINDOW_BITS - length)) - GLYPH_RUN_BIAS;
    }
    bits->window = rest << length;
    bits->count -= GLYPH_CODE_BITS + length;
    *out_code = code;
    return run;
}

/* How much of the colour each code is, of 255. */
#define COVERAGE(code) ((code) * 255 / GLYPH_STEPS)
static const uint8_t coverages[] = {COVERAGE(0), COVERAGE(1), COVERAGE(2),
                                    COVERAGE(3), COVERAGE(4), COVERAGE(5)};

/* What glyphs are drawn with: a colour, and that on the commonest ground, for each code. */
struct ink {
    uint32_t colour;
    uint32_t on_black[ARRAY_COUNT(coverages)];
};

static struct ink ink_of(uint32_t colour)
{
    struct ink ink = {.colour = colour};

    for (size_t i = 0; i < ARRAY_COUNT(coverages); i++) {
        ink.on_black[i] = pixel_mix(0, colour, coverages[i]);
    }
    return ink;
}

/* One row of a picture, as far as it lies on the canvas. */
static void put_row(uint32_t *pixel, const uint8_t *codes, const uint8_t *end,
                    const struct ink *ink)
{
    for (; codes != end; pixel++) {
        unsigned code = *codes++;
        if (code == GLYPH_TRANSPARENT) {
            continue;
        }
        if (code == GLYPH_OPAQUE) {
            *pixel = ink->colour;
        } else {
            *pixel = *pixel == 0 ? ink->on_black[code]
                                 : pixel_mix(*pixel, ink->colour, coverages[code]);
        }
    }
}

static bool is_outside(const struct canvas *canvas, const struct glyph *glyph, int x_px, int y_px)
{
    return x_px >= (int64_t)canvas->width_px || y_px >= (int64_t)canvas->height_px ||
           x_px + glyph->width_px <= 0 || y_px + glyph->height_px <= 0;
}

/*
 * Walks along a picture, run by run; a run may go on in the next row. `codes` is the row that grows:
 * where a run is like the row above, that row's codes stand there already.
 */
static void draw_picture(const struct canvas *canvas, const struct type_style *style,
                         const struct glyph *glyph, int x_px, int y_px, const struct ink *ink)
{
    struct bits bits = {.next = style->pictures + glyph->offset};
    int64_t room_px = (int64_t)canvas->width_px - x_px;
    int first = x_px < 0 ? -x_px : 0; /* of the columns on the canvas, and behind the last */
    int end = room_px < glyph->width_px ? (int)room_px : glyph->width_px;
    uint8_t codes[GLYPH_WIDTH_MAX];
    int column = 0;
    int row = is_outside(canvas, glyph, x_px, y_px) ? glyph->height_px : 0;

    memset(codes, 0, glyph->width_px);
    while (row < glyph->height_px) {
        unsigned code;
        int left = take_run(&bits, &code);

        while (left != 0) {
            int room = glyph->width_px - column;
            int count = MIN(left, room);
            for (int i = column; code != GLYPH_ABOVE && i < column + count; i++) {
                codes[i] = (uint8_t)code;
            }
            left -= count;
            column += count;
            if (count == room) {
                if ((uint32_t)(y_px + row) < canvas->height_px) {
                    size_t at = (size_t)(y_px + row) * canvas->stride_px + (size_t)(x_px + first);
                    put_row(canvas->pixels + at, codes + first, codes + end, ink);
                }
                column = 0;
                row++;
            }
        }
    }
}

static void draw_box(const struct canvas *canvas, const struct type_style *style, int x_px,
                     int y_px, uint32_t colour)
{
    int rim = style->size_px / 16 + 1;
    int left = x_px + style->size_px / 12;
    int width = style->size_px * BOX_PERCENT / 100 - style->size_px / 6;
    int height = style->size_px * 7 / 10;
    int top = y_px + style->baseline_px - height;

    canvas_fill(canvas, (struct rect){left, top, width, rim}, colour);
    canvas_fill(canvas, (struct rect){left, top + height - rim, width, rim}, colour);
    canvas_fill(canvas, (struct rect){left, top, rim, height}, colour);
    canvas_fill(canvas, (struct rect){left + width - rim, top, rim, height}, colour);
}

static void draw_line(const struct canvas *canvas, const struct type_style *style, int64_t pen_px64,
                      int y_px, uint32_t colour, const struct line *line)
{
    const struct ink ink = ink_of(colour);
    const char *cursor = line->start;

    while (cursor < line->end) {
        uint32_t code = next_code(&cursor);
        const struct glyph *glyph = find_glyph(style, code);
        int64_t x_px = (pen_px64 + PX64 / 2) >> 6;

        if (x_px > (int64_t)canvas->width_px + UINT8_MAX) {
            return; /* the rest is even further out */
        }
        if (x_px >= -(int64_t)style->size_px - UINT8_MAX && glyph != NULL) {
            draw_picture(canvas, style, glyph, (int)x_px + glyph->left_px, y_px + glyph->top_px,
                         &ink);
        } else if (x_px >= -(int64_t)style->size_px) {
            draw_box(canvas, style, (int)x_px, y_px, colour);
        }
        pen_px64 += advance_of(style, glyph);
    }
}

static void draw_aligned(const struct canvas *canvas, const struct type_style *style,
                         enum type_align align, int64_t x_px, int64_t y_px, uint32_t colour,
                         const struct line *line)
{
    int64_t width = width_px64(style, line->start, line->end);

    if (y_px > -(int64_t)style->line_px - UINT8_MAX && y_px < (int64_t)canvas->height_px) {
        draw_line(canvas, style, x_px * PX64 - width * halves[align] / 2, (int)y_px, colour, line);
    }
}

static bool is_han(uint32_t code)
{
    return code >= FIRST_HAN && code != NOT_UTF8;
}

/* May a line end between these two? Not before a closing mark, nor after an opening one. */
static bool may_break(uint32_t before, uint32_t after)
{
    static const uint16_t closing[] = {0x3001, 0x3002, 0x300b, 0x300d, 0xff01, 0xff09,
                                       0xff0c, 0xff1a, 0xff1b, 0xff1f, 0x201d, 0x2026};
    static const uint16_t opening[] = {0x300a, 0x300c, 0xff08, 0x201c};

    if (before != SPACE && !is_han(before) && !is_han(after)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_COUNT(closing); i++) {
        if (after == closing[i]) {
            return false;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(opening); i++) {
        if (before == opening[i]) {
            return false;
        }
    }
    return true;
}

/* The line that begins at `start`; at least one character, when there is one. */
static struct line next_line(const struct type_style *style, const char *start, const char *end,
                             int64_t room_px64)
{
    struct line line = {.start = start};
    const char *good_end = NULL; /* the last place to break at */
    const char *good_next = NULL;
    const char *ink_end = start; /* after the last character that is not a space */
    const char *cursor = start;
    uint32_t before = 0;
    int64_t width = 0;

    while (cursor < end && *cursor != '\n') {
        const char *here = cursor;
        uint32_t code = next_code(&cursor);

        if (here != start && code != SPACE && may_break(before, code)) {
            good_end = ink_end;
            good_next = here;
        }
        width += advance_px64(style, code);
        if (width > room_px64 && code != SPACE && here != start) {
            line.end = good_end != NULL ? good_end : here;
            line.next = good_end != NULL ? good_next : here;
            return line;
        }
        if (code != SPACE) {
            ink_end = cursor;
        }
        before = code;
    }
    line.end = ink_end;
    line.next = cursor < end ? cursor + 1 : end;
    return line;
}

int type_width(const struct type_style *style, const char *text)
{
    int64_t width_px = (width_px64(style, text, end_of(text)) + PX64 - 1) / PX64;

    return width_px > INT_MAX ? INT_MAX : (int)width_px;
}

int type_line_height(const struct type_style *style)
{
    return style->line_px;
}

void type_draw(const struct canvas *canvas, const struct type_style *style, enum type_align align,
               int x_px, int y_px, uint32_t colour, const char *text)
{
    const struct line line = {.start = text, .end = end_of(text)};

    draw_aligned(canvas, style, align, x_px, y_px, colour, &line);
}

static int64_t count_lines(const struct type_style *style, int64_t room_px64, const char *text,
                           const char *end)
{
    int64_t count = 0;

    while (text < end) {
        text = next_line(style, text, end, room_px64).next;
        count++;
    }
    return count;
}

/* The least room that takes no more lines: a centred block without a lonely last word. */
static int64_t balanced_room(const struct type_style *style, int64_t room_px64, const char *text,
                             const char *end)
{
    int64_t count = count_lines(style, room_px64, text, end);
    int64_t enough = room_px64;
    int64_t too_little = 0;

    while (count > 1 && enough - too_little > (int64_t)style->size_px * PX64 / 4) {
        int64_t middle = (enough + too_little) / 2;
        if (count_lines(style, middle, text, end) > count) {
            too_little = middle;
        } else {
            enough = middle;
        }
    }
    return enough;
}

int type_block_height(const struct type_style *style, int width_px, const char *text)
{
    int64_t height_px =
        count_lines(style, (int64_t)width_px * PX64, text, end_of(text)) * style->line_px;

    return height_px > INT_MAX ? INT_MAX : (int)height_px;
}

int type_draw_block(const struct canvas *canvas, const struct type_style *style,
                    enum type_align align, struct rect box, uint32_t colour, const char *text)
{
    const char *end = end_of(text);
    int64_t room_px64 = (int64_t)box.width_px * PX64;
    int64_t x_px = (int64_t)box.x_px + (int64_t)box.width_px * halves[align] / 2;
    int64_t height_px = 0;

    if (align == ALIGN_CENTRE && canvas->height_px != 0) {
        room_px64 = balanced_room(style, room_px64, text, end);
    }
    while (text < end) {
        struct line line = next_line(style, text, end, room_px64);
        draw_aligned(canvas, style, align, x_px, box.y_px + height_px, colour, &line);
        height_px += style->line_px;
        text = line.next;
    }
    return height_px > INT_MAX ? INT_MAX : (int)height_px;
}
