/* SPDX-License-Identifier: MIT */
/* The apps on the home screen: their icons are tables of strokes on a square of 96 units. */
#include "rom/apps.h"

#define WHITE  0xffffff
#define INK    0x2b3440
#define RED    0xff5a4f
#define YELLOW 0xffd24a
#define BLUE   0x2f80ed

static const struct stroke weather[] = {
    {STROKE_DISC, YELLOW, {60, 36, 17}},      {STROKE_DISC, WHITE, {34, 60, 13}},
    {STROKE_DISC, WHITE, {50, 52, 16}},       {STROKE_DISC, WHITE, {65, 61, 12}},
    {STROKE_BOX, WHITE, {33, 57, 33, 16, 4}}, {0},
};

static const struct stroke mail[] = {
    {STROKE_BOX, WHITE, {17, 28, 62, 42, 7}},
    {STROKE_LINE, BLUE, {24, 37, 48, 54, 5}},
    {STROKE_LINE, BLUE, {48, 54, 72, 37, 5}},
    {0},
};

static const struct stroke gallery[] = {
    {STROKE_BOX, WHITE, {18, 22, 60, 52, 9}},
    {STROKE_DISC, 0xffb13d, {61, 37, 7}},
    {STROKE_TRIANGLE, 0x34b27b, {23, 68, 41, 40, 60, 68}},
    {STROKE_TRIANGLE, 0x1f8f63, {45, 68, 59, 49, 73, 68}},
    {0},
};

static const struct stroke music[] = {
    {STROKE_LINE, WHITE, {40, 64, 40, 31, 6}}, {STROKE_LINE, WHITE, {67, 58, 67, 25, 6}},
    {STROKE_LINE, WHITE, {40, 32, 67, 26, 9}}, {STROKE_DISC, WHITE, {33, 65, 10}},
    {STROKE_DISC, WHITE, {60, 59, 10}},        {0},
};

static const struct stroke clock_face[] = {
    {STROKE_DISC, WHITE, {48, 48, 31}},
    {STROKE_LINE, INK, {48, 48, 48, 29, 5}},
    {STROKE_LINE, INK, {48, 48, 62, 56, 5}},
    {STROKE_DISC, RED, {48, 48, 5}},
    {0},
};

static const struct stroke notes[] = {
    {STROKE_BOX, WHITE, {23, 18, 50, 60, 8}},
    {STROKE_LINE, 0xf0a020, {33, 34, 63, 34, 5}},
    {STROKE_LINE, 0xc9d1da, {33, 48, 63, 48, 5}},
    {STROKE_LINE, 0xc9d1da, {33, 62, 52, 62, 5}},
    {0},
};

static const struct stroke calculator[] = {
    {STROKE_LINE, WHITE, {24, 32, 42, 32, 6}},  {STROKE_LINE, WHITE, {33, 23, 33, 41, 6}},
    {STROKE_LINE, WHITE, {55, 32, 73, 32, 6}},  {STROKE_LINE, WHITE, {26, 57, 40, 71, 6}},
    {STROKE_LINE, WHITE, {40, 57, 26, 71, 6}},  {STROKE_LINE, YELLOW, {55, 59, 73, 59, 6}},
    {STROKE_LINE, YELLOW, {55, 69, 73, 69, 6}}, {0},
};

static const struct stroke settings[] = {
    {STROKE_LINE, WHITE, {48, 20, 48, 76, 13}},
    {STROKE_LINE, WHITE, {20, 48, 76, 48, 13}},
    {STROKE_LINE, WHITE, {28, 28, 68, 68, 13}},
    {STROKE_LINE, WHITE, {68, 28, 28, 68, 13}},
    {STROKE_DISC, WHITE, {48, 48, 23}},
    {STROKE_DISC, 0x5f6c7b, {48, 48, 10}},
    {0},
};

static const struct stroke phone[] = {
    {STROKE_LINE, WHITE, {31, 38, 36, 50, 11}}, {STROKE_LINE, WHITE, {36, 50, 46, 60, 11}},
    {STROKE_LINE, WHITE, {46, 60, 58, 65, 11}}, {STROKE_LINE, WHITE, {31, 34, 37, 31, 15}},
    {STROKE_LINE, WHITE, {62, 65, 65, 59, 15}}, {0},
};

static const struct stroke messages[] = {
    {STROKE_BOX, WHITE, {18, 24, 60, 42, 17}}, {STROKE_TRIANGLE, WHITE, {28, 60, 46, 62, 27, 77}},
    {STROKE_DISC, BLUE, {34, 45, 5}},          {STROKE_DISC, BLUE, {48, 45, 5}},
    {STROKE_DISC, BLUE, {62, 45, 5}},          {0},
};

static const struct stroke browser[] = {
    {STROKE_RING, WHITE, {48, 48, 32, 5}},
    {STROKE_TRIANGLE, RED, {65, 31, 42, 42, 54, 54}},
    {STROKE_TRIANGLE, WHITE, {31, 65, 42, 42, 54, 54}},
    {0},
};

static const struct stroke camera[] = {
    {STROKE_BOX, WHITE, {35, 22, 26, 16, 6}},
    {STROKE_BOX, WHITE, {16, 30, 64, 44, 10}},
    {STROKE_DISC, INK, {48, 52, 17}},
    {STROKE_DISC, 0x4aa3ff, {48, 52, 11}},
    {STROKE_DISC, WHITE, {43, 47, 4}},
    {STROKE_DISC, RED, {70, 39, 3}},
    {0},
};

const struct app apps[APP_COUNT] = {
    {TEXT_APP_WEATHER, 0x4fb3ff, 0x1f7fe0, weather},
    {TEXT_APP_MAIL, 0x57b6ff, 0x2f80ed, mail},
    {TEXT_APP_GALLERY, 0x8f7bff, 0x5b47d6, gallery},
    {TEXT_APP_MUSIC, 0xff7a6b, 0xe23b57, music},
    {TEXT_APP_CLOCK, 0x4a5666, 0x252d38, clock_face},
    {TEXT_APP_NOTES, 0xffcf4d, 0xf5a623, notes},
    {TEXT_APP_CALCULATOR, 0xff9f43, 0xf0701d, calculator},
    {TEXT_APP_SETTINGS, 0x8b98a8, 0x5f6c7b, settings},
    {TEXT_APP_PHONE, 0x4cd97b, 0x1fa855, phone},
    {TEXT_APP_MESSAGES, 0x57b6ff, 0x2f80ed, messages},
    {TEXT_APP_BROWSER, 0x38c8d8, 0x1487b8, browser},
    {TEXT_APP_CAMERA, 0x6b7787, 0x39434f, camera},
};

void app_draw_icon(const struct canvas *canvas, const struct app *app, int x_px, int y_px,
                   int size_px)
{
    shape_panel(canvas, (struct rect){x_px, y_px, size_px, size_px}, size_px * 25 / 100,
                (struct paint){app->top, app->bottom, OPAQUE});
    picture_draw(canvas, app->strokes, x_px, y_px, size_px);
}
