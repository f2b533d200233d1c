/* SPDX-License-Identifier: MIT */
/* Items of the screens where a person chooses. Stage screen. */
#include "screen/choices.h"

#define BUTTON_RADIUS_PX 18
#define BUTTON_PAD_PX    14
#define BUTTON_GAP_PX    16
#define CARD_COLOUR      0x101c30u
#define CARD_PAD_PX      24
#define CHOSEN_COLOUR    0x1d5fd0u
#define OTHER_COLOUR     0x2a2a30u

/* From the outside to the middle: the same letters, each ring brighter. */
static const struct {
    int distance_px;
    uint32_t colour;
} glow[] = {{7, 0x03163a}, {5, 0x072f69}, {3, 0x0f5cc4}, {1, 0x2f8dff}};

#define CORE_COLOUR 0xd6ecffu

int item_fastboot(const struct page *page, const struct item *item, int y_px)
{
    static const int around[8][2] = {{10, 0},  {7, 7},   {0, 10},  {-7, 7},
                                     {-10, 0}, {-7, -7}, {0, -10}, {7, -7}};
    const struct type_style *style = item_style(page, item->english);
    const char *word = item_words(item->text)->english;
    int x_px = page->left_px + page->width_px / 2;

    for (size_t i = 0; i < ARRAY_COUNT(glow); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(around); j++) {
            type_draw(page->canvas, style, ALIGN_CENTRE,
                      x_px + around[j][0] * glow[i].distance_px / 10,
                      y_px + around[j][1] * glow[i].distance_px / 10, glow[i].colour, word);
        }
    }
    type_draw(page->canvas, style, ALIGN_CENTRE, x_px, y_px, CORE_COLOUR, word);
    return type_line_height(style);
}

/* One line of the card; a value that is not there takes no line. */
struct datum {
    enum text_id label;
    const char *value;
    const char *chinese; /* after the value; may be empty */
    uint32_t colour;
};

static int draw_datum(const struct page *page, const struct datum *datum, int y_px)
{
    const struct type_style *style = item_style(page, ROLE_BODY);
    const struct type_style *small = item_style(page, ROLE_CAPTION);
    const struct text_pair *label = item_words(datum->label);
    int left_px = page->left_px + CARD_PAD_PX;
    int right_px = page->left_px + page->width_px - CARD_PAD_PX;
    int small_y_px = y_px + (type_line_height(style) - type_line_height(small)) * 3 / 4;
    int label_px = type_width(style, label->english);
    int rest_px = right_px - left_px - label_px - type_width(style, datum->value) - CARD_PAD_PX;

    if (datum->value[0] == '\0') {
        return 0;
    }
    type_draw(page->canvas, style, ALIGN_LEFT, left_px, y_px, COLOUR_GREY, label->english);
    if (datum->chinese[0] != '\0' &&
        type_width(small, datum->chinese) + CARD_PAD_PX / 2 <= rest_px) {
        type_draw(page->canvas, small, ALIGN_RIGHT, right_px, small_y_px, COLOUR_DIM,
                  datum->chinese);
        right_px -= type_width(small, datum->chinese) + CARD_PAD_PX / 2;
        rest_px -= type_width(small, datum->chinese) + CARD_PAD_PX / 2;
    }
    if (type_width(small, label->chinese) + CARD_PAD_PX / 2 <= rest_px) {
        type_draw(page->canvas, small, ALIGN_LEFT, left_px + label_px + CARD_PAD_PX / 2, small_y_px,
                  COLOUR_DIM, label->chinese);
    }
    type_draw(page->canvas, style, ALIGN_RIGHT, right_px, y_px, datum->colour, datum->value);
    return type_line_height(style);
}

static const struct text_pair *region_words(enum region region)
{
    static const enum text_id words[] = {
        [REGION_UNKNOWN] = TEXT_DATA_NO_REGION,
        [REGION_CN] = TEXT_DATA_CN,
        [REGION_GLOBAL] = TEXT_DATA_GLOBAL,
    };

    return item_words((size_t)region < ARRAY_COUNT(words) ? words[region] : TEXT_DATA_NO_REGION);
}

static int draw_data(const struct page *page, int y_px)
{
    const struct fastboot_facts *facts = page->fastboot;
    const struct text_pair *lock =
        item_words(facts->unlocked ? TEXT_DATA_UNLOCKED : TEXT_DATA_LOCKED);
    const struct text_pair *made_for = region_words(facts->made_for);
    const struct datum data[] = {
        {TEXT_DATA_PRODUCT, facts->product, facts->name, COLOUR_WHITE},
        {TEXT_DATA_VARIANT, facts->variant, "", COLOUR_WHITE},
        {TEXT_DATA_SERIAL, facts->serial, "", COLOUR_WHITE},
        {TEXT_DATA_LOCK, lock->english, lock->chinese,
         facts->unlocked ? COLOUR_AMBER : COLOUR_WHITE},
        {TEXT_DATA_SLOT, facts->slot, "", COLOUR_WHITE},
        {TEXT_DATA_ANTI, facts->anti, "", COLOUR_WHITE},
        {TEXT_DATA_MADE_FOR, made_for->english, made_for->chinese, COLOUR_WHITE},
    };
    int height_px = 0;

    for (size_t i = 0; i < ARRAY_COUNT(data); i++) {
        height_px += draw_datum(page, &data[i], y_px + height_px);
    }
    return height_px;
}

int item_data(const struct page *page, const struct item *item, int y_px)
{
    const struct canvas nowhere = {.width_px = 0};
    struct page measured = *page;
    int height_px;

    if (page->fastboot == NULL || !page->fastboot->data_shown) {
        return 0;
    }
    measured.canvas = &nowhere;
    height_px = draw_data(&measured, 0) + CARD_PAD_PX;
    canvas_round_rect(page->canvas, (struct rect){page->left_px, y_px, page->width_px, height_px},
                      BUTTON_RADIUS_PX, CARD_COLOUR);
    (void)draw_data(page, y_px + CARD_PAD_PX / 2);
    return height_px;
}

int item_progress_room(const struct page *page, const struct item *item, int y_px)
{
    return PROGRESS_ROOM_PX;
}

/* English over Chinese in a box; returns its height. */
static int draw_button(const struct page *page, struct rect box, enum text_id text, bool chosen)
{
    const struct type_style *style = item_style(page, ROLE_BODY);
    const struct text_pair *words = item_words(text);
    int gap_px = BUTTON_PAD_PX;
    int width_px = type_width(style, words->english) + gap_px + type_width(style, words->chinese);
    int x_px = box.x_px + (box.width_px - width_px) / 2;

    box.height_px = type_line_height(style) + 2 * BUTTON_PAD_PX;
    canvas_round_rect(page->canvas, box, BUTTON_RADIUS_PX, chosen ? CHOSEN_COLOUR : OTHER_COLOUR);
    type_draw(page->canvas, style, ALIGN_LEFT, x_px, box.y_px + BUTTON_PAD_PX,
              chosen ? COLOUR_WHITE : COLOUR_GREY, words->english);
    type_draw(page->canvas, style, ALIGN_RIGHT, x_px + width_px, box.y_px + BUTTON_PAD_PX,
              chosen ? COLOUR_WHITE : COLOUR_DIM, words->chinese);
    return box.height_px;
}

int item_choices(const struct page *page, const struct item *item, int y_px)
{
    bool off = page->fastboot != NULL && page->fastboot->choice == FASTBOOT_CHOICE_POWER_OFF;
    struct rect box = {page->left_px, y_px, (page->width_px - BUTTON_GAP_PX) / 2, 0};

    (void)draw_button(page, box, TEXT_CHOICE_RESTART, !off);
    box.x_px += box.width_px + BUTTON_GAP_PX;
    return draw_button(page, box, TEXT_CHOICE_OFF, off);
}

static int draw_answer(const struct page *page, const struct item *item, int y_px, bool chosen)
{
    return draw_button(page, (struct rect){page->left_px, y_px, page->width_px, 0}, item->text,
                       chosen);
}

int item_answer_no(const struct page *page, const struct item *item, int y_px)
{
    return draw_answer(page, item, y_px, !page->yes);
}

int item_answer_yes(const struct page *page, const struct item *item, int y_px)
{
    return draw_answer(page, item, y_px, page->yes);
}
