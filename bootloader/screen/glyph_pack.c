/* SPDX-License-Identifier: MIT */
/* Packs one glyph's picture: from its end to its beginning, the cheapest way to go on from each pixel. */
#include "screen/glyph_pack.h"

#include "screen/glyphs.h"

#include <stdbool.h>
#include <stdlib.h>

/* One way to go on from a pixel. */
struct step {
    uint8_t nibble;
    bool counted;
    size_t run;  /* pixels */
    size_t cost; /* nibbles, from here to the end */
};

struct picture {
    uint8_t *coverages; /* 4 bits each */
    struct step *steps; /* one for each pixel, and the end */
    size_t width;
    size_t count;
};

static uint8_t coverage_of(uint8_t pixel)
{
    unsigned coverage = (pixel * 15u + 127) / 255;

    return (uint8_t)(coverage == GLYPH_ABOVE ? GLYPH_ABOVE - 1 : coverage);
}

/* How many pixels from `pixel` on are each like the one `back` before it; at most as many as a run has. */
static size_t alike(const struct picture *picture, size_t pixel, size_t back)
{
    size_t run = 0;

    while (pixel >= back && run < GLYPH_RUN_MAX && pixel + run < picture->count &&
           picture->coverages[pixel + run] == picture->coverages[pixel + run - back]) {
        run++;
    }
    return run;
}

static struct step best_step(const struct picture *picture, size_t pixel)
{
    const struct step *steps = picture->steps;
    uint8_t coverage = picture->coverages[pixel];
    size_t above = alike(picture, pixel, picture->width);
    struct step step = {.nibble = coverage, .run = 1};

    if (coverage == GLYPH_TRANSPARENT || coverage == GLYPH_OPAQUE) {
        step.counted = true;
        step.run = 1 + alike(picture, pixel + 1, 1);
        step.run = step.run < GLYPH_RUN_MAX ? step.run : GLYPH_RUN_MAX;
    }
    step.cost = 1 + step.counted + steps[pixel + step.run].cost;
    if (above != 0 && 2 + steps[pixel + above].cost < step.cost) {
        step = (struct step){GLYPH_ABOVE, true, above, 2 + steps[pixel + above].cost};
    }
    return step;
}

static size_t put_steps(const struct picture *picture, uint8_t *nibbles)
{
    size_t count = 0;

    for (size_t i = 0; i < picture->count; i += picture->steps[i].run) {
        nibbles[count++] = picture->steps[i].nibble;
        if (picture->steps[i].counted) {
            nibbles[count++] = (uint8_t)(picture->steps[i].run - 1);
        }
    }
    return count;
}

size_t glyph_pack(const uint8_t *pixels, size_t width, size_t rows, uint8_t **out_nibbles)
{
    size_t count = width * rows;
    struct picture picture = {
        .coverages = calloc(count + 1, 1),
        .steps = calloc(count + 1, sizeof(struct step)),
        .width = width,
        .count = count,
    };
    uint8_t *nibbles = calloc(count + 1, 2);
    size_t packed = 0;

    if (picture.coverages != NULL && picture.steps != NULL && nibbles != NULL) {
        for (size_t i = 0; i < count; i++) {
            picture.coverages[i] = coverage_of(pixels[i]);
        }
        for (size_t i = count; i-- != 0;) {
            picture.steps[i] = best_step(&picture, i);
        }
        packed = put_steps(&picture, nibbles);
        *out_nibbles = nibbles;
    } else {
        free(nibbles);
    }
    free(picture.coverages);
    free(picture.steps);
    return packed;
}
