/* SPDX-License-Identifier: MIT */
/* Advertisements and the crying cartoon over the reseller's home screen. */
#include "rom/popup.h"

#include "screen/type.h"
#include "rom/shapes.h"
#include "rom/texts.h"

#define WHITE 0xffffff
#define INK   0x20242c
#define TEAR  0x4fb4ff
#define SKIN  0xffdf9e
#define MOUTH 0x8c2236

#define WINDOW_WIDTH_PX  560
#define WINDOW_HEIGHT_PX 440
#define BAR_PX           54

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

struct popup {
    const char *kind;
    enum text_id title;
    enum text_id body; /* TEXT_COUNT: the cartoon instead of words */
    enum text_id button;
    uint32_t colour;
    int x_percent; /* of the room that is left beside and above the window */
    int y_percent;
};

static const struct popup popups[] = {
    {"advert", TEXT_AD_LOTTERY, TEXT_AD_LOTTERY_BODY, TEXT_AD_LOTTERY_BUTTON, 0xd81e5b, 20, 62},
    {"cartoon", TEXT_CARTOON, TEXT_COUNT, TEXT_COUNT, 0x3b6fd6, 85, 30},
    {"advert", TEXT_AD_BATTERY, TEXT_AD_BATTERY_BODY, TEXT_AD_BATTERY_BUTTON, 0xe06a00, 50, 88},
    {"cartoon", TEXT_CARTOON, TEXT_COUNT, TEXT_COUNT, 0x3b6fd6, 10, 70},
    {"advert", TEXT_AD_MOON, TEXT_AD_MOON_BODY, TEXT_AD_MOON_BUTTON, 0x6a2fc0, 80, 45},
    {"cartoon", TEXT_CARTOON, TEXT_COUNT, TEXT_COUNT, 0x3b6fd6, 45, 12},
};

#define POPUP_COUNT (sizeof(popups) / sizeof(popups[0]))

/* A round head with tufts of hair, wet eyes, a wide open mouth and two streams of tears. */
static const struct stroke cartoon[] = {
    {STROKE_LINE, INK, {42, 14, 38, 4, 3}},   {STROKE_LINE, INK, {48, 13, 48, 2, 3}},
    {STROKE_LINE, INK, {54, 14, 58, 4, 3}},   {STROKE_DISC, 0xe8b25c, {16, 52, 8}},
    {STROKE_DISC, 0xe8b25c, {80, 52, 8}},     {STROKE_DISC, SKIN, {48, 50, 37}},
    {STROKE_DISC, 0xff9c8a, {24, 60, 6}},     {STROKE_DISC, 0xff9c8a, {72, 60, 6}},
    {STROKE_LINE, INK, {25, 30, 38, 24, 4}},  {STROKE_LINE, INK, {71, 30, 58, 24, 4}},
    {STROKE_DISC, WHITE, {34, 42, 10}},       {STROKE_DISC, WHITE, {62, 42, 10}},
    {STROKE_DISC, INK, {35, 44, 6}},          {STROKE_DISC, INK, {61, 44, 6}},
    {STROKE_DISC, WHITE, {37, 41, 2}},        {STROKE_DISC, WHITE, {63, 41, 2}},
    {STROKE_LINE, TEAR, {31, 52, 29, 80, 7}}, {STROKE_LINE, TEAR, {65, 52, 67, 80, 7}},
    {STROKE_DISC, TEAR, {28, 86, 7}},         {STROKE_DISC, TEAR, {68, 86, 7}},
    {STROKE_DISC, TEAR, {16, 88, 4}},         {STROKE_DISC, TEAR, {80, 88, 4}},
    {STROKE_DISC, MOUTH, {48, 69, 13}},       {STROKE_DISC, 0xff6f7d, {48, 76, 6}},
    {STROKE_BOX, WHITE, {40, 58, 16, 5, 2}},  {0},
};

const char *popup_kind(unsigned number)
{
    return popups[number % POPUP_COUNT].kind;
}

static struct rect window_of(const struct canvas *canvas, const struct popup *popup)
{
    int width = (int)canvas->width_px;
    int height = (int)canvas->height_px;
    struct rect window = {0, 0, WINDOW_WIDTH_PX, WINDOW_HEIGHT_PX};

    if (window.width_px > width - 16) {
        window.width_px = width - 16;
    }
    window.x_px = 8 + (width - 16 - window.width_px) * popup->x_percent / 100;
    window.y_px = (height - window.height_px) * popup->y_percent / 100;
    return window;
}

static void draw_frame(const struct canvas *canvas, struct rect window, const struct popup *popup)
{
    struct rect shadow = {window.x_px - 8, window.y_px - 4, window.width_px + 16,
                          window.height_px + 18};
    int cross = window.x_px + window.width_px - 34;
    int middle = window.y_px + BAR_PX / 2;

    shape_panel(canvas, shadow, 30, (struct paint){0x000000, 0x000000, 90});
    shape_panel(canvas, window, 24, (struct paint){popup->colour, popup->colour, OPAQUE});
    shape_panel(canvas,
                (struct rect){window.x_px + 4, window.y_px + BAR_PX, window.width_px - 8,
                              window.height_px - BAR_PX - 4},
                20, (struct paint){WHITE, 0xfff3dc, OPAQUE});
    type_draw(canvas, &style_label, ALIGN_LEFT, window.x_px + 24,
              window.y_px + (BAR_PX - type_line_height(&style_label)) / 2, WHITE,
              texts[TEXT_AD_SPONSORED].english);
    canvas_line(canvas, cross - 9, middle - 9, cross + 9, middle + 9, 5, WHITE);
    canvas_line(canvas, cross - 9, middle + 9, cross + 9, middle - 9, 5, WHITE);
}

static void draw_advert(const struct canvas *canvas, struct rect window, const struct popup *popup)
{
    int centre = window.x_px + window.width_px / 2;
    struct rect button = {centre - 180, window.y_px + window.height_px - 118, 360, 84};
    struct rect words = {window.x_px + 40, window.y_px + 150, window.width_px - 80,
                         button.y_px - window.y_px - 160};

    type_draw(canvas, &style_headline, ALIGN_CENTRE, centre, window.y_px + 82, popup->colour,
              texts[popup->title].english);
    (void)type_draw_block(canvas, &style_body, ALIGN_CENTRE, words, INK,
                          texts[popup->body].english);
    shape_panel(canvas, button, 42,
                (struct paint){colour_mix(popup->colour, WHITE, 50), popup->colour, OPAQUE});
    type_draw(canvas, &style_headline, ALIGN_CENTRE, centre,
              button.y_px + (button.height_px - type_line_height(&style_headline)) / 2, WHITE,
              texts[popup->button].english);
}

static void draw_cartoon(const struct canvas *canvas, struct rect window, const struct popup *popup)
{
    const int size = 292;
    int centre = window.x_px + window.width_px / 2;

    picture_draw(canvas, cartoon, centre - size / 2, window.y_px + BAR_PX + 8, size);
    type_draw(canvas, &style_headline, ALIGN_CENTRE, centre,
              window.y_px + window.height_px - 10 - type_line_height(&style_headline) - 12,
              popup->colour, texts[popup->title].english);
}

static void draw_popup(const struct canvas *canvas, const struct popup *popup)
{
    struct rect window = window_of(canvas, popup);

    draw_frame(canvas, window, popup);
    if (popup->body == TEXT_COUNT) {
        draw_cartoon(canvas, window, popup);
    } else {
        draw_advert(canvas, window, popup);
    }
}

void popup_draw_pile(const struct canvas *canvas, unsigned count)
{
    if (count == 0 || canvas->width_px == 0) {
        return;
    }
    for (unsigned i = (count - 1) / POPUP_PILE * POPUP_PILE; i < count; i++) {
        draw_popup(canvas, &popups[i % POPUP_COUNT]);
    }
}
