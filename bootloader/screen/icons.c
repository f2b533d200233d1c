/* SPDX-License-Identifier: MIT */
/*
 * The drawings on the bootloader's screens. Stage screen.
 *
 * Drawn in a square of 0 to 1000 ("grid"), which is then put in its place.
 */
#include "screen/icons.h"

/* `!`: a bar that narrows downwards, and a dot. */
static void exclamation(const struct canvas *canvas, struct icon_place place, int top, int bottom,
                        uint32_t colour)
{
    int wide = (bottom - top) / 14;
    int stem = bottom - (bottom - top) / 3;
    const struct point stroke[] = {{500 - wide, top}, {500 + wide, top}, {504, stem}, {496, stem}};
    struct point dot = grid_at(place, 500, bottom);

    grid_area(canvas, place, stroke, ARRAY_COUNT(stroke), 40, colour);
    canvas_circle(canvas, dot.x_px, dot.y_px, grid_scale(place, 62), colour);
}

void icon_emblem(const struct canvas *canvas, struct icon_place place)
{
    static const struct point body[] = {{440, 330}, {560, 330}, {820, 880}, {180, 880}};
    static const struct point neck[] = {{440, 110}, {560, 110}, {560, 400}, {440, 400}};
    static const struct point liquid[] = {{305, 615}, {695, 615}, {820, 880}, {180, 880}};
    static const struct point upper[] = {{580, 380}, {380, 660}, {520, 660}};
    static const struct point lower[] = {{480, 590}, {620, 590}, {430, 850}};

    grid_area(canvas, place, body, ARRAY_COUNT(body), 80, COLOUR_WHITE);
    grid_area(canvas, place, neck, ARRAY_COUNT(neck), 80, COLOUR_WHITE);
    grid_area(canvas, place, body, ARRAY_COUNT(body), 40, COLOUR_BLACK);
    grid_area(canvas, place, neck, ARRAY_COUNT(neck), 40, COLOUR_BLACK);
    grid_area(canvas, place, liquid, ARRAY_COUNT(liquid), 12, 0x0e7c86);
    grid_panel(canvas, place, (const int[]){310, 20, 690, 90}, 35, COLOUR_WHITE);
    grid_area(canvas, place, upper, ARRAY_COUNT(upper), 36, COLOUR_BLACK);
    grid_area(canvas, place, lower, ARRAY_COUNT(lower), 36, COLOUR_BLACK);
    grid_area(canvas, place, upper, ARRAY_COUNT(upper), 6, COLOUR_AMBER);
    grid_area(canvas, place, lower, ARRAY_COUNT(lower), 6, COLOUR_AMBER);
}

static void warning(const struct canvas *canvas, struct icon_place place, uint32_t colour,
                    uint32_t mark)
{
    static const struct point outer[] = {{500, 150}, {890, 820}, {110, 820}};

    grid_area(canvas, place, outer, ARRAY_COUNT(outer), 100, colour);
    exclamation(canvas, place, 330, 760, mark);
}

void icon_warning(const struct canvas *canvas, struct icon_place place)
{
    warning(canvas, place, COLOUR_RED, COLOUR_WHITE);
}

void icon_warning_orange(const struct canvas *canvas, struct icon_place place)
{
    warning(canvas, place, COLOUR_ORANGE, COLOUR_WHITE);
}

void icon_warning_yellow(const struct canvas *canvas, struct icon_place place)
{
    warning(canvas, place, COLOUR_YELLOW, COLOUR_BLACK);
}

void icon_no_rom(const struct canvas *canvas, struct icon_place place)
{
    grid_panel(canvas, place, (const int[]){220, 20, 780, 980}, 110, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){270, 70, 730, 930}, 60, COLOUR_BLACK);
    grid_bar(canvas, place, (const int[]){450, 850, 550, 850}, 44, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){500, 270, 500, 600}, 60, COLOUR_AMBER);
    grid_bar(canvas, place, (const int[]){385, 490, 500, 605}, 60, COLOUR_AMBER);
    grid_bar(canvas, place, (const int[]){615, 490, 500, 605}, 60, COLOUR_AMBER);
}

void icon_chip(const struct canvas *canvas, struct icon_place place)
{
    for (int i = 0; i < 4; i++) {
        int along = 290 + i * 140;
        grid_bar(canvas, place, (const int[]){along, 60, along, 940}, 44, COLOUR_DIM);
        grid_bar(canvas, place, (const int[]){60, along, 940, along}, 44, COLOUR_DIM);
    }
    grid_panel(canvas, place, (const int[]){150, 150, 850, 850}, 110, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){200, 200, 800, 800}, 60, COLOUR_BLACK);
    grid_bar(canvas, place, (const int[]){380, 380, 620, 620}, 72, COLOUR_RED);
    grid_bar(canvas, place, (const int[]){620, 380, 380, 620}, 72, COLOUR_RED);
}

void icon_stop(const struct canvas *canvas, struct icon_place place)
{
    static const struct point corners[] = {{320, 80},  {680, 80},  {920, 320}, {920, 680},
                                           {680, 920}, {320, 920}, {80, 680},  {80, 320}};

    grid_area(canvas, place, corners, ARRAY_COUNT(corners), 60, COLOUR_RED);
    exclamation(canvas, place, 240, 750, COLOUR_WHITE);
}

/* The bow hangs over the body on its right leg only. */
void icon_padlock_open(const struct canvas *canvas, struct icon_place place)
{
    struct point bow = grid_at(place, 500, 290);
    struct canvas upper = *canvas;

    if (bow.y_px > 0 && (uint32_t)bow.y_px < upper.height_px) {
        upper.height_px = (uint32_t)bow.y_px;
        canvas_ring(&upper, bow.x_px, bow.y_px, grid_scale(place, 250), grid_scale(place, 90),
                    COLOUR_WHITE);
    }
    grid_panel(canvas, place, (const int[]){660, 290, 750, 500}, 0, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){250, 289, 340, 370}, 0, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){150, 470, 850, 980}, 90, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){500, 680, 500, 780}, 100, COLOUR_BLACK);
}

void icon_not_equal(const struct canvas *canvas, struct icon_place place)
{
    canvas_circle(canvas, place.x_px, place.y_px, place.size_px / 2, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){290, 410, 710, 410}, 80, COLOUR_BLACK);
    grid_bar(canvas, place, (const int[]){290, 590, 710, 590}, 80, COLOUR_BLACK);
    grid_bar(canvas, place, (const int[]){610, 240, 390, 760}, 80, COLOUR_BLACK);
}

/* A seal with the character for "middle", the first of China's name. */
void icon_china(const struct canvas *canvas, struct icon_place place)
{
    grid_panel(canvas, place, (const int[]){0, 0, 1000, 1000}, 220, COLOUR_RED);
    grid_panel(canvas, place, (const int[]){220, 320, 780, 650}, 40, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){310, 410, 690, 560}, 0, COLOUR_RED);
    grid_bar(canvas, place, (const int[]){500, 190, 500, 810}, 90, COLOUR_WHITE);
}

/* A disc with its equator, two parallels and two meridians. */
void icon_globe(const struct canvas *canvas, struct icon_place place)
{
    /* a quarter of an ellipse 210 wide and 500 high, by its cosines and sines */
    static const struct point quarter[] = {{210, 0},   {200, 155}, {170, 294},
                                           {123, 405}, {65, 476},  {0, 500}};
    static const int signs[4][2] = {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}};

    canvas_circle(canvas, place.x_px, place.y_px, place.size_px / 2, COLOUR_BLUE);
    for (size_t q = 0; q < ARRAY_COUNT(signs); q++) {
        for (size_t i = 0; i + 1 < ARRAY_COUNT(quarter); i++) {
            const int ends[] = {500 + signs[q][0] * quarter[i].x_px,
                                500 + signs[q][1] * quarter[i].y_px * 88 / 100,
                                500 + signs[q][0] * quarter[i + 1].x_px,
                                500 + signs[q][1] * quarter[i + 1].y_px * 88 / 100};
            grid_bar(canvas, place, ends, 44, COLOUR_WHITE);
        }
    }
    grid_bar(canvas, place, (const int[]){500, 70, 500, 930}, 44, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){70, 500, 930, 500}, 44, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){150, 290, 850, 290}, 44, COLOUR_WHITE);
    grid_bar(canvas, place, (const int[]){150, 710, 850, 710}, 44, COLOUR_WHITE);
}

/* A question mark: most of a ring, a stem and a dot. */
static void question(const struct canvas *canvas, struct icon_place place, uint32_t colour)
{
    /* the hook, from its left end over the top to the middle */
    static const struct point hook[] = {{350, 390}, {372, 300}, {435, 250}, {515, 240},
                                        {595, 268}, {637, 330}, {632, 405}, {585, 465},
                                        {530, 510}, {504, 570}, {500, 630}};
    struct point dot = grid_at(place, 500, 770);

    for (size_t i = 0; i + 1 < ARRAY_COUNT(hook); i++) {
        const int ends[] = {hook[i].x_px, hook[i].y_px, hook[i + 1].x_px, hook[i + 1].y_px};
        grid_bar(canvas, place, ends, 84, colour);
    }
    canvas_circle(canvas, dot.x_px, dot.y_px, grid_scale(place, 56), colour);
}

void icon_no_region(const struct canvas *canvas, struct icon_place place)
{
    canvas_ring(canvas, place.x_px, place.y_px, place.size_px / 2, grid_scale(place, 60),
                COLOUR_GREY);
    question(canvas, place, COLOUR_GREY);
}

void icon_odd_region(const struct canvas *canvas, struct icon_place place)
{
    static const struct point corners[] = {{500, 60}, {940, 500}, {500, 940}, {60, 500}};
    const struct icon_place mark = {place.x_px, place.y_px, place.size_px * 8 / 10};

    grid_area(canvas, place, corners, ARRAY_COUNT(corners), 60, COLOUR_AMBER);
    question(canvas, mark, COLOUR_BLACK);
}
