/* SPDX-License-Identifier: MIT */
/*
 * What stands for the ROM in a web page, where no kernel runs: the pure parts of the ROM's own
 * programs, called in init's order by scripts/web/rom.js.
 *
 * Texts and records from the page come in `room`; strings given back live until the next call.
 */
#include "boot_message.h"
#include "props.h"
#include "rom/boot_success.h"
#include "rom/home.h"
#include "rom/popup.h"
#include "rom/region_check.h"
#include "rom/starting.h"

#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define ROOM_BYTES   65536
#define PIXELS_MAX   (4u << 20)

void *room(void);
void read_properties(size_t cmdline_bytes, size_t file_bytes);
const char *property(void);
const char *check_region(void);
uint32_t *draw_home(uint32_t width_px, uint32_t height_px, unsigned popups);
void set_clock(int month, int day, int weekday, int hour, int minute);
uint32_t *draw_starting(uint32_t width_px, uint32_t height_px);
const char *popup(unsigned number);
int mark_slot(int slot);
const void *message_to_recovery(void);

/* One instance is one start of the system. */
static struct {
    uint8_t room[ROOM_BYTES];
    struct props props;
    struct home_facts facts;
    struct bootloader_message message;
    uint32_t pixels[PIXELS_MAX];
} rom;

/* NULL when the panel is larger than any. */
static bool canvas_of(uint32_t width_px, uint32_t height_px, struct canvas *out)
{
    if (height_px == 0 || width_px > PIXELS_MAX / height_px) {
        return false;
    }
    *out = (struct canvas){rom.pixels, width_px, height_px, width_px};
    return true;
}

EXPORT(room) void *room(void)
{
    return rom.room;
}

/* In `room`: the kernel's command line, and behind it the file default.prop. */
EXPORT(read_properties) void read_properties(size_t cmdline_bytes, size_t file_bytes)
{
    if (cmdline_bytes > ROOM_BYTES || file_bytes > ROOM_BYTES - cmdline_bytes) {
        return;
    }
    props_read_cmdline(&rom.props, (const char *)rom.room, cmdline_bytes);
    props_read_file(&rom.props, (const char *)rom.room + cmdline_bytes, file_bytes);
    props_derive(&rom.props);
    home_read_facts(&rom.props, &rom.facts);
}

/* Of the key in `room`; "" when there is none. */
EXPORT(property) const char *property(void)
{
    rom.room[PROP_KEY_BYTES] = '\0';
    return props_get(&rom.props, (const char *)rom.room, "");
}

/* "" where the lab's regime is another one: it is then not even reported. */
EXPORT(check_region) const char *check_region(void)
{
    enum region_check result = region_check(&rom.props);

    return result == REGION_CHECK_NOT_IN_LAB ? "" : region_check_name(result);
}

EXPORT(set_clock) void set_clock(int month, int day, int weekday, int hour, int minute)
{
    rom.facts.time = (struct clock_time){month, day, weekday, hour, minute};
}

EXPORT(draw_home) uint32_t *draw_home(uint32_t width_px, uint32_t height_px, unsigned popups)
{
    struct canvas canvas;

    if (!canvas_of(width_px, height_px, &canvas)) {
        return NULL;
    }
    home_draw(&canvas, &rom.facts);
    popup_draw_pile(&canvas, popups);
    return rom.pixels;
}

EXPORT(draw_starting) uint32_t *draw_starting(uint32_t width_px, uint32_t height_px)
{
    struct canvas canvas;

    if (!canvas_of(width_px, height_px, &canvas)) {
        return NULL;
    }
    starting_draw(&canvas, &rom.facts);
    return rom.pixels;
}

EXPORT(popup) const char *popup(unsigned number)
{
    return popup_kind(number);
}

/* The slots' record in `room`, changed where it must be. 0: it was so already, or is no record. */
EXPORT(mark_slot) int mark_slot(int slot)
{
    const char suffix[] = {'_', (char)('a' + slot), '\0'};
    struct slots_record record;
    bool changed;

    memcpy(&record, rom.room, sizeof record);
    changed = boot_success_mark(&record, suffix);
    memcpy(rom.room, &record, sizeof record);
    return changed;
}

/* The message by which a ROM that will not run here asks for the recovery. */
EXPORT(message_to_recovery) const void *message_to_recovery(void)
{
    boot_message_make(BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SHOW_MISMATCH, &rom.message);
    return &rom.message;
}
