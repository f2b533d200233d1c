/* SPDX-License-Identifier: MIT */
/* The home screen: what a person sees when the ROM runs. */
#include "rom/home.h"

#include "rom/apps.h"
#include "base/text.h"
#include "screen/type.h"
#include "rom/wallpaper.h"

#include <string.h>

#define WHITE  0xffffff
#define BRIGHT 0xf2f5f9
#define BLACK  0x000000

#define COLUMNS        4
#define STATUS_PX      52
#define CLOCK_PX       158 /* from the digits' top to the date's line */
#define CLOCK_ABOVE_PX 34  /* the empty upper part of a line of digits */
#define DATE_PX        48
#define CARD_PX        286
#define LABEL_PX       46 /* below the icon */
#define DOCK_EDGE_PX   20
#define LINE_BYTES     128

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

/* What a ROM of a region looks like. */
struct look {
    const char *region;
    enum wallpaper wallpaper;
    bool chinese;
    enum text_id name; /* of the region */
    enum text_id rom;
};

static const struct look looks[] = {
    {"cn", WALLPAPER_WARM, true, TEXT_REGION_CN, TEXT_ROM_CN},
    {"global", WALLPAPER_COOL, false, TEXT_REGION_GLOBAL, TEXT_ROM_GLOBAL},
    {NULL, WALLPAPER_COOL, false, TEXT_REGION_OTHER, TEXT_ROM_OTHER},
};

struct badge {
    const char *boot_state;
    enum text_id text;
    uint32_t colour;
    bool open; /* the padlock */
};

static const struct badge badges[] = {
    {"green", TEXT_STATE_GREEN, 0x12804a, false},
    {"yellow", TEXT_STATE_YELLOW, 0x946200, false},
    {"orange", TEXT_STATE_ORANGE, 0xc2480a, true},
    {"unverified", TEXT_STATE_UNVERIFIED, 0x56616f, true},
    {NULL, TEXT_STATE_UNKNOWN, 0x56616f, true},
};

static const struct stroke padlock_closed[] = {
    {STROKE_LINE, WHITE, {30, 46, 30, 32, 10}}, {STROKE_LINE, WHITE, {30, 32, 37, 20, 10}},
    {STROKE_LINE, WHITE, {37, 20, 48, 15, 10}}, {STROKE_LINE, WHITE, {48, 15, 59, 20, 10}},
    {STROKE_LINE, WHITE, {59, 20, 66, 32, 10}}, {STROKE_LINE, WHITE, {66, 32, 66, 46, 10}},
    {STROKE_BOX, WHITE, {18, 43, 60, 45, 9}},   {0},
};

static const struct stroke padlock_open[] = {
    {STROKE_LINE, WHITE, {66, 46, 66, 30, 10}},
    {STROKE_LINE, WHITE, {66, 30, 73, 17, 10}},
    {STROKE_LINE, WHITE, {73, 17, 83, 12, 10}},
    {STROKE_LINE, WHITE, {83, 12, 91, 20, 10}},
    {STROKE_LINE, WHITE, {91, 20, 93, 30, 10}},
    {STROKE_BOX, WHITE, {18, 43, 60, 45, 9}},
    {0},
};

/* Everything that the parts of the screen are drawn from. */
struct page {
    const struct canvas *canvas;
    const struct home_facts *facts;
    const struct look *look;
    struct home_layout at;
};

void home_read_facts(const struct props *props, struct home_facts *facts)
{
    facts->region = props_get(props, "ro.flashlab.region", "");
    facts->version = props_get(props, "ro.build.version.incremental", "");
    facts->model =
        props_get(props, "ro.product.marketname", props_get(props, "ro.product.model", ""));
    facts->boot_state = props_get(props, "ro.boot.verifiedbootstate", "");
}

static const struct look *look_of(const char *region)
{
    const struct look *look = looks;

    while (look->region != NULL && strcmp(look->region, region) != 0) {
        look++;
    }
    return look;
}

static const struct badge *badge_of(const char *boot_state)
{
    const struct badge *badge = badges;

    while (badge->boot_state != NULL && strcmp(badge->boot_state, boot_state) != 0) {
        badge++;
    }
    return badge;
}

static const char *say(const struct look *look, enum text_id id)
{
    return look->chinese ? texts[id].chinese : texts[id].english;
}

/* Properties are the ROM's own words: what the letters do not have becomes '?'. */
static void text_plain(struct text *text, const char *words)
{
    for (; *words != '\0'; words++) {
        text_char(text, *words < 0x20 || *words > 0x7e ? '?' : *words);
    }
}

/* As much of a line as fits. */
static void cut_to_width(const struct type_style *style, struct text *line, int width_px)
{
    while (line->length != 0 && type_width(style, line->chars) > width_px) {
        line->chars[--line->length] = '\0';
    }
}

struct home_layout home_lay_out(uint32_t width_px, uint32_t height_px)
{
    int width = (int)width_px;
    struct home_layout at = {.margin_px = width / 30};
    int fixed;
    int gap;

    at.cell_width_px = (width - 2 * at.margin_px) / COLUMNS;
    at.icon_px = at.cell_width_px * 2 / 3;
    at.cell_height_px = at.icon_px + LABEL_PX;
    at.dock.height_px = at.icon_px + at.icon_px / 3;
    fixed = STATUS_PX + CLOCK_PX + DATE_PX + CARD_PX + at.dock.height_px + DOCK_EDGE_PX;
    while (at.grid_rows < APPS_IN_GRID / COLUMNS &&
           fixed + at.cell_height_px + 40 <= (int)height_px) {
        fixed += at.cell_height_px;
        at.grid_rows++;
    }
    gap = (int)height_px > fixed ? ((int)height_px - fixed) / 8 : 0;
    at.cell_height_px += gap / 2;

    at.clock_y_px = STATUS_PX + gap - CLOCK_ABOVE_PX;
    at.date_y_px = STATUS_PX + gap + CLOCK_PX;
    at.card = (struct rect){at.margin_px, at.date_y_px + DATE_PX + gap + gap / 2,
                            width - 2 * at.margin_px, CARD_PX};
    at.grid_y_px = at.card.y_px + CARD_PX + gap + gap / 2;
    at.dock.x_px = at.margin_px;
    at.dock.width_px = width - 2 * at.margin_px;
    at.dock.y_px = (int)height_px - DOCK_EDGE_PX - at.dock.height_px;
    at.dots_y_px = at.grid_y_px + at.grid_rows * at.cell_height_px - gap / 2;
    at.dots_y_px += (at.dock.y_px - at.dots_y_px) / 2;
    return at;
}

static struct rect cell_of(const struct home_layout *at, int index)
{
    return (struct rect){
        .x_px = at->margin_px + index % COLUMNS * at->cell_width_px,
        .y_px = at->grid_y_px + index / COLUMNS * at->cell_height_px,
        .width_px = at->cell_width_px,
        .height_px = at->cell_height_px,
    };
}

static void time_words(struct text *text, const struct clock_time *time)
{
    text_char(text, (char)('0' + time->hour / 10 % 10));
    text_char(text, (char)('0' + time->hour % 10));
    text_char(text, ':');
    text_char(text, (char)('0' + time->minute / 10 % 10));
    text_char(text, (char)('0' + time->minute % 10));
}

static void draw_battery(const struct canvas *canvas, int x_px, int y_px)
{
    shape_panel(canvas, (struct rect){x_px, y_px, 42, 22}, 6, (struct paint){WHITE, WHITE, 110});
    shape_panel(canvas, (struct rect){x_px + 4, y_px + 4, 28, 14}, 3,
                (struct paint){WHITE, WHITE, OPAQUE});
    shape_panel(canvas, (struct rect){x_px + 44, y_px + 6, 4, 10}, 2,
                (struct paint){WHITE, WHITE, 160});
}

static void draw_signal(const struct canvas *canvas, int x_px, int bottom_px)
{
    for (int i = 0; i < 4; i++) {
        int height = 7 + i * 5;

        shape_panel(canvas, (struct rect){x_px + i * 9, bottom_px - height, 6, height}, 2,
                    (struct paint){WHITE, WHITE, OPAQUE});
    }
}

static void draw_status(const struct page *page)
{
    char chars[LINE_BYTES];
    struct text line = text_in(chars, sizeof(chars));
    int right = (int)page->canvas->width_px - page->at.margin_px;
    int y = 12;

    type_draw(page->canvas, &style_status, ALIGN_LEFT, page->at.margin_px, y, WHITE,
              say(page->look, TEXT_CARRIER));
    time_words(&line, &page->facts->time);
    type_draw(page->canvas, &style_status, ALIGN_RIGHT, right, y, WHITE, chars);
    right -= type_width(&style_status, chars) + 64;
    draw_battery(page->canvas, right, y + 4);
    right -= 14;
    type_draw(page->canvas, &style_status, ALIGN_RIGHT, right, y, WHITE,
              say(page->look, TEXT_NETWORK));
    right -= type_width(&style_status, say(page->look, TEXT_NETWORK)) + 46;
    draw_signal(page->canvas, right, y + 26);
}

static void date_words(struct text *text, const struct look *look, const struct clock_time *time)
{
    enum text_id weekday = (enum text_id)(TEXT_DAY_0 + time->weekday % 7);
    enum text_id month = (enum text_id)(TEXT_MONTH_1 + (time->month - 1) % 12);

    if (look->chinese) {
        text_all(text, texts[month].chinese, " ");
        text_u64(text, (uint64_t)time->day);
        text_all(text, texts[TEXT_DAY_OF_MONTH].chinese, "  ", texts[weekday].chinese);
        return;
    }
    text_all(text, texts[weekday].english, ", ");
    text_u64(text, (uint64_t)time->day);
    text_all(text, " ", texts[month].english);
}

static void draw_clock(const struct page *page)
{
    char chars[LINE_BYTES];
    struct text line = text_in(chars, sizeof(chars));
    int centre = (int)page->canvas->width_px / 2;

    time_words(&line, &page->facts->time);
    type_draw(page->canvas, &style_clock, ALIGN_CENTRE, centre, page->at.clock_y_px, WHITE, chars);
    line = text_in(chars, sizeof(chars));
    date_words(&line, page->look, &page->facts->time);
    type_draw(page->canvas, &style_date, ALIGN_CENTRE, centre, page->at.date_y_px, WHITE, chars);
}

/* The region in both languages, the ROM's own first; in one where the panel is too narrow. */
static void draw_region(const struct page *page, int y_px)
{
    const struct text_pair *name = &texts[page->look->name];
    const char *first = page->look->chinese ? name->chinese : name->english;
    const char *second = page->look->chinese ? name->english : name->chinese;
    int gap = 28;
    int width = type_width(&style_region, first) + gap + type_width(&style_region, second);
    int x = page->at.card.x_px + (page->at.card.width_px - width) / 2;

    if (width > page->at.card.width_px - 2 * gap) {
        type_draw(page->canvas, &style_region, ALIGN_CENTRE,
                  page->at.card.x_px + page->at.card.width_px / 2, y_px, WHITE, first);
        return;
    }
    type_draw(page->canvas, &style_region, ALIGN_LEFT, x, y_px, WHITE, first);
    type_draw(page->canvas, &style_region, ALIGN_RIGHT, x + width, y_px, WHITE, second);
}

static void draw_badge(const struct page *page, int y_px)
{
    const struct badge *badge = badge_of(page->facts->boot_state);
    const char *words = say(page->look, badge->text);
    const int height = 54;
    const int lock = 34;
    int width = type_width(&style_label, words) + lock + 64;
    int x = page->at.card.x_px + (page->at.card.width_px - width) / 2;
    int line = type_line_height(&style_label);

    shape_panel(page->canvas, (struct rect){x, y_px, width, height}, height / 2,
                (struct paint){badge->colour, badge->colour, OPAQUE});
    picture_draw(page->canvas, badge->open ? padlock_open : padlock_closed, x + 22,
                 y_px + (height - lock) / 2, lock);
    type_draw(page->canvas, &style_label, ALIGN_LEFT, x + 22 + lock + 14,
              y_px + (height - line) / 2, WHITE, words);
}

static void draw_card(const struct page *page)
{
    char chars[LINE_BYTES];
    struct text line = text_in(chars, sizeof(chars));
    struct rect card = page->at.card;
    int centre = card.x_px + card.width_px / 2;

    shape_panel(page->canvas, card, 36, (struct paint){BLACK, BLACK, 144});
    draw_region(page, card.y_px + 8);
    if (page->facts->model[0] != '\0') {
        text_plain(&line, page->facts->model);
        text_str(&line, texts[TEXT_SEPARATOR].english);
    }
    text_str(&line, say(page->look, page->look->rom));
    cut_to_width(&style_body, &line, card.width_px - 32);
    type_draw(page->canvas, &style_body, ALIGN_CENTRE, centre, card.y_px + 120, BRIGHT, chars);

    line = text_in(chars, sizeof(chars));
    text_str(&line, "MIUI ");
    text_plain(&line, page->facts->version);
    cut_to_width(&style_body, &line, card.width_px - 32);
    type_draw(page->canvas, &style_body, ALIGN_CENTRE, centre, card.y_px + 162, BRIGHT, chars);
    draw_badge(page, card.y_px + 216);
}

static void draw_grid(const struct page *page)
{
    for (int i = 0; i < page->at.grid_rows * COLUMNS; i++) {
        struct rect cell = cell_of(&page->at, i);
        const char *label = say(page->look, apps[i].label);
        int x = cell.x_px + (cell.width_px - page->at.icon_px) / 2;

        app_draw_icon(page->canvas, &apps[i], x, cell.y_px, page->at.icon_px);
        if (type_width(&style_label, label) <= cell.width_px) {
            type_draw(page->canvas, &style_label, ALIGN_CENTRE, cell.x_px + cell.width_px / 2,
                      cell.y_px + page->at.icon_px + 7, WHITE, label);
        }
    }
}

static void draw_dock(const struct page *page)
{
    const struct home_layout *at = &page->at;
    int centre = (int)page->canvas->width_px / 2;

    for (int i = -1; i <= 1; i++) {
        shape_panel(page->canvas, (struct rect){centre + i * 24 - 5, at->dots_y_px - 5, 10, 10}, 5,
                    (struct paint){WHITE, WHITE, i == -1 ? OPAQUE : 120});
    }
    shape_panel(page->canvas, at->dock, 36, (struct paint){WHITE, WHITE, 70});
    for (int i = 0; i < APPS_IN_DOCK; i++) {
        app_draw_icon(page->canvas, &apps[APPS_IN_GRID + i],
                      at->margin_px + i * at->cell_width_px + (at->cell_width_px - at->icon_px) / 2,
                      at->dock.y_px + (at->dock.height_px - at->icon_px) / 2, at->icon_px);
    }
}

void home_draw(const struct canvas *canvas, const struct home_facts *facts)
{
    const struct page page = {
        .canvas = canvas,
        .facts = facts,
        .look = look_of(facts->region),
        .at = home_lay_out(canvas->width_px, canvas->height_px),
    };

    if (canvas->width_px == 0) {
        return;
    }
    wallpaper_draw(canvas, page.look->wallpaper);
    draw_status(&page);
    draw_clock(&page);
    draw_card(&page);
    draw_grid(&page);
    draw_dock(&page);
}
