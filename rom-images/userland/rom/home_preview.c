/* SPDX-License-Identifier: MIT */
/*
 * home-preview OUT.ppm [NAME=VALUE ...]: draws the home screen on the building machine, to be
 * looked at.
 *
 *   region=cn version=V9.6.1.0.OEAMIFD model="Mi 8" state=green clock=09:41 width=720 height=1440
 *   popups=0
 */
#include "rom/home.h"
#include "rom/popup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option {
    REGION,
    VERSION,
    MODEL,
    STATE,
    CLOCK,
    WIDTH,
    HEIGHT,
    POPUPS,
    OPTION_COUNT,
};

static const char *const names[OPTION_COUNT] = {
    [REGION] = "region=", [VERSION] = "version=", [MODEL] = "model=",   [STATE] = "state=",
    [CLOCK] = "clock=",   [WIDTH] = "width=",     [HEIGHT] = "height=", [POPUPS] = "popups=",
};

static bool write_ppm(const char *path, const struct canvas *canvas)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        return false;
    }
    fprintf(file, "P6\n%u %u\n255\n", canvas->width_px, canvas->height_px);
    for (size_t y = 0; y < canvas->height_px; y++) {
        for (size_t x = 0; x < canvas->width_px; x++) {
            uint32_t pixel = canvas->pixels[y * canvas->stride_px + x];

            putc((int)(pixel >> 16 & 0xff), file);
            putc((int)(pixel >> 8 & 0xff), file);
            putc((int)(pixel & 0xff), file);
        }
    }
    return fclose(file) == 0;
}

static bool read_options(int argc, char **argv, const char *values[OPTION_COUNT])
{
    for (int i = 2; i < argc; i++) {
        int option = 0;

        while (option < OPTION_COUNT &&
               strncmp(argv[i], names[option], strlen(names[option])) != 0) {
            option++;
        }
        if (option == OPTION_COUNT) {
            fprintf(stderr, "home-preview: unknown option %s\n", argv[i]);
            return false;
        }
        values[option] = argv[i] + strlen(names[option]);
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *values[OPTION_COUNT] = {
        "cn", "V9.6.1.0.OEACNFD", "Mi 8", "green", "09:41", "720", "1440", "0"};
    struct home_facts facts;
    struct canvas canvas;
    bool written;

    if (argc < 2 || !read_options(argc, argv, values)) {
        fprintf(stderr, "usage: home-preview OUT.ppm [region=cn] [height=1440] ...\n");
        return 1;
    }
    facts = (struct home_facts){.region = values[REGION],
                                .version = values[VERSION],
                                .model = values[MODEL],
                                .boot_state = values[STATE],
                                .time = clock_read(values[CLOCK])};
    canvas.width_px = canvas.stride_px = (uint32_t)(strtoul(values[WIDTH], NULL, 10) % 4096);
    canvas.height_px = (uint32_t)(strtoul(values[HEIGHT], NULL, 10) % 4096);
    canvas.pixels = calloc((size_t)canvas.stride_px * canvas.height_px + 1, sizeof(uint32_t));
    if (canvas.pixels == NULL) {
        fprintf(stderr, "home-preview: no memory\n");
        return 1;
    }
    home_draw(&canvas, &facts);
    popup_draw_pile(&canvas, (unsigned)strtoul(values[POPUPS], NULL, 10));
    written = write_ppm(argv[1], &canvas);
    free(canvas.pixels);
    if (!written) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
