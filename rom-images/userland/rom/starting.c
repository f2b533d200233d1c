/* SPDX-License-Identifier: MIT */
/* The system is starting: three dots of light, one brighter than the other. */
#include "rom/starting.h"

#include "screen/type.h"
#include "rom/texts.h"

#include <string.h>

#define BACKGROUND  0x000000
#define INK         0xd8d8d8
#define DOT_GAP_PX  56
#define DOT_SIZE_PX 13

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

void starting_draw(const struct canvas *canvas, const struct home_facts *facts)
{
    static const uint32_t dots[] = {0x4aa3f0, 0x2f6ea8, 0x1b3f60};
    const struct text_pair *text = &texts[TEXT_STARTING];
    int width = (int)canvas->width_px;
    int height = (int)canvas->height_px;

    canvas_fill(canvas, (struct rect){0, 0, width, height}, BACKGROUND);
    for (int i = 0; i < (int)ARRAY_COUNT(dots); i++) {
        canvas_circle(canvas, width / 2 + (i - 1) * DOT_GAP_PX, height * 2 / 5, DOT_SIZE_PX,
                      dots[i]);
    }
    type_draw(canvas, &style_date, ALIGN_CENTRE, width / 2, height * 2 / 5 + 2 * DOT_GAP_PX, INK,
              strcmp(facts->region, "cn") == 0 ? text->chinese : text->english);
}
