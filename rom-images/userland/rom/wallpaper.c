/* SPDX-License-Identifier: MIT */
/* The picture behind the home screen: a sky, one light in it, and three chains of hills. */
#include "rom/wallpaper.h"

#include "rom/shapes.h"

#define HILL_CHAINS 3

/* Lengths in 1/1000 of the canvas's height; across, of its width. */
struct scene {
    uint32_t sky[3]; /* top, middle, horizon */
    int middle;
    int horizon;
    struct {
        int x;
        int y;
        int radius;
        int glow;
        uint32_t colour;
        uint32_t glow_colour;
    } light;
    struct {
        int y;
        int height;
        int wave;
        int shift;
        uint32_t top;
        uint32_t bottom;
    } hills[HILL_CHAINS];
};

static const struct scene scenes[] =
    {
        [WALLPAPER_WARM] =
            {
                .sky = {0x3d1440, 0xb8354a, 0xffa45c},
                .middle = 270,
                .horizon = 560,
                .light = {880, 478, 52, 330, 0xffe2a8, 0xffb061},
                .hills = {{515, 26, 900, 150, 0xc9454d, 0x8e2a48},
                          {620, 46, 1200, 620, 0x8f2a4a, 0x5d1c40},
                          {750, 40, 1500, 1100, 0x5a1b3f, 0x2c0f2b}},
            },
        [WALLPAPER_COOL] =
            {
                .sky = {0x081739, 0x11508f, 0x63c5d4},
                .middle = 270,
                .horizon = 560,
                .light = {125, 476, 48, 320, 0xeafcff, 0x8fe6ee},
                .hills = {{515, 26, 1000, 500, 0x2f8fae, 0x1d6590},
                          {620, 46, 1300, 900, 0x1c6690, 0x10416f},
                          {750, 40, 1600, 200, 0x103f6c, 0x071c3d}},
            },
};

static int part(uint32_t whole_px, int thousandths)
{
    return (int)((int64_t)whole_px * thousandths / 1000);
}

static void draw_sky(const struct canvas *seen, const struct canvas *whole,
                     const struct scene *scene)
{
    int width = (int)whole->width_px;
    int middle = part(whole->height_px, scene->middle);
    int horizon = part(whole->height_px, scene->horizon);
    int x = part(whole->width_px, scene->light.x);
    int y = part(whole->height_px, scene->light.y);

    canvas_gradient(seen, (struct rect){0, 0, width, middle}, scene->sky[0], scene->sky[1]);
    canvas_gradient(seen, (struct rect){0, middle, width, horizon - middle}, scene->sky[1],
                    scene->sky[2]);
    shape_glow(seen, x, y, part(whole->height_px, scene->light.glow), scene->light.glow_colour,
               200);
    canvas_circle(seen, x, y, part(whole->height_px, scene->light.radius), scene->light.colour);
}

/*
 * The canvas down to where hills number `index` hide everything: what is below need not be drawn.
 */
static struct canvas seen_above(const struct canvas *canvas, const struct scene *scene, int index)
{
    struct canvas seen = *canvas;

    if (index < HILL_CHAINS) {
        seen.height_px =
            (uint32_t)part(canvas->height_px, scene->hills[index].y + scene->hills[index].height) +
            2;
        if (seen.height_px > canvas->height_px) {
            seen.height_px = canvas->height_px;
        }
    }
    return seen;
}

void wallpaper_draw(const struct canvas *canvas, enum wallpaper wallpaper)
{
    const struct scene *scene = &scenes[wallpaper];
    struct canvas seen = seen_above(canvas, scene, 0);

    draw_sky(&seen, canvas, scene);
    for (int i = 0; i < HILL_CHAINS; i++) {
        const struct hills hills = {
            .y_px = part(canvas->height_px, scene->hills[i].y),
            .height_px = part(canvas->height_px, scene->hills[i].height),
            .wave_px = part(canvas->width_px, scene->hills[i].wave) + 1,
            .shift_px = part(canvas->width_px, scene->hills[i].shift),
            .top = scene->hills[i].top,
            .bottom = scene->hills[i].bottom,
        };

        seen = seen_above(canvas, scene, i + 1);
        shape_hills(&seen, &hills);
    }
}
