/* SPDX-License-Identifier: MIT */
/*
 * What stands for the recovery in a web page, where no kernel runs: the pure parts of its own
 * program, called by scripts/web/rom.js. Strings given back live as long as the instance.
 */
#include "boot_message.h"
#include "recovery/draw.h"

#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define PIXELS_MAX   (4u << 20)

void *message(void);
int open_message(void);
const void *empty_message(void);
int press(int key);
void wiped(int done);
const char *page_name(void);
size_t selected(void);
uint32_t *draw(uint32_t width_px, uint32_t height_px);

/* One instance is one start of the recovery. */
static struct {
    struct recovery_view view;
    struct bootloader_message message;
    uint32_t pixels[PIXELS_MAX];
} recovery;

/* Where the page puts what it read from misc. */
EXPORT(message) void *message(void)
{
    return &recovery.message;
}

/* Is the line about the region on the menu? */
EXPORT(open_message) int open_message(void)
{
    recovery.view.mismatch = boot_message_asks(&recovery.message, RECOVERY_SHOW_MISMATCH);
    return recovery.view.mismatch;
}

/* What a person leaves behind who leaves the recovery. */
EXPORT(empty_message) const void *empty_message(void)
{
    boot_message_make("", "", &recovery.message);
    return &recovery.message;
}

/* An enum recovery_key in, an enum recovery_action out. */
EXPORT(press) int press(int key)
{
    return recovery_press(&recovery.view, (enum recovery_key)key);
}

EXPORT(wiped) void wiped(int done)
{
    recovery_go(&recovery.view, done ? RECOVERY_WIPED : RECOVERY_WIPE_FAILED);
}

EXPORT(page_name) const char *page_name(void)
{
    return recovery_page_about(recovery.view.page)->name;
}

EXPORT(selected) size_t selected(void)
{
    return recovery.view.selected;
}

/* NULL when the panel is larger than any. */
EXPORT(draw) uint32_t *draw(uint32_t width_px, uint32_t height_px)
{
    struct canvas canvas = {recovery.pixels, width_px, height_px, width_px};

    if (height_px == 0 || width_px > PIXELS_MAX / height_px) {
        return NULL;
    }
    recovery_draw(&canvas, &recovery.view);
    return recovery.pixels;
}
