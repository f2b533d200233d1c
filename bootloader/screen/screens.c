/* SPDX-License-Identifier: MIT */
/*
 * Stage screen: the table of screens.
 *
 * A screen is a list of items, one below the other, and a foot at the bottom. Distances are those of a
 * panel 720 x 1280; vertical ones stretch with the height, letters keep their size. A panel narrower
 * than 600 takes the next smaller styles.
 */
#include "screen/screens.h"

#include "base/text.h"
#include "screen/icons.h"
#include "screen/texts.h"
#include "screen/type.h"

#define DESIGN_HEIGHT_PX  1280
#define NARROW_PX         600
#define COLUMN_MAX_PX     760
#define MARGIN_SHARE      15 /* the margin is this part of the width */
#define CARD_RADIUS_PX    28
#define BADGE_PX          76

enum role {
    ROLE_TITLE,
    ROLE_BODY,
    ROLE_CAPTION,
    ROLE_WORD,
    ROLE_MARK,
    ROLE_COUNT,
};

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

static const struct type_style *const roles[2][ROLE_COUNT] = {
    {[ROLE_TITLE] = &style_title,
     [ROLE_BODY] = &style_body,
     [ROLE_CAPTION] = &style_caption,
     [ROLE_WORD] = &style_display,
     [ROLE_MARK] = &style_wordmark},
    {[ROLE_TITLE] = &style_body,
     [ROLE_BODY] = &style_caption,
     [ROLE_CAPTION] = &style_caption,
     [ROLE_WORD] = &style_title,
     [ROLE_MARK] = &style_wordmark},
};

/* What every item needs to know. */
struct page {
    const struct canvas *canvas;
    const struct screen_facts *facts;
    const struct type_style *const *styles; /* by role */
    int left_px;                            /* of the column that everything stands in */
    int width_px;
    bool narrow;
};

struct item {
    /* Draws the item with its top at y_px; returns its height. */
    int (*draw)(const struct page *page, const struct item *item, int y_px);
    int gap_px; /* above it */
    enum text_id text;
    enum role english;
    enum role chinese;
    uint32_t colour;
    void (*icon)(const struct canvas *canvas, struct icon_place place);
    int icon_px;
};

struct region_look {
    enum text_id word;
    enum text_id install; /* what to do with a phone made for it */
    uint32_t tint;        /* of the card */
    uint32_t ink;         /* of the word */
    void (*icon)(const struct canvas *canvas, struct icon_place place);
};

static const struct region_look region_looks[] = {
    [REGION_UNKNOWN] = {TEXT_REGION_NONE, TEXT_INSTALL_OTHER, 0x26262a, COLOUR_GREY, icon_no_region},
    [REGION_CN] = {TEXT_REGION_CN, TEXT_INSTALL_CN, 0x3a1113, COLOUR_WHITE, icon_china},
    [REGION_GLOBAL] = {TEXT_REGION_GLOBAL, TEXT_INSTALL_GLOBAL, 0x0d2547, COLOUR_WHITE, icon_globe},
};

/* A marker that is there, but is none of ours. */
static const struct region_look odd_look = {TEXT_REGION_OTHER, TEXT_INSTALL_OTHER, 0x3a2a08,
                                            COLOUR_WHITE, icon_odd_region};

struct reason_look {
    enum screen screen;
    enum text_id text;
};

/* What is not here is never a brick: reason_look() falls back on the first line. */
static const struct reason_look reason_looks[] = {
    [REASON_NONE] = {SCREEN_PANIC, TEXT_NOTHING},
    [REASON_OK] = {SCREEN_LOGO, TEXT_NOTHING},
    [REASON_REGION_MISMATCH] = {SCREEN_REGION, TEXT_NOTHING},
    [REASON_REGION_UNKNOWN] = {SCREEN_REGION, TEXT_NOTHING},
    [REASON_BAD_SIGNATURE] = {SCREEN_VERIFICATION, TEXT_BAD_SIGNATURE},
    [REASON_BAD_HASH] = {SCREEN_VERIFICATION, TEXT_BAD_HASH},
    [REASON_WRONG_KEY] = {SCREEN_VERIFICATION, TEXT_WRONG_KEY},
    [REASON_ROLLBACK] = {SCREEN_VERIFICATION, TEXT_ROLLBACK},
    [REASON_NO_ROM] = {SCREEN_NO_ROM, TEXT_NOTHING},
    [REASON_BAD_GPT] = {SCREEN_HARDWARE, TEXT_BAD_GPT},
    [REASON_BAD_BOARD] = {SCREEN_HARDWARE, TEXT_BAD_BOARD},
    [REASON_BAD_STATE] = {SCREEN_HARDWARE, TEXT_BAD_STATE},
    [REASON_KEYS] = {SCREEN_LOGO, TEXT_NOTHING},
    [REASON_BCB] = {SCREEN_LOGO, TEXT_NOTHING},
    [REASON_COMMAND] = {SCREEN_LOGO, TEXT_NOTHING},
};

static const struct reason_look *reason_look(enum reason reason)
{
    return &reason_looks[(size_t)reason < ARRAY_COUNT(reason_looks) ? reason : REASON_NONE];
}

static const struct region_look *region_look(enum region region)
{
    return &region_looks[(size_t)region < ARRAY_COUNT(region_looks) ? region : REGION_UNKNOWN];
}

static int stretch(const struct page *page, int design_px)
{
    return (int)((int64_t)design_px * page->canvas->height_px / DESIGN_HEIGHT_PX);
}

static int draw_block(const struct page *page, enum role role, int y_px, uint32_t colour,
                      const char *text)
{
    const struct rect box = {.x_px = page->left_px, .y_px = y_px, .width_px = page->width_px};

    return type_draw_block(page->canvas, page->styles[role], ALIGN_CENTRE, box, colour, text);
}

/* English, and Chinese under it. */
static int draw_pair(const struct page *page, const struct item *item, enum text_id text, int y_px)
{
    int height_px = draw_block(page, item->english, y_px, item->colour, texts[text].english);

    height_px += height_px != 0 ? type_line_height(page->styles[item->chinese]) / 8 : 0;
    return height_px + draw_block(page, item->chinese, y_px + height_px,
                                  item->colour == COLOUR_WHITE ? COLOUR_GREY : item->colour,
                                  texts[text].chinese);
}

static int draw_text(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, item->text, y_px);
}

static int draw_reason(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, reason_look(page->facts->reason)->text, y_px);
}

static int draw_install(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, region_look(page->facts->made_for)->install, y_px);
}

static int draw_icon(const struct page *page, const struct item *item, int y_px)
{
    int size_px = page->narrow ? item->icon_px * 2 / 3 : item->icon_px;
    const struct icon_place place = {page->left_px + page->width_px / 2, y_px + size_px / 2, size_px};

    item->icon(page->canvas, place);
    return size_px;
}

/* One line of two texts, the second only if there is room. */
static void draw_words(const struct page *page, enum role role, const struct rect *line,
                       const uint32_t colours[2], enum text_id text)
{
    const struct type_style *style = page->styles[role];
    int first_px = type_width(style, texts[text].english);
    int gap_px = type_line_height(style) / 4;

    type_draw(page->canvas, style, ALIGN_LEFT, line->x_px, line->y_px, colours[0], texts[text].english);
    if (first_px + gap_px + type_width(style, texts[text].chinese) <= line->width_px) {
        type_draw(page->canvas, style, ALIGN_LEFT, line->x_px + first_px + gap_px, line->y_px,
                  colours[1], texts[text].chinese);
    }
}

/* A card that names one region: caption, drawing, word. Returns its height. */
static int draw_card(const struct page *page, int y_px, enum text_id caption,
                     const struct region_look *look)
{
    int pad_px = page->narrow ? 16 : 28;
    int icon_px = page->narrow ? 60 : 120;
    int caption_px = type_line_height(page->styles[ROLE_CAPTION]);
    int word_px = type_line_height(page->styles[ROLE_WORD]);
    int height_px = pad_px * 2 + caption_px + pad_px / 2 + icon_px;
    int icon_y_px = y_px + height_px - pad_px - icon_px / 2;
    const struct rect card = {page->left_px, y_px, page->width_px, height_px};
    const struct rect caption_line = {card.x_px + pad_px, y_px + pad_px, card.width_px - 2 * pad_px, 0};
    struct rect word_line = caption_line;

    word_line.x_px += icon_px + pad_px;
    word_line.width_px -= icon_px + pad_px;
    word_line.y_px = icon_y_px - word_px / 2;
    canvas_round_rect(page->canvas, card, CARD_RADIUS_PX, look->tint);
    draw_words(page, ROLE_CAPTION, &caption_line, (const uint32_t[]){COLOUR_WHITE, COLOUR_GREY}, caption);
    look->icon(page->canvas, (struct icon_place){caption_line.x_px + icon_px / 2, icon_y_px, icon_px});
    draw_words(page, ROLE_WORD, &word_line, (const uint32_t[]){look->ink, look->ink}, look->word);
    return height_px;
}

static int draw_cards(const struct page *page, const struct item *item, int y_px)
{
    const struct screen_facts *facts = page->facts;
    bool odd = facts->rom_region == REGION_UNKNOWN && facts->rom_region_text[0] != '\0';
    const struct region_look *rom = odd ? &odd_look : region_look(facts->rom_region);
    int badge_px = page->narrow ? BADGE_PX * 2 / 3 : BADGE_PX;
    int between_px = badge_px * 3 / 4;
    int height_px = draw_card(page, y_px, TEXT_MADE_FOR, region_look(facts->made_for));
    const struct icon_place badge = {page->left_px + page->width_px / 2,
                                     y_px + height_px + between_px / 2, badge_px};

    height_px += between_px;
    height_px += draw_card(page, y_px + height_px, odd ? TEXT_ROM_CLAIMS : TEXT_ROM_IS_FOR, rom);
    canvas_circle(page->canvas, badge.x_px, badge.y_px, badge_px / 2 + 8, COLOUR_BLACK);
    icon_not_equal(page->canvas, badge);
    return height_px;
}

static int draw_detail(const struct page *page, const struct item *item, int y_px)
{
    const struct rect box = {.x_px = page->left_px, .y_px = y_px, .width_px = page->width_px};

    return type_draw_block(page->canvas, page->styles[item->english], ALIGN_LEFT, box, item->colour,
                           page->facts->detail);
}

/* An open padlock and a word at the very bottom: anything may run here. */
static void foot_lock(const struct page *page)
{
    const struct type_style *style = page->styles[ROLE_BODY];
    int y_px = (int)page->canvas->height_px - stretch(page, 60) - type_line_height(style);
    int icon_px = 44;

    if (page->facts->unlocked) {
        icon_padlock_open(page->canvas, (struct icon_place){page->left_px + page->width_px / 2,
                                                            y_px - icon_px / 2 - 8, icon_px});
        draw_block(page, ROLE_BODY, y_px, COLOUR_WHITE, texts[TEXT_UNLOCKED].english);
    }
}

static void add_part(struct text *line, const char *part)
{
    if (line->length != 0 && part[0] != '\0') {
        text_str(line, texts[TEXT_SEPARATOR].english);
    }
    text_str(line, part);
}

/* Which phone and which ROM this is about. */
static void foot_identity(const struct page *page)
{
    const struct screen_facts *facts = page->facts;
    const struct type_style *style = page->styles[ROLE_CAPTION];
    char chars[320];
    struct text line = text_in(chars, sizeof(chars));

    add_part(&line, facts->name);
    add_part(&line, facts->codename);
    add_part(&line, facts->serial);
    if (facts->rom_version[0] != '\0') {
        text_char(&line, '\n');
        text_str(&line, facts->rom_version);
    }
    int height_px = type_block_height(style, page->width_px, chars);
    draw_block(page, ROLE_CAPTION,
               (int)page->canvas->height_px - stretch(page, 48) - height_px, COLOUR_DIM, chars);
}

#define TITLE(gap, words)                                                                          \
    {.draw = draw_text, .gap_px = (gap), .text = (words), .english = ROLE_TITLE,                   \
     .chinese = ROLE_TITLE, .colour = COLOUR_WHITE}
#define LINES(gap, words)                                                                          \
    {.draw = draw_text, .gap_px = (gap), .text = (words), .english = ROLE_BODY,                    \
     .chinese = ROLE_BODY, .colour = COLOUR_WHITE}
#define LINES_BY(gap, function)                                                                    \
    {.draw = (function), .gap_px = (gap), .english = ROLE_BODY, .chinese = ROLE_BODY,              \
     .colour = COLOUR_WHITE}
#define ICON(gap, function, size)                                                                  \
    {.draw = draw_icon, .gap_px = (gap), .icon = (function), .icon_px = (size)}

static const struct item logo_items[] = {
    ICON(330, icon_emblem, 250),
    {.draw = draw_text, .gap_px = 36, .text = TEXT_NAME, .english = ROLE_MARK, .colour = COLOUR_WHITE},
    {.draw = draw_text, .gap_px = 12, .text = TEXT_ABOUT, .english = ROLE_CAPTION,
     .chinese = ROLE_CAPTION, .colour = COLOUR_DIM},
};

static const struct item region_items[] = {
    {.draw = draw_text, .gap_px = 72, .text = TEXT_REGION_TITLE, .english = ROLE_TITLE,
     .chinese = ROLE_BODY, .colour = COLOUR_WHITE},
    {.draw = draw_cards, .gap_px = 44},
    LINES_BY(48, draw_install),
    LINES(24, TEXT_BUY),
};

static const struct item verification_items[] = {
    ICON(250, icon_warning, 240),
    TITLE(56, TEXT_DESTROYED),
    LINES(48, TEXT_PRESS_POWER),
    LINES_BY(96, draw_reason),
};

static const struct item no_rom_items[] = {
    ICON(250, icon_no_rom, 240),
    TITLE(64, TEXT_NO_ROM_TITLE),
    LINES_BY(48, draw_install),
};

static const struct item hardware_items[] = {
    ICON(250, icon_chip, 220),
    TITLE(64, TEXT_HARDWARE_TITLE),
    LINES_BY(48, draw_reason),
    LINES(32, TEXT_FACTORY),
};

static const struct item panic_items[] = {
    ICON(110, icon_stop, 150),
    TITLE(40, TEXT_PANIC_TITLE),
    LINES(36, TEXT_PANIC_WHY),
    LINES(20, TEXT_PANIC_REPORT),
    {.draw = draw_detail, .gap_px = 44, .english = ROLE_CAPTION, .colour = COLOUR_GREY},
};

struct layout {
    const char *name;
    const struct item *items;
    size_t item_count;
    void (*foot)(const struct page *page); /* NULL: none */
};

#define ITEMS(list) .items = (list), .item_count = ARRAY_COUNT(list)

static const struct layout layouts[] = {
    [SCREEN_BLACK] = {.name = "black"},
    [SCREEN_LOGO] = {.name = "logo", ITEMS(logo_items), .foot = foot_lock},
    [SCREEN_REGION] = {.name = "region", ITEMS(region_items), .foot = foot_identity},
    [SCREEN_VERIFICATION] = {.name = "verification", ITEMS(verification_items), .foot = foot_identity},
    [SCREEN_NO_ROM] = {.name = "no-rom", ITEMS(no_rom_items), .foot = foot_identity},
    [SCREEN_HARDWARE] = {.name = "hardware", ITEMS(hardware_items), .foot = foot_identity},
    [SCREEN_PANIC] = {.name = "panic", ITEMS(panic_items), .foot = foot_identity},
};

const char *screen_name(enum screen screen)
{
    return (size_t)screen < ARRAY_COUNT(layouts) ? layouts[screen].name : "unknown";
}

/* The screen of each fate; a brick's is that of its reason. */
enum screen screen_for(const struct decision *decision)
{
    static const enum screen by_fate[] = {
        [FATE_DEAD] = SCREEN_BLACK,    [FATE_BOOT] = SCREEN_LOGO, [FATE_FASTBOOT] = SCREEN_LOGO,
        [FATE_RECOVERY] = SCREEN_LOGO, [FATE_OFF] = SCREEN_BLACK,
    };

    if (decision->fate == FATE_BRICK || (size_t)decision->fate >= ARRAY_COUNT(by_fate)) {
        return reason_look(decision->reason)->screen;
    }
    return by_fate[decision->fate];
}

void screen_draw(const struct canvas *canvas, enum screen screen, const struct screen_facts *facts)
{
    const struct rect all = {.width_px = (int)canvas->width_px, .height_px = (int)canvas->height_px};
    int room_px = all.width_px - 2 * (all.width_px / MARGIN_SHARE);
    struct page page = {.canvas = canvas, .facts = facts, .narrow = all.width_px < NARROW_PX};
    int y_px = 0;

    if (canvas->width_px == 0 || (size_t)screen >= ARRAY_COUNT(layouts)) {
        return;
    }
    page.styles = roles[page.narrow];
    page.width_px = room_px < COLUMN_MAX_PX ? room_px : COLUMN_MAX_PX;
    page.left_px = (all.width_px - page.width_px) / 2;
    canvas_fill(canvas, all, COLOUR_BLACK);
    for (size_t i = 0; i < layouts[screen].item_count; i++) {
        const struct item *item = &layouts[screen].items[i];
        y_px += stretch(&page, item->gap_px);
        y_px += item->draw(&page, item, y_px);
    }
    if (layouts[screen].foot != NULL) {
        layouts[screen].foot(&page);
    }
}
