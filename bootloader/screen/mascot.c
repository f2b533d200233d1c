/* SPDX-License-Identifier: MIT */
/*
 * The lab's mascot at work: an octopus with goggles on its head mends a phone, a screwdriver in one
 * arm and a flash of lightning in another. Stage screen.
 */
#include "screen/icons.h"

#define SKIN  0x18a6b4u
#define SHADE 0x0f7d89u
#define GLASS 0x9be8f0u
#define STEEL 0xb8bcc4u

#define ARM_POINTS 7

struct arm {
    struct point points[ARM_POINTS]; /* from the body to the tip */
    int width;                       /* at the body; half of it at the tip */
    uint32_t colour;
};

/* The ones behind first. */
static const struct arm arms[] = {
    {{{400, 590}, {330, 680}, {270, 740}, {200, 770}, {140, 760}, {110, 715}, {130, 675}}, 86, SHADE},
    {{{600, 590}, {670, 680}, {730, 740}, {800, 770}, {860, 760}, {890, 715}, {870, 675}}, 86, SHADE},
    {{{350, 560}, {270, 600}, {200, 590}, {150, 530}, {135, 455}, {150, 385}, {175, 335}}, 84, SKIN},
    {{{650, 560}, {730, 600}, {800, 590}, {850, 530}, {865, 455}, {850, 385}, {825, 335}}, 84, SKIN},
};

/* Over the phone's edges: these hold it. */
static const struct arm holding[] = {
    {{{430, 620}, {390, 690}, {350, 745}, {320, 800}, {320, 850}, {345, 880}, {385, 885}}, 84, SKIN},
    {{{570, 620}, {610, 690}, {650, 745}, {680, 800}, {680, 850}, {655, 880}, {615, 885}}, 84, SKIN},
};

static void draw_arm(const struct canvas *canvas, struct icon_place place, const struct arm *arm)
{
    for (int i = 0; i + 1 < ARM_POINTS; i++) {
        const struct point *from = &arm->points[i];
        const int ends[] = {from->x_px, from->y_px, from[1].x_px, from[1].y_px};
        grid_bar(canvas, place, ends, arm->width - arm->width * i / (2 * ARM_POINTS), arm->colour);
    }
}

static void draw_tools(const struct canvas *canvas, struct icon_place place)
{
    static const struct point upper[] = {{865, 95}, {775, 275}, {845, 275}};
    static const struct point lower[] = {{815, 235}, {895, 235}, {780, 405}};

    grid_bar(canvas, place, (const int[]){172, 60, 172, 230}, 26, STEEL);
    grid_panel(canvas, place, (const int[]){136, 215, 208, 400}, 34, COLOUR_RED);
    grid_area(canvas, place, upper, ARRAY_COUNT(upper), 8, COLOUR_AMBER);
    grid_area(canvas, place, lower, ARRAY_COUNT(lower), 8, COLOUR_AMBER);
}

static void draw_phone(const struct canvas *canvas, struct icon_place place)
{
    grid_panel(canvas, place, (const int[]){360, 690, 640, 990}, 44, COLOUR_WHITE);
    grid_panel(canvas, place, (const int[]){382, 712, 618, 968}, 26, 0x101828);
    grid_bar(canvas, place, (const int[]){450, 900, 550, 900}, 22, 0x24406e);
    grid_bar(canvas, place, (const int[]){450, 900, 505, 900}, 22, COLOUR_BLUE);
}

static void draw_head(const struct canvas *canvas, struct icon_place place)
{
    grid_circle(canvas, place, 500, 390, 270, SKIN);
    grid_panel(canvas, place, (const int[]){305, 380, 695, 680}, 150, SKIN);
    for (int side = -1; side <= 1; side += 2) {
        grid_circle(canvas, place, 500 + side * 108, 465, 70, COLOUR_WHITE);
        grid_circle(canvas, place, 500 + side * 92, 492, 38, 0x102a30); /* looks down at its work */
        grid_circle(canvas, place, 500 + side * 92 - 12, 476, 13, COLOUR_WHITE);
        grid_circle(canvas, place, 500 + side * 168, 570, 30, 0x2fc4d2);
    }
    grid_bar(canvas, place, (const int[]){462, 590, 485, 606}, 18, 0x0a545d);
    grid_bar(canvas, place, (const int[]){485, 606, 515, 606}, 18, 0x0a545d);
    grid_bar(canvas, place, (const int[]){515, 606, 538, 590}, 18, 0x0a545d);
}

/* Pushed up, as one does to look closely. */
static void draw_goggles(const struct canvas *canvas, struct icon_place place)
{
    grid_bar(canvas, place, (const int[]){262, 300, 738, 300}, 44, 0x3b2f2a);
    for (int side = -1; side <= 1; side += 2) {
        grid_circle(canvas, place, 500 + side * 100, 275, 92, COLOUR_AMBER);
        grid_circle(canvas, place, 500 + side * 100, 275, 66, GLASS);
        grid_bar(canvas, place,
                 (const int[]){470 + side * 100, 285, 500 + side * 100, 245}, 20, COLOUR_WHITE);
    }
}

void icon_mascot(const struct canvas *canvas, struct icon_place place)
{
    for (size_t i = 0; i < ARRAY_COUNT(arms); i++) {
        if (i == 2) {
            draw_tools(canvas, place); /* behind the arms that hold them */
        }
        draw_arm(canvas, place, &arms[i]);
    }
    draw_head(canvas, place);
    draw_goggles(canvas, place);
    draw_phone(canvas, place);
    for (size_t i = 0; i < ARRAY_COUNT(holding); i++) {
        draw_arm(canvas, place, &holding[i]);
    }
}
