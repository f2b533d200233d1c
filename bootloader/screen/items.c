/* SPDX-License-Identifier: MIT */
/*
 * What can stand on a screen of the bootloader. Stage screen.
 *
 * Distances are those of a panel 720 pixels wide; a narrow one takes the next smaller styles.
 */
#include "screen/items.h"

#include "base/text.h"

#define CARD_RADIUS_PX 28
#define BADGE_PX       76
#define WORD_COUNT     3

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

/* On a wide panel, on a narrow one. */
static const struct type_style *const roles[2][ROLE_COUNT] = {
    {[ROLE_TITLE] = &style_title,
     [ROLE_SUBTITLE] = &style_subtitle,
     [ROLE_BODY] = &style_body,
     [ROLE_CAPTION] = &style_caption,
     [ROLE_WORD] = &style_display,
     [ROLE_MARK] = &style_wordmark},
    {[ROLE_TITLE] = &style_body,
     [ROLE_SUBTITLE] = &style_caption,
     [ROLE_BODY] = &style_body,
     [ROLE_CAPTION] = &style_caption,
     [ROLE_WORD] = &style_title,
     [ROLE_MARK] = &style_wordmark},
};

struct region_look {
    enum text_id word;
    enum text_id install; /* what to do with a phone made for it */
    uint32_t tint;        /* of the card */
    uint32_t ink;         /* of the word */
    void (*icon)(const struct canvas *canvas, struct icon_place place);
};

static const struct region_look region_looks[] = {
    [REGION_UNKNOWN] = {TEXT_REGION_NONE, TEXT_INSTALL_OTHER, 0x26262a, COLOUR_GREY,
                        icon_no_region},
    [REGION_CN] = {TEXT_REGION_CN, TEXT_INSTALL_CN, 0x5c1619, COLOUR_WHITE, icon_china},
    [REGION_GLOBAL] = {TEXT_REGION_GLOBAL, TEXT_INSTALL_GLOBAL, 0x12376e, COLOUR_WHITE, icon_globe},
};

/* A marker that is there, but is none of ours. */
static const struct region_look odd_look = {TEXT_REGION_OTHER, TEXT_INSTALL_OTHER, 0x4d380a,
                                            COLOUR_WHITE, icon_odd_region};

/* What is wrong, in words. */
static const enum text_id reason_texts[] = {
    /* clang-format off */
    [REASON_NONE] = TEXT_NOTHING,
    [REASON_BAD_SIGNATURE] = TEXT_BAD_SIGNATURE,
    [REASON_BAD_HASH] = TEXT_BAD_HASH,
    [REASON_WRONG_KEY] = TEXT_WRONG_KEY,
    [REASON_ROLLBACK] = TEXT_ROLLBACK,
    [REASON_BAD_GPT] = TEXT_BAD_GPT,
    [REASON_BAD_BOARD] = TEXT_BAD_BOARD,
    [REASON_BAD_STATE] = TEXT_BAD_STATE,
    [REASON_UNSUPPORTED] = TEXT_UNSUPPORTED,
    /* clang-format on */
};

static const struct region_look *region_look(enum region region)
{
    return &region_looks[(size_t)region < ARRAY_COUNT(region_looks) ? region : REGION_UNKNOWN];
}

const struct text_pair *item_words(enum text_id text)
{
    return &texts[text];
}

const struct type_style *item_style(const struct page *page, enum role role)
{
    return roles[page->narrow][role];
}

static enum text_id reason_text(enum reason reason)
{
    return (size_t)reason < ARRAY_COUNT(reason_texts) ? reason_texts[reason] : TEXT_NOTHING;
}

static int draw_block(const struct page *page, enum role role, int y_px, uint32_t colour,
                      const char *text)
{
    const struct rect box = {.x_px = page->left_px, .y_px = y_px, .width_px = page->width_px};

    return type_draw_block(page->canvas, item_style(page, role), ALIGN_CENTRE, box, colour, text);
}

/* English, and Chinese under it. */
static int draw_pair(const struct page *page, const struct item *item, enum text_id text, int y_px)
{
    int height_px = draw_block(page, item->english, y_px, item->colour, texts[text].english);

    height_px += height_px != 0 ? type_line_height(item_style(page, item->chinese)) / 8 : 0;
    return height_px + draw_block(page, item->chinese, y_px + height_px,
                                  item->colour == COLOUR_WHITE ? COLOUR_GREY : item->colour,
                                  texts[text].chinese);
}

int item_text(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, item->text, y_px);
}

int item_reason(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, reason_text(page->facts->reason), y_px);
}

int item_key_id(const struct page *page, const struct item *item, int y_px)
{
    char chars[32];
    struct text line = text_in(chars, sizeof chars);

    if (page->facts->key_id[0] == '\0') {
        return 0;
    }
    text_all(&line, texts[TEXT_KEY_ID].english, page->facts->key_id);
    return draw_block(page, ROLE_BODY, y_px, COLOUR_YELLOW, chars);
}

int item_install(const struct page *page, const struct item *item, int y_px)
{
    return draw_pair(page, item, region_look(page->facts->made_for)->install, y_px);
}

int item_icon(const struct page *page, const struct item *item, int y_px)
{
    int size_px = page->narrow ? item->icon_px * 2 / 3 : item->icon_px;
    const struct icon_place place = {page->left_px + page->width_px / 2, y_px + size_px / 2,
                                     size_px};

    item->icon(page->canvas, place);
    return size_px;
}

/* Words side by side on one line, each only if there is room. */
static void draw_words(const struct page *page, enum role role, const struct rect *line,
                       const uint32_t colours[WORD_COUNT], const char *const words[WORD_COUNT])
{
    const struct type_style *style = item_style(page, role);
    int gap_px = type_line_height(style) / 5;
    int x_px = 0;

    for (int i = 0; i < WORD_COUNT; i++) {
        int width_px = type_width(style, words[i]);
        if (width_px != 0 && width_px <= line->width_px - x_px) {
            type_draw(page->canvas, style, ALIGN_LEFT, line->x_px + x_px, line->y_px, colours[i],
                      words[i]);
            x_px += width_px + gap_px;
        }
    }
}

/* A card that names one region: caption, drawing, word. Returns its height. */
static int draw_card(const struct page *page, int y_px, enum text_id caption, const char *marker,
                     const struct region_look *look)
{
    int pad_px = page->narrow ? 16 : 28;
    int icon_px = page->narrow ? 60 : 120;
    int caption_px = type_line_height(item_style(page, ROLE_BODY));
    int word_px = type_line_height(item_style(page, ROLE_WORD));
    int height_px = pad_px * 2 + caption_px + pad_px / 2 + icon_px;
    int icon_y_px = y_px + height_px - pad_px - icon_px / 2;
    const struct rect card = {page->left_px, y_px, page->width_px, height_px};
    const struct rect caption_line = {card.x_px + pad_px, y_px + pad_px, card.width_px - 2 * pad_px,
                                      0};
    struct rect word_line = caption_line;

    word_line.x_px += icon_px + pad_px;
    word_line.width_px -= icon_px + pad_px;
    word_line.y_px = icon_y_px - word_px / 2;
    canvas_round_rect(page->canvas, card, CARD_RADIUS_PX, look->tint);
    draw_words(page, ROLE_BODY, &caption_line,
               (const uint32_t[]){COLOUR_WHITE, COLOUR_AMBER, COLOUR_GREY},
               (const char *const[]){texts[caption].english, marker, texts[caption].chinese});
    look->icon(page->canvas,
               (struct icon_place){caption_line.x_px + icon_px / 2, icon_y_px, icon_px});
    draw_words(page, ROLE_WORD, &word_line, (const uint32_t[]){look->ink, look->ink, look->ink},
               (const char *const[]){texts[look->word].english, texts[look->word].chinese, ""});
    return height_px;
}

int item_regions(const struct page *page, const struct item *item, int y_px)
{
    const struct screen_facts *facts = page->facts;
    bool known = facts->rom_region != REGION_UNKNOWN;
    bool odd = !known && facts->rom_region_text[0] != '\0';
    int badge_px = page->narrow ? BADGE_PX * 2 / 3 : BADGE_PX;
    int between_px = badge_px * 3 / 4;
    int height_px = draw_card(page, y_px, TEXT_MADE_FOR, "", region_look(facts->made_for));
    const struct icon_place badge = {page->left_px + page->width_px / 2,
                                     y_px + height_px + between_px / 2, badge_px};

    height_px += between_px;
    height_px += draw_card(page, y_px + height_px, known ? TEXT_ROM_IS_FOR : TEXT_ROM_MARKER,
                           odd ? facts->rom_region_text : "",
                           odd ? &odd_look : region_look(facts->rom_region));
    canvas_circle(page->canvas, badge.x_px, badge.y_px, badge_px / 2 + 8, COLOUR_BLACK);
    icon_not_equal(page->canvas, badge);
    return height_px;
}

int item_detail(const struct page *page, const struct item *item, int y_px)
{
    const struct rect box = {.x_px = page->left_px, .y_px = y_px, .width_px = page->width_px};

    return type_draw_block(page->canvas, item_style(page, item->english), ALIGN_LEFT, box,
                           item->colour, page->facts->detail);
}

static void add_part(struct text *line, const char *part)
{
    if (line->length != 0 && part[0] != '\0') {
        text_str(line, texts[TEXT_SEPARATOR].english);
    }
    text_str(line, part);
}

int item_identity(const struct page *page, const struct item *item, int y_px)
{
    const struct screen_facts *facts = page->facts;
    char chars[320];
    struct text line = text_in(chars, sizeof(chars));

    add_part(&line, facts->name);
    add_part(&line, facts->codename);
    add_part(&line, facts->serial);
    if (facts->rom_version[0] != '\0') {
        text_all(&line, "\n", facts->rom_version);
    }
    return draw_block(page, ROLE_CAPTION, y_px, COLOUR_DIM, chars);
}

int item_lock(const struct page *page, const struct item *item, int y_px)
{
    const struct icon_place place = {page->left_px + page->width_px / 2, y_px + item->icon_px / 2,
                                     item->icon_px};

    if (!page->facts->unlocked) {
        return 0;
    }
    icon_padlock_open(page->canvas, place);
    return item->icon_px + draw_block(page, ROLE_BODY, y_px + item->icon_px, COLOUR_WHITE,
                                      texts[TEXT_UNLOCKED].english);
}
