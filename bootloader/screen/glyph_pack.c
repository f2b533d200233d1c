/* SPDX-License-Identifier: MIT */
/*
 * Packs one glyph's picture: from its end to its beginning,
 * the cheapest way to go on from each pixel.
 */
#include "screen/glyph_pack.h"

#include "base/bytes.h"
#include "screen/glyphs.h"

#include <stdbool.h>
#include <stdlib.h>

/* One way to go on from a pixel. */
struct step {
    uint8_t code;
    bool counted;
    size_t run;  /* pixels */
    size_t cost; /* bits, from here to the end */
};

struct picture {
    uint8_t *codes;     /* of one pixel each */
    struct step *steps; /* one for each pixel, and the end */
    size_t width;
    size_t count;
};

static uint8_t code_of(uint8_t pixel)
{
    unsigned step = (pixel * (unsigned)GLYPH_STEPS + 127) / 255;

    return (uint8_t)(step == GLYPH_STEPS ? GLYPH_OPAQUE : step);
}

/*
 * How many pixels from `pixel` on are each like the one `back` before it;
 * at most as many as a run has.
 */
static size_t alike(const struct picture *picture, size_t pixel, size_t back)
{
    size_t run = 0;

    while (pixel >= back && run < GLYPH_RUN_MAX && pixel + run < picture->count &&
           picture->codes[pixel + run] == picture->codes[pixel + run - back]) {
        run++;
    }
    return run;
}

/* With a zero before it for each bit beyond GLYPH_RUN_BITS. */
static size_t run_bits(size_t run)
{
    size_t bits = GLYPH_RUN_BITS;

    while ((run + GLYPH_RUN_BIAS) >> bits != 0) {
        bits++;
    }
    return 2 * bits - GLYPH_RUN_BITS;
}

static size_t cost_of(const struct picture *picture, size_t pixel, size_t run)
{
    return GLYPH_CODE_BITS + run_bits(run) + picture->steps[pixel + run].cost;
}

static struct step best_step(const struct picture *picture, size_t pixel)
{
    uint8_t code = picture->codes[pixel];
    size_t above = alike(picture, pixel, picture->width);
    struct step step = {.code = code, .run = 1};

    if (code == GLYPH_TRANSPARENT || code == GLYPH_OPAQUE) {
        step.counted = true;
        step.run = 1 + alike(picture, pixel + 1, 1);
        step.run = MIN(step.run, GLYPH_RUN_MAX);
        step.cost = cost_of(picture, pixel, step.run);
    } else {
        step.cost = GLYPH_CODE_BITS + picture->steps[pixel + 1].cost;
    }
    for (size_t run = above; run != 0; run--) {
        size_t cost = cost_of(picture, pixel, run);

        if (cost < step.cost) {
            step = (struct step){GLYPH_ABOVE, true, run, cost};
        }
    }
    return step;
}

static void put_bits(uint8_t *bytes, size_t *at, unsigned value, size_t count)
{
    for (size_t i = count; i-- != 0; (*at)++) {
        bytes[*at / 8] |= (uint8_t)((value >> i & 1u) << (7 - *at % 8));
    }
}

/* Returns the bytes that it took. */
static size_t put_steps(const struct picture *picture, uint8_t *bytes)
{
    size_t at = 0;

    for (size_t i = 0; i < picture->count; i += picture->steps[i].run) {
        put_bits(bytes, &at, picture->steps[i].code, GLYPH_CODE_BITS);
        if (picture->steps[i].counted) {
            put_bits(bytes, &at, (unsigned)picture->steps[i].run + GLYPH_RUN_BIAS,
                     run_bits(picture->steps[i].run));
        }
    }
    return (at + 7) / 8;
}

size_t glyph_pack(const uint8_t *pixels, size_t width, size_t rows, uint8_t **out_bytes)
{
    size_t count = width * rows;
    struct picture picture = {
        .codes = calloc(count + 1, 1),
        .steps = calloc(count + 1, sizeof(struct step)),
        .width = width,
        .count = count,
    };
    uint8_t *bytes = calloc(count + 1 + GLYPH_SPARE_BYTES, 1);
    size_t packed = 0;

    if (picture.codes != NULL && picture.steps != NULL && bytes != NULL) {
        for (size_t i = 0; i < count; i++) {
            picture.codes[i] = code_of(pixels[i]);
        }
        for (size_t i = count; i-- != 0;) {
            picture.steps[i] = best_step(&picture, i);
        }
        packed = put_steps(&picture, bytes);
        *out_bytes = bytes;
    } else {
        free(bytes);
    }
    free(picture.codes);
    free(picture.steps);
    return packed;
}
