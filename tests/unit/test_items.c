/* SPDX-License-Identifier: MIT */
/*
 * screen/items.h: what is said of the two regions, by words and by colours; the texts, and that
 * every style has the letters for them.
 */
#include "tests/unit/check.h"

#include "screen/glyphs.h"
#include "screen/items.h"
#include "screen/screens.h"

#define WIDTH  720
#define HEIGHT 1280
#define CARDS  550 /* what is above belongs to the phone's card */

static uint32_t memory[WIDTH * HEIGHT];

static struct canvas draw_regions(enum region made_for, enum region rom)
{
    const struct canvas canvas = {memory, WIDTH, HEIGHT, WIDTH};
    const struct screen_facts facts = {
        .reason = REASON_REGION_MISMATCH,
        .name = "Mi 8",
        .codename = "dipper",
        .serial = "8a3f21c0",
        .made_for = made_for,
        .rom_region = rom,
        .rom_region_text = "x",
        .rom_version = "V9.6.1.0.OEAMIFD",
        .detail = "",
    };

    screen_draw(&canvas, SCREEN_REGION, &facts);
    return canvas;
}

/*
 * The fact that must be seen without reading: red for China, blue for Global, one above the other.
 */
static void regions_have_colours(void **state)
{
    struct canvas canvas = draw_regions(REGION_CN, REGION_GLOBAL);
    uint32_t first_red = 0;
    uint32_t first_blue = 0;

    for (uint32_t y = HEIGHT - 1; y != 0; y--) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            uint32_t colour = canvas.pixels[y * WIDTH + x];
            int red = (int)(colour >> 16);
            int blue = (int)(colour & 0xff);
            first_red = red - blue > 100 ? y : first_red;
            first_blue = blue - red > 100 ? y : first_blue;
        }
    }
    assert_true(first_red != 0 && first_blue > first_red + 150);
}

/* Is this text, white on `under`, somewhere on the canvas, pixel by pixel? */
static bool shows(const struct canvas *canvas, const struct type_style *style, uint32_t under,
                  const char *text)
{
    static uint32_t stamp[640 * 120];
    const uint32_t width = (uint32_t)type_width(style, text);
    const uint32_t height = (uint32_t)type_line_height(style);
    const struct canvas small = {stamp, width, height, width};
    size_t white = 0; /* a pixel of the text: looked at first */

    assert_true(width * height <= ARRAY_COUNT(stamp));
    canvas_fill(&small, (struct rect){0, 0, (int)width, (int)height}, under);
    type_draw(&small, style, ALIGN_LEFT, 0, 0, COLOUR_WHITE, text);
    while (stamp[white] != COLOUR_WHITE) {
        white++;
    }
    for (uint32_t y = 0; y + height <= canvas->height_px; y++) {
        for (uint32_t x = 0; x + width <= canvas->width_px; x++) {
            const uint32_t *corner = &canvas->pixels[y * WIDTH + x];
            uint32_t row = 0;
            if (corner[white / width * WIDTH + white % width] != COLOUR_WHITE) {
                continue;
            }
            while (row < height &&
                   memcmp(&corner[row * WIDTH], &stamp[row * width], width * 4) == 0) {
                row++;
            }
            if (row == height) {
                return true;
            }
        }
    }
    return false;
}

static void region_words(void **state)
{
    static const struct {
        enum region region;
        uint32_t card;
        const char *english;
        const char *chinese;
    } cases[] = {
        {REGION_CN, 0x5c1619, "China", "中国"},
        {REGION_GLOBAL, 0x12376e, "Global", "国际"},
    };

    for (size_t i = 0; i < 4; i++) {
        size_t phone = i % 2;
        size_t rom = i / 2;
        struct canvas canvas = draw_regions(cases[phone].region, cases[rom].region);

        for (size_t c = 0; c < 2; c++) {
            bool wanted = phone == c || rom == c;
            assert_int_equal(shows(&canvas, &style_display, cases[c].card, cases[c].english),
                             wanted);
            assert_int_equal(shows(&canvas, &style_display, cases[c].card, cases[c].chinese),
                             wanted);
        }
        assert_true(shows(&canvas, &style_body, cases[phone].card, "This phone was made for"));
        assert_true(shows(&canvas, &style_body, cases[rom].card, "This ROM is for"));
        canvas.height_px = CARDS;
        assert_true(shows(&canvas, &style_display, cases[phone].card, cases[phone].english));
    }
}

static void exact_words(void **state)
{
    static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

    assert_string_equal(texts[TEXT_REGION_TITLE].english,
                        "This MIUI version can't be installed on this device");
    assert_string_equal(texts[TEXT_DESTROYED].english, "The system has been destroyed");
    assert_string_equal(texts[TEXT_PRESS_POWER].english, "Press power button to shutdown");
    assert_string_equal(texts[TEXT_UNLOCKED].english, "Unlocked");
}

/* The styles by number, as glyphc counts them. */
enum style_number {
#define X(name, font, size_px, letters) STYLE_##name,
    TYPE_STYLES(X)
#undef X
};

#define IN(name) (1u << STYLE_##name)

static const struct type_style *const styles[] = {
#define X(name, font, size_px, letters) &style_##name,
    TYPE_STYLES(X)
#undef X
};

static const struct glyph *glyph_of(const struct type_style *style, unsigned code)
{
    for (size_t i = 0; i < style->glyph_count; i++) {
        if (style->glyphs[i].code == code) {
            return &style->glyphs[i];
        }
    }
    return NULL;
}

/* Our own texts are well-formed, and in the basic plane. */
static unsigned next_code(const char **text)
{
    const uint8_t *p = (const uint8_t *)*text;
    unsigned length = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : 3;
    unsigned code = length == 1 ? p[0] : p[0] & (0xffu >> (length + 1));

    assert_true(p[0] < 0x80 || (p[0] >= 0xc2 && p[0] < 0xf0));
    for (unsigned i = 1; i < length; i++) {
        assert_int_equal(p[i] >> 6, 2);
        code = code << 6 | (p[i] & 0x3f);
    }
    *text += length;
    return code;
}

static void check_letters(unsigned in_styles, const char *text)
{
    while (*text != '\0') {
        unsigned code = next_code(&text);
        if (code == '\n') {
            continue;
        }
        for (size_t s = 0; s < ARRAY_COUNT(styles); s++) {
            if (in_styles & 1u << s) {
                const struct glyph *glyph = glyph_of(styles[s], code);
                assert_non_null(glyph);
                assert_true(code == ' ' || glyph->width_px > 0);
            }
        }
    }
}

static void every_letter_is_there(void **state)
{
    static const struct {
        unsigned in_styles[2];
        const char *words[2];
    } texts[] = {
#define X(id, english_styles, english, chinese_styles, chinese)                                    \
    {{english_styles, chinese_styles}, {english, chinese}},
        TEXTS(X)
#undef X
    };

    assert_int_equal(ARRAY_COUNT(texts), TEXT_COUNT);
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        check_letters(texts[i].in_styles[0], texts[i].words[0]);
        check_letters(texts[i].in_styles[1], texts[i].words[1]);
    }
    for (char c = ' '; c <= '~'; c++) { /* for names, versions and registers */
        assert_non_null(glyph_of(&style_body, (unsigned char)c));
        assert_non_null(glyph_of(&style_caption, (unsigned char)c));
    }
}

static unsigned bits_of(const struct type_style *style, size_t *at, size_t count)
{
    unsigned value = 0;

    for (; count != 0; count--, (*at)++) {
        assert_true(*at / 8 < style->picture_bytes);
        value = value << 1 | (style->pictures[*at / 8] >> (7 - *at % 8) & 1u);
    }
    return value;
}

/* How long the run is whose code was read. */
static size_t run_of(const struct type_style *style, size_t *at)
{
    size_t more = 0;

    while (bits_of(style, at, 1) == 0) {
        more++;
    }
    return (1u << (GLYPH_RUN_BITS - 1 + more) | bits_of(style, at, GLYPH_RUN_BITS - 1 + more)) -
           GLYPH_RUN_BIAS;
}

/* The tables themselves: sorted, and every picture inside its bytes. */
static void tables_are_whole(void **state)
{
    for (size_t s = 0; s < ARRAY_COUNT(styles); s++) {
        for (size_t i = 0; i < styles[s]->glyph_count; i++) {
            const struct glyph *glyph = &styles[s]->glyphs[i];
            size_t pixels = (size_t)glyph->width_px * glyph->height_px;
            size_t at = (size_t)glyph->offset * 8;
            assert_true(i == 0 || glyph[-1].code < glyph->code);
            for (size_t done = 0; done < pixels;) {
                unsigned code = bits_of(styles[s], &at, GLYPH_CODE_BITS);
                assert_true(code != GLYPH_ABOVE || done >= glyph->width_px);
                if (code == GLYPH_TRANSPARENT || code >= GLYPH_ABOVE) {
                    size_t run = run_of(styles[s], &at);

                    assert_in_range(run, 1, GLYPH_RUN_MAX);
                    done += run;
                } else {
                    done++;
                }
                assert_true(done <= pixels);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_have_colours), cmocka_unit_test(region_words),
        cmocka_unit_test(exact_words),          cmocka_unit_test(every_letter_is_there),
        cmocka_unit_test(tables_are_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
