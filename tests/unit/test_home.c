/* SPDX-License-Identifier: MIT */
/*
 * The ROM's home screen and the reseller's popups: on every size they stay inside the canvas, every
 * word has its letters and is not cut off, and what a person must be able to tell apart differs.
 *
 * Linked with -Wl,--wrap=type_draw,--wrap=type_draw_block: every text is looked at on its way.
 */
#include "tests/unit/guarded_canvas.h"

#include "rom/apps.h"
#include "rom/home.h"
#include "rom/popup.h"
#include "screen/glyphs.h"
#include "screen/type.h"

static const struct {
    uint32_t width_px;
    uint32_t height_px;
    bool designed; /* nothing may be left out or reach over the edge */
} sizes[] = {
    {720, 1280, true},  {720, 1440, true}, {720, 1496, true}, {1080, 1920, true},
    {1080, 2400, true}, {480, 800, false}, {480, 854, false}, {1, 1, false},
    {7, 3000, false},   {3000, 7, false},  {64, 64, false},   {720, 0, false},
};

static const char *const regions[] = {"cn", "global", "", "in", "\x1b\xff"};
static const char *const states[] = {"green", "yellow", "orange", "unverified", "red", ""};

/* What the wrapped type_draw has seen. */
static struct {
    bool watch;
    uint32_t width_px;
    uint32_t height_px;
    unsigned lines;
    char words[64][128];
} seen;

void __real_type_draw(const struct canvas *canvas, const struct type_style *style,
                      enum type_align align, int x_px, int y_px, uint32_t colour, const char *text);
void __wrap_type_draw(const struct canvas *canvas, const struct type_style *style,
                      enum type_align align, int x_px, int y_px, uint32_t colour, const char *text);

int __real_type_draw_block(const struct canvas *canvas, const struct type_style *style,
                           enum type_align align, struct rect box, uint32_t colour,
                           const char *text);
int __wrap_type_draw_block(const struct canvas *canvas, const struct type_style *style,
                           enum type_align align, struct rect box, uint32_t colour,
                           const char *text);

static bool has_glyph(const struct type_style *style, unsigned code)
{
    for (size_t i = 0; i < style->glyph_count; i++) {
        if (style->glyphs[i].code == code) {
            return true;
        }
    }
    return false;
}

/*
 * Our own small decoder: valid UTF-8 of up to three bytes; 0 at the end,
 * 0xffffffff for anything else.
 */
static unsigned next_code(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;

    if (p[0] < 0x80) {
        *text += p[0] != 0;
        return p[0];
    }
    if ((p[0] & 0xe0) == 0xc0 && (p[1] & 0xc0) == 0x80) {
        *text += 2;
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    }
    if ((p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *text += 3;
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    }
    *text += 1;
    return 0xffffffff;
}

static void check_letters(const struct type_style *style, const char *text)
{
    const char *rest = text;

    for (unsigned code = next_code(&rest); code != 0; code = next_code(&rest)) {
        if (!has_glyph(style, code)) {
            fail_msg("no letter U+%04X of \"%s\" in the style of %u px", code, text,
                     style->size_px);
        }
    }
}

int __wrap_type_draw_block(const struct canvas *canvas, const struct type_style *style,
                           enum type_align align, struct rect box, uint32_t colour,
                           const char *text)
{
    check_letters(style, text);
    if (seen.watch && type_block_height(style, box.width_px, text) > box.height_px) {
        fail_msg("\"%s\" has no room at %ux%u", text, seen.width_px, seen.height_px);
    }
    return __real_type_draw_block(canvas, style, align, box, colour, text);
}

void __wrap_type_draw(const struct canvas *canvas, const struct type_style *style,
                      enum type_align align, int x_px, int y_px, uint32_t colour, const char *text)
{
    int width = type_width(style, text);
    int left = align == ALIGN_LEFT ? x_px : align == ALIGN_RIGHT ? x_px - width : x_px - width / 2;

    check_letters(style, text);
    if (seen.watch && (left < 0 || left + width > (int)seen.width_px ||
                       y_px + style->line_px <= 0 || y_px + style->line_px > (int)seen.height_px)) {
        fail_msg("\"%s\" is cut off at %ux%u", text, seen.width_px, seen.height_px);
    }
    if (seen.lines < 64) {
        strncpy(seen.words[seen.lines++], text, sizeof(seen.words[0]) - 1);
    }
    __real_type_draw(canvas, style, align, x_px, y_px, colour, text);
}

static bool said(const char *words)
{
    for (unsigned i = 0; i < seen.lines; i++) {
        if (strstr(seen.words[i], words) != NULL) {
            return true;
        }
    }
    return false;
}

/* An empty sheet; what was seen before is forgotten. */
static struct sheet watched_sheet(uint32_t width_px, uint32_t height_px)
{
    memset(&seen, 0, sizeof(seen));
    seen.width_px = width_px;
    seen.height_px = height_px;
    return sheet_new(width_px, height_px);
}

static struct home_facts facts_of(const char *region, const char *state)
{
    return (struct home_facts){.region = region,
                               .version = "V10.3.11.0.PFJMIXM",
                               .model = "Redmi Note 5",
                               .boot_state = state,
                               .time = clock_read("23:58")};
}

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        for (size_t r = 0; r < ARRAY_COUNT(regions); r++) {
            struct home_facts facts = facts_of(regions[r], states[r]);
            struct sheet sheet = watched_sheet(sizes[i].width_px, sizes[i].height_px);

            seen.watch = sizes[i].designed;
            home_draw(&sheet.canvas, &facts);
            sheet_check(&sheet);
            popup_draw_pile(&sheet.canvas, (unsigned)r + 1);
            sheet_check(&sheet);
            free(sheet.memory);
        }
    }
}

static void test_no_panel(void **state)
{
    const struct canvas none = {0};
    struct home_facts facts = facts_of("cn", "green");

    (void)state;
    home_draw(&none, &facts);
    popup_draw_pile(&none, 2);
}

static bool inside(struct rect inner, uint32_t width_px, uint32_t height_px)
{
    return inner.x_px >= 0 && inner.y_px >= 0 && inner.x_px + inner.width_px <= (int)width_px &&
           inner.y_px + inner.height_px <= (int)height_px;
}

/* Top to bottom: clock, date, card, grid, dots, dock; nothing over another. */
static void test_layout(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct home_layout at = home_lay_out(sizes[i].width_px, sizes[i].height_px);
        int grid_end = at.grid_y_px + at.grid_rows * at.cell_height_px;

        if (!sizes[i].designed) {
            continue;
        }
        assert_int_equal(at.grid_rows, APPS_IN_GRID / 4);
        assert_true(inside(at.card, sizes[i].width_px, sizes[i].height_px));
        assert_true(inside(at.dock, sizes[i].width_px, sizes[i].height_px));
        assert_true(at.date_y_px + style_date.line_px <= at.card.y_px);
        assert_true(at.card.y_px + at.card.height_px <= at.grid_y_px);
        assert_true(grid_end <= at.dock.y_px);
        assert_true(at.dots_y_px + 5 <= at.dock.y_px);
        assert_true(at.icon_px <= at.cell_width_px);
        assert_true(at.icon_px + style_label.line_px <= at.cell_height_px);
    }
}

/* Every label, in both languages, is narrower than its cell where the layout was designed for. */
static void test_labels_fit(void **state)
{
    static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};
    int cell = home_lay_out(720, 1440).cell_width_px;

    (void)state;
    for (size_t i = 0; i < APP_COUNT; i++) {
        assert_in_range(type_width(&style_label, texts[apps[i].label].english), 1, cell);
        assert_in_range(type_width(&style_label, texts[apps[i].label].chinese), 1, cell);
    }
}

/* Every day, month and minute has its letters (the wrapped type_draw fails otherwise). */
static void test_dates(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        for (size_t r = 0; r < 2; r++) {
            struct home_facts facts = facts_of(regions[r], "green");
            struct sheet sheet = watched_sheet(720, 1280);

            facts.time = (struct clock_time){.month = i % 12 + 1,
                                             .day = i % 31 + 1,
                                             .weekday = i % 7,
                                             .hour = i % 24,
                                             .minute = i};
            seen.watch = true;
            home_draw(&sheet.canvas, &facts);
            free(sheet.memory);
        }
    }
}

static void test_words(void **state)
{
    struct home_facts facts = facts_of("cn", "green");
    struct sheet sheet = watched_sheet(720, 1440);

    (void)state;
    home_draw(&sheet.canvas, &facts);
    assert_true(said("23:58"));
    assert_true(said("中国"));
    assert_true(said("China"));
    assert_true(said("MIUI V10.3.11.0.PFJMIXM"));
    assert_true(said("Redmi Note 5"));
    assert_true(said("9 月 5 日  星期三"));
    assert_true(said("已锁定 · 已验证"));
    assert_true(said("设置"));
    assert_false(said("Settings"));
    free(sheet.memory);

    facts = facts_of("global", "orange");
    sheet = watched_sheet(720, 1440);
    home_draw(&sheet.canvas, &facts);
    assert_true(said("Global"));
    assert_true(said("国际版"));
    assert_true(said("Wednesday, 5 September"));
    assert_true(said("Unlocked"));
    assert_true(said("Settings"));
    assert_false(said("中国"));
    free(sheet.memory);
}

/* A ROM's own words: too long, or of characters that there are no letters for. */
static void test_hostile_words(void **state)
{
    char longest[PROP_VALUE_BYTES];
    struct home_facts facts;
    struct sheet sheet = watched_sheet(720, 1280);

    (void)state;
    memset(longest, 'W', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    facts = facts_of(longest, longest);
    facts.version = longest;
    facts.model = "\xff\xfe\xe5\x01\x7f";
    seen.watch = true;
    home_draw(&sheet.canvas, &facts);
    sheet_check(&sheet);
    assert_true(said("?????"));
    free(sheet.memory);
}

static uint32_t picture_sum(const char *region, const char *boot_state, unsigned popups)
{
    struct home_facts facts = facts_of(region, boot_state);
    struct sheet sheet = watched_sheet(720, 1440);
    uint32_t sum = 2166136261;

    home_draw(&sheet.canvas, &facts);
    popup_draw_pile(&sheet.canvas, popups);
    for (size_t y = 0; y < sheet.canvas.height_px; y++) {
        for (size_t x = 0; x < sheet.canvas.width_px; x++) {
            sum = (sum ^ sheet.canvas.pixels[y * sheet.canvas.stride_px + x]) * 16777619;
        }
    }
    free(sheet.memory);
    return sum;
}

static void test_pictures_differ(void **state)
{
    uint32_t cn = picture_sum("cn", "green", 0);

    (void)state;
    assert_int_equal(picture_sum("cn", "green", 0), cn);
    assert_int_not_equal(picture_sum("global", "green", 0), cn);
    assert_int_not_equal(picture_sum("cn", "orange", 0), cn);
    assert_int_not_equal(picture_sum("cn", "green", 1), cn);
    assert_int_not_equal(picture_sum("cn", "green", 2), picture_sum("cn", "green", 1));
}

/* The pile starts anew after three: the fourth popup is alone. */
static void test_popups(void **state)
{
    struct sheet sheet = watched_sheet(720, 1440);

    (void)state;
    popup_draw_pile(&sheet.canvas, 0);
    assert_int_equal(seen.lines, 0);
    assert_string_equal(popup_kind(0), "advert");
    assert_string_equal(popup_kind(1), "cartoon");
    seen.watch = true;
    popup_draw_pile(&sheet.canvas, 3);
    assert_true(said("NOODLE LOTTERY!"));
    assert_true(said("WAAAAH!"));
    assert_true(said("BATTERY TOO CALM"));
    free(sheet.memory);

    sheet = watched_sheet(720, 1440);
    popup_draw_pile(&sheet.canvas, 4);
    assert_true(said("WAAAAH!"));
    assert_false(said("NOODLE LOTTERY!"));
    free(sheet.memory);

    for (unsigned count = 1; count <= 12; count++) {
        sheet = watched_sheet(720, 1280);
        seen.watch = true;
        popup_draw_pile(&sheet.canvas, count);
        assert_true(seen.lines >= 2);
        free(sheet.memory);
    }

    sheet = watched_sheet(720, 1440);
    popup_draw_pile(&sheet.canvas, 0xffffffff);
    assert_true(seen.lines != 0);
    free(sheet.memory);
}

static void test_clock(void **state)
{
    static const char *const bad[] = {"",      "9:41",   "24:00", "09:60",
                                      "09-41", "09:411", "aa:bb", "09:4"};
    struct clock_time time = clock_read("09:41");

    (void)state;
    assert_int_equal(time.hour, 9);
    assert_int_equal(time.minute, 41);
    assert_int_equal(time.day, 5);
    assert_int_equal(time.month, 9);
    assert_int_equal(time.weekday, 3);
    assert_true(clock_is_stopped("00:00"));
    assert_true(clock_is_stopped("23:59"));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (clock_is_stopped(bad[i])) {
            fail_msg("taken for a time: \"%s\"", bad[i]);
        }
    }
    assert_in_range(clock_to_next_minute_ms(), 1, 60000);
}

static void test_facts(void **state)
{
    static const char file[] = "ro.flashlab.region=global\nro.product.model=M1803E1A\n"
                               "ro.build.version.incremental=V9.6.1.0.OEAMIFD\n";
    static struct props props;
    struct home_facts facts;

    (void)state;
    home_read_facts(&props, &facts);
    assert_string_equal(facts.region, "");
    assert_string_equal(facts.boot_state, "");
    props_read_file(&props, file, sizeof(file) - 1);
    home_read_facts(&props, &facts);
    assert_string_equal(facts.region, "global");
    assert_string_equal(facts.version, "V9.6.1.0.OEAMIFD");
    assert_string_equal(facts.model, "M1803E1A");
    props_read_file(&props, "ro.product.marketname=Mi 8", 26);
    home_read_facts(&props, &facts);
    assert_string_equal(facts.model, "Mi 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_no_panel),
        cmocka_unit_test(test_layout),        cmocka_unit_test(test_labels_fit),
        cmocka_unit_test(test_dates),         cmocka_unit_test(test_words),
        cmocka_unit_test(test_hostile_words), cmocka_unit_test(test_pictures_differ),
        cmocka_unit_test(test_popups),        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_facts),
    };

    return cmocka_run_group_tests_name("home", tests, NULL, NULL);
}
