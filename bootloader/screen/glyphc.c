/* SPDX-License-Identifier: MIT */
/*
 * glyphc OUTPUT.c: rasterises the glyphs of one texts header (-DTEXTS_HEADER) to C tables.
 *
 * Runs on the building machine, with FreeType. Each style gets the letters it asks for and the
 * further characters of the texts that are shown in it: ASCII and other Latin characters from
 * Roboto, the rest from Droid Sans Fallback. Unhinted, so that all FreeType versions draw the same.
 * The format of the tables: screen/glyphs.h. On a failure it says why, exits 1 and leaves no file.
 */
#define _GNU_SOURCE
#include TEXTS_HEADER

#include "screen/glyph_pack.h"
#include "screen/glyphs.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE_COUNT   0x10000
#define FIRST_ASCII  0x20
#define LAST_ASCII   0x7e
#define FIRST_HAN    0x2e80 /* from here on Chinese, before it Latin */
#define PX64         64
#define MAX_SIZE_PX  180 /* what the narrow fields of struct glyph can hold */
#define MAX_GLYPHS   4096
#define LINE_PERCENT 132 /* from baseline to baseline, of the em */

enum font {
    REGULAR,
    MEDIUM,
    LIGHT,
    FONT_COUNT,
};

enum letters {
    ASCII, /* printable ASCII, and what the texts use */
    OWN,   /* only what the texts use */
};

struct font_files {
    const char *latin;
    int embolden_permille; /* of the Chinese, which has one weight only; in thousandths of the em */
};

static const struct font_files fonts[FONT_COUNT] = {
    [REGULAR] = {"Roboto-Regular.ttf", 0},
    [MEDIUM] = {"Roboto-Medium.ttf", 22},
    [LIGHT] = {"Roboto-Light.ttf", 0},
};

static const char chinese_file[] = "DroidSansFallbackFull.ttf";

struct style_spec {
    const char *name;
    enum font font;
    int size_px;
    enum letters letters;
};

static const struct style_spec styles[] = {
#define X(name, font, size_px, letters) {#name, font, size_px, letters},
    TYPE_STYLES(X)
#undef X
};

enum style_number {
#define X(name, font, size_px, letters) STYLE_##name,
    TYPE_STYLES(X)
#undef X
    STYLE_COUNT
};

#define IN(name) (1u << STYLE_##name)

struct text_spec {
    const char *id;
    unsigned styles[2]; /* English, Chinese */
    const char *words[2];
};

static const struct text_spec texts[] = {
#define X(id, english_styles, english, chinese_styles, chinese)                                    \
    {"TEXT_" #id, {english_styles, chinese_styles}, {english, chinese}},
    TEXTS(X)
#undef X
};

/* One style's tables as they grow. */
struct sheet {
    const struct style_spec *style;
    FT_Face latin;
    FT_Face chinese;
    int baseline_px;
    int line_px;
    struct glyph glyphs[MAX_GLYPHS];
    size_t glyph_count;
    uint8_t *pictures;
    size_t picture_bytes;
    size_t picture_room;
};

static const char *output_path; /* what is removed on a failure */

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
    va_list arguments;

    fputs("glyphc: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (output_path != NULL) {
        remove(output_path);
    }
    exit(1);
}

/* nftw() hands nothing to its visitor: what is looked for, and where it was. */
static const char *wanted_name;
static char found_path[4096];

static int visit(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    if (type != FTW_F || strcmp(path + walk->base, wanted_name) != 0) {
        return 0;
    }
    snprintf(found_path, sizeof(found_path), "%s", path);
    return 1;
}

static FT_Face open_font(FT_Library library, const char *file, const char *package)
{
    static const char *const folders[] = {"/usr/share/fonts", "/usr/share/fonts-droid-fallback",
                                          "/usr/local/share/fonts"};
    FT_Face face;

    wanted_name = file;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        if (nftw(folders[i], visit, 16, FTW_PHYS) != 1) {
            continue;
        }
        if (FT_New_Face(library, found_path, 0, &face) != 0) {
            fail("%s: FreeType cannot read it", found_path);
        }
        return face;
    }
    fail("%s is not on this machine: install the package %s", file, package);
}

/* The next character of well-formed UTF-8 in the basic plane. */
static unsigned next_code(const char **cursor, const char *id)
{
    const unsigned char *p = (const unsigned char *)*cursor;
    int more = p[0] < 0x80 ? 0 : p[0] >> 5 == 6 ? 1 : p[0] >> 4 == 14 ? 2 : -1;
    unsigned code = more == 0 ? p[0] : p[0] & (0x3fu >> more);

    if (more < 0) {
        fail("%s: not UTF-8, or a character outside the basic plane", id);
    }
    for (int i = 1; i <= more; i++) {
        if (p[i] >> 6 != 2) {
            fail("%s: not UTF-8", id);
        }
        code = code << 6 | (p[i] & 0x3f);
    }
    *cursor += more + 1;
    return code;
}

static void want_text(bool *wanted, const char *words, const char *id)
{
    while (*words != '\0') {
        unsigned code = next_code(&words, id);
        if (code != '\n') {
            wanted[code] = true;
        }
    }
}

static void want_letters(bool *wanted, size_t style)
{
    for (unsigned c = FIRST_ASCII; styles[style].letters == ASCII && c <= LAST_ASCII; c++) {
        wanted[c] = true;
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (int language = 0; language < 2; language++) {
            if (texts[i].styles[language] & 1u << style) {
                want_text(wanted, texts[i].words[language], texts[i].id);
            }
        }
    }
}

static void put_bytes(struct sheet *sheet, const uint8_t *bytes, size_t count)
{
    if (count > sheet->picture_room - sheet->picture_bytes) {
        sheet->picture_room = sheet->picture_room * 2 + count;
        sheet->pictures = realloc(sheet->pictures, sheet->picture_room);
        if (sheet->pictures == NULL) {
            fail("no memory");
        }
    }
    memcpy(sheet->pictures + sheet->picture_bytes, bytes, count);
    sheet->picture_bytes += count;
}

static void put_picture(struct sheet *sheet, const FT_Bitmap *bitmap)
{
    size_t pixel_count = (size_t)bitmap->width * bitmap->rows;
    uint8_t *pixels = malloc(pixel_count + 1);
    uint8_t *packed = NULL;

    if (pixels == NULL) {
        fail("no memory");
    }
    for (size_t row = 0; row < bitmap->rows; row++) {
        memcpy(pixels + row * bitmap->width, bitmap->buffer + row * (size_t)bitmap->pitch,
               bitmap->width);
    }
    size_t count = glyph_pack(pixels, bitmap->width, bitmap->rows, &packed);
    if (count == 0 && pixel_count != 0) {
        fail("no memory");
    }
    if (count != 0) {
        put_bytes(sheet, packed, count);
    }
    free(packed);
    free(pixels);
}

static FT_GlyphSlot rasterise(struct sheet *sheet, unsigned code)
{
    bool han = code >= FIRST_HAN;
    FT_Face face = han ? sheet->chinese : sheet->latin;
    FT_UInt index = FT_Get_Char_Index(face, code);

    if (index == 0 && !han) {
        face = sheet->chinese;
        index = FT_Get_Char_Index(face, code);
    }
    if (index == 0) {
        fail("no font has U+%04X, which style %s needs", code, sheet->style->name);
    }
    if (FT_Load_Glyph(face, index, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) {
        fail("U+%04X cannot be loaded", code);
    }
    if (han) {
        FT_Pos strength =
            sheet->style->size_px * PX64 * fonts[sheet->style->font].embolden_permille / 1000;
        FT_Outline_Embolden(&face->glyph->outline, strength);
        FT_Outline_Translate(&face->glyph->outline, -strength / 2, -strength / 2);
    }
    if (FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL) != 0) {
        fail("U+%04X cannot be drawn", code);
    }
    return face->glyph;
}

static void add_glyph(struct sheet *sheet, unsigned code)
{
    FT_GlyphSlot slot = rasterise(sheet, code);
    const FT_Bitmap *bitmap = &slot->bitmap;
    int top_px = bitmap->rows == 0 ? 0 : sheet->baseline_px - slot->bitmap_top;

    if (slot->bitmap_left < INT8_MIN || slot->bitmap_left > INT8_MAX || top_px < 0 ||
        top_px > UINT8_MAX || bitmap->width > UINT8_MAX || bitmap->rows > UINT8_MAX) {
        fail("U+%04X does not fit the tables in style %s: is its size above %d pixels?", code,
             sheet->style->name, MAX_SIZE_PX);
    }
    if (sheet->picture_bytes > UINT16_MAX) {
        fail("the pictures of style %s take more than 64 KiB", sheet->style->name);
    }
    if (sheet->glyph_count == MAX_GLYPHS) {
        fail("style %s has more than %d characters", sheet->style->name, MAX_GLYPHS);
    }
    sheet->glyphs[sheet->glyph_count++] = (struct glyph){
        .offset = (uint16_t)sheet->picture_bytes,
        .code = (uint16_t)code,
        .advance_px64 = (uint16_t)(slot->linearHoriAdvance >> 10), /* was 16.16 */
        .left_px = (int8_t)slot->bitmap_left,
        .top_px = (uint8_t)top_px,
        .width_px = (uint8_t)bitmap->width,
        .height_px = (uint8_t)bitmap->rows,
    };
    put_picture(sheet, bitmap);
}

static void write_sheet(FILE *out, const struct sheet *sheet)
{
    const char *name = sheet->style->name;
    size_t picture_bytes = sheet->picture_bytes;

    fprintf(out, "\n/* %s: %d pixels, %zu glyphs, %zu bytes */\n", name, sheet->style->size_px,
            sheet->glyph_count, picture_bytes + sheet->glyph_count * sizeof(struct glyph));
    fprintf(out, "static const uint8_t %s_pictures[] = {", name);
    for (size_t i = 0; i < picture_bytes + GLYPH_SPARE_BYTES; i++) {
        fprintf(out, "%s%u,", i % 24 == 0 ? "\n    " : "",
                i < picture_bytes ? sheet->pictures[i] : 0u);
    }
    fprintf(out, "\n};\n\nstatic const struct glyph %s_glyphs[] = {\n", name);
    for (size_t i = 0; i < sheet->glyph_count; i++) {
        const struct glyph *glyph = &sheet->glyphs[i];
        fprintf(out, "    {%u, 0x%04x, %u, %d, %u, %u, %u},\n", (unsigned)glyph->offset,
                glyph->code, glyph->advance_px64, glyph->left_px, glyph->top_px, glyph->width_px,
                glyph->height_px);
    }
    fprintf(out,
            "};\n\nconst struct type_style style_%s = {%d, %d, %d, %zu, %s_glyphs, %s_pictures, "
            "%zu};\n",
            name, sheet->style->size_px, sheet->line_px, sheet->baseline_px, sheet->glyph_count,
            name, name, picture_bytes);
}

/* Rasterises one style and writes its tables. */
static void make_style(FILE *out, size_t number, FT_Face latin, FT_Face chinese)
{
    static struct sheet sheet;
    static bool wanted[CODE_COUNT];
    const struct style_spec *style = &styles[number];
    int ascent_px =
        (style->size_px * latin->ascender + latin->units_per_EM / 2) / latin->units_per_EM;
    int descent_px = style->size_px * -latin->descender / latin->units_per_EM;

    if (style->size_px < 8 || style->size_px > MAX_SIZE_PX) {
        fail("style %s: a size is 8 to %d pixels", style->name, MAX_SIZE_PX);
    }
    memset(wanted, 0, sizeof(wanted));
    want_letters(wanted, number);
    FT_Set_Pixel_Sizes(latin, 0, (FT_UInt)style->size_px);
    FT_Set_Pixel_Sizes(chinese, 0, (FT_UInt)style->size_px);
    sheet = (struct sheet){.style = style, .latin = latin, .chinese = chinese};
    sheet.line_px = (style->size_px * LINE_PERCENT + 50) / 100;
    sheet.baseline_px = ascent_px + (sheet.line_px - ascent_px - descent_px) / 2;
    for (unsigned code = 0; code < CODE_COUNT; code++) {
        if (wanted[code]) {
            add_glyph(&sheet, code);
        }
    }
    if (sheet.glyph_count == 0) {
        fail("style %s has no characters: no text names it", style->name);
    }
    write_sheet(out, &sheet);
    free(sheet.pictures);
}

int main(int argc, char **argv)
{
    FT_Library library;
    FT_Face faces[FONT_COUNT];
    FT_Face chinese;
    FILE *out;

    if (argc != 2) {
        fail("usage: glyphc OUTPUT.c");
    }
    if (FT_Init_FreeType(&library) != 0) {
        fail("FreeType does not start");
    }
    for (size_t i = 0; i < FONT_COUNT; i++) {
        faces[i] = open_font(library, fonts[i].latin, "fonts-roboto-unhinted");
    }
    chinese = open_font(library, chinese_file, "fonts-droid-fallback");
    out = fopen(argv[1], "w");
    if (out == NULL) {
        fail("%s: cannot be written", argv[1]);
    }
    output_path = argv[1];
    fputs(
        "/* Made by glyphc. The pictures are those of Roboto and Droid Sans Fallback, both under the\n"
        " * Apache License 2.0. */\n#include \"screen/glyphs.h\"\n\n#include \"screen/type.h\"\n",
        out);
    for (size_t i = 0; i < STYLE_COUNT; i++) {
        make_style(out, i, faces[styles[i].font], chinese);
    }
    if (ferror(out) | fclose(out)) {
        fail("%s: cannot be written", argv[1]);
    }
    for (size_t i = 0; i < FONT_COUNT; i++) {
        FT_Done_Face(faces[i]);
    }
    FT_Done_Face(chinese);
    FT_Done_FreeType(library);
    return 0;
}
