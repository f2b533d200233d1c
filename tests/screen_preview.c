/* SPDX-License-Identifier: MIT */
/*
 * screen-preview SCREEN [options] -o OUT.png: draws one screen of the bootloader to a picture.
 *
 * Runs on the building machine, with the same drawing code and glyphs as the phone. Needs libpng,
 * which comes with the headers of FreeType.
 */
#include "screen/fastboot_screen.h"
#include "screen/screens.h"

#include <getopt.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX_PX 4096

struct request {
    const char *out;
    enum screen screen;
    uint32_t width_px;
    uint32_t height_px;
    struct screen_facts facts;
    bool data;
    int progress; /* percent; -1: none */
};

static const enum screen screens[] = {SCREEN_BLACK,  SCREEN_LOGO,     SCREEN_REGION, SCREEN_VERIFICATION,
                                      SCREEN_NO_ROM, SCREEN_HARDWARE, SCREEN_PANIC, SCREEN_YELLOW, SCREEN_ORANGE,
                                      SCREEN_RED,    SCREEN_NO_RECOVERY, SCREEN_BOOT_LOOP, SCREEN_FASTBOOT, SCREEN_UNLOCK,
                                      SCREEN_LOCK};

/* By the names that the trace uses. */
static const struct {
    const char *name;
    enum reason reason;
} reasons[] = {
    {"region-mismatch", REASON_REGION_MISMATCH},
    {"region-unknown", REASON_REGION_UNKNOWN},
    {"bad-signature", REASON_BAD_SIGNATURE},
    {"bad-hash", REASON_BAD_HASH},
    {"wrong-key", REASON_WRONG_KEY},
    {"unsupported", REASON_UNSUPPORTED},
    {"rollback", REASON_ROLLBACK},
    {"no-rom", REASON_NO_ROM},
    {"bad-gpt", REASON_BAD_GPT},
    {"bad-board", REASON_BAD_BOARD},
    {"bad-state", REASON_BAD_STATE},
};

static const char usage[] =
    "screen-preview SCREEN [options] -o OUT.png\n"
    "\n"
    "  SCREEN           black, logo, region, verification, no-rom, hardware, panic, yellow, orange,\n"
    "                   red, no-recovery, boot-loop, fastboot, unlock, lock\n"
    "  --made-for R     cn, global (default: cn)\n"
    "  --rom R          cn, global, or any other marker; '' for none (default: global)\n"
    "  --reason R       bad-signature, bad-gpt, ... as the trace names it\n"
    "  --unlocked       the phone is unlocked\n"
    "  --wait S         on a screen that waits: seconds left; --paused: and it stands still\n"
    "  --key-id TEXT    yellow: whose key it is\n"
    "  --data           fastboot: with the phone's data\n"
    "  --progress N     fastboot: so many percent of a flashing\n"
    "  --name, --codename, --serial, --version, --detail TEXT\n"
    "  --width, --height PIXELS (default: 720 x 1440)\n";

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "screen-preview: %s: %s\n%s", which, what, usage);
    exit(1);
}

static enum screen parse_screen(const char *word)
{
    for (size_t i = 0; i < ARRAY_COUNT(screens); i++) {
        if (strcmp(screen_name(screens[i]), word) == 0) {
            return screens[i];
        }
    }
    fail("no such screen", word);
    return SCREEN_BLACK;
}

static enum reason parse_reason(const char *word)
{
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
        if (strcmp(reasons[i].name, word) == 0) {
            return reasons[i].reason;
        }
    }
    fail("no such reason", word);
    return REASON_NONE;
}

static enum region parse_region(const char *word)
{
    return strcmp(word, "cn") == 0       ? REGION_CN
           : strcmp(word, "global") == 0 ? REGION_GLOBAL
                                         : REGION_UNKNOWN;
}

static uint32_t parse_side(const char *word)
{
    char *end;
    unsigned long side = strtoul(word, &end, 10);

    if (*end != '\0' || side < 1 || side > SIDE_MAX_PX) {
        fail("not a number of pixels from 1 to 4096", word);
    }
    return (uint32_t)side;
}

static void take_option(struct request *request, int option, const char *value)
{
    struct screen_facts *facts = &request->facts;

    switch (option) {
    case 'o': request->out = value; break;
    case 'm': facts->made_for = parse_region(value); break;
    case 'r': facts->rom_region = parse_region(value); facts->rom_region_text = value; break;
    case 'R': facts->reason = parse_reason(value); break;
    case 'u': facts->unlocked = true; break;
    case 'n': facts->name = value; break;
    case 'c': facts->codename = value; break;
    case 's': facts->serial = value; break;
    case 'v': facts->rom_version = value; break;
    case 'd': facts->detail = value; break;
    case 'W': request->width_px = parse_side(value); break;
    case 'H': request->height_px = parse_side(value); break;
    case 'w': facts->wait = SCREEN_WAIT_COUNTING; facts->wait_s = (uint32_t)strtoul(value, NULL, 10); break;
    case 'p': facts->wait = SCREEN_WAIT_PAUSED; break;
    case 'k': snprintf(facts->key_id, sizeof facts->key_id, "%s", value); break;
    case 'D': request->data = true; break;
    case 'P': request->progress = (int)strtoul(value, NULL, 10); break;
    case 'h': fputs(usage, stdout); exit(0);
    default: exit(1); /* getopt said why */
    }
}

static struct request parse(int argc, char **argv)
{
    static const struct option options[] = {
        {"out", required_argument, NULL, 'o'},      {"made-for", required_argument, NULL, 'm'},
        {"rom", required_argument, NULL, 'r'},      {"reason", required_argument, NULL, 'R'},
        {"unlocked", no_argument, NULL, 'u'},       {"name", required_argument, NULL, 'n'},
        {"codename", required_argument, NULL, 'c'}, {"serial", required_argument, NULL, 's'},
        {"version", required_argument, NULL, 'v'},  {"detail", required_argument, NULL, 'd'},
        {"width", required_argument, NULL, 'W'},    {"height", required_argument, NULL, 'H'},
        {"wait", required_argument, NULL, 'w'},     {"paused", no_argument, NULL, 'p'},
        {"key-id", required_argument, NULL, 'k'},   {"data", no_argument, NULL, 'D'},
        {"progress", required_argument, NULL, 'P'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
    };
    struct request request = {
        .width_px = 720,
        .height_px = 1440,
        .progress = -1,
        .facts = {.name = "Mi 8", .codename = "dipper", .serial = "8a3f21c0", .made_for = REGION_CN,
                  .rom_region = REGION_GLOBAL, .rom_region_text = "global",
                  .rom_version = "V9.6.1.0.OEAMIFD", .detail = ""},
    };
    int option;

    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        take_option(&request, option, optarg);
    }
    if (optind + 1 != argc || request.out == NULL) {
        fail("one SCREEN and -o OUT.png are needed", "arguments");
    }
    request.screen = parse_screen(argv[optind]);
    return request;
}

static void draw(const struct canvas *canvas, const struct request *request)
{
    const struct screen_facts *facts = &request->facts;
    const struct fastboot_facts fastboot = {
        .name = facts->name,
        .product = facts->codename,
        .variant = "SDM UFS",
        .serial = facts->serial,
        .slot = "a",
        .anti = "4",
        .unlocked = facts->unlocked,
        .made_for = facts->made_for,
        .data_shown = request->data,
    };

    if (request->screen == SCREEN_FASTBOOT) {
        screen_draw_fastboot(canvas, &fastboot);
        if (request->progress >= 0) {
            screen_draw_progress(canvas, "Writing system", (unsigned)request->progress);
        }
    } else if (request->screen == SCREEN_UNLOCK || request->screen == SCREEN_LOCK) {
        screen_draw_question(canvas, request->screen == SCREEN_UNLOCK, false);
    } else {
        screen_draw(canvas, request->screen, facts);
    }
}

int main(int argc, char **argv)
{
    struct request request = parse(argc, argv);
    size_t count = (size_t)request.width_px * request.height_px;
    uint32_t *pixels = calloc(count, sizeof(*pixels));
    uint8_t *colours = malloc(count * 3);
    png_image image = {.version = PNG_IMAGE_VERSION, .width = request.width_px,
                       .height = request.height_px, .format = PNG_FORMAT_RGB};
    const struct canvas canvas = {pixels, request.width_px, request.height_px, request.width_px};

    if (pixels == NULL || colours == NULL) {
        fail("no memory for the picture", request.out);
    }
    draw(&canvas, &request);
    for (size_t i = 0; i < count; i++) {
        colours[3 * i] = (uint8_t)(pixels[i] >> 16);
        colours[3 * i + 1] = (uint8_t)(pixels[i] >> 8);
        colours[3 * i + 2] = (uint8_t)pixels[i];
    }
    int written = png_image_write_to_file(&image, request.out, 0, colours, 0, NULL);
    free(pixels);
    free(colours);
    if (!written) {
        remove(request.out);
        fprintf(stderr, "screen-preview: %s: %s\n", request.out, image.message);
        return 1;
    }
    return 0;
}
