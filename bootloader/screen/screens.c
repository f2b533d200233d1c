/* SPDX-License-Identifier: MIT */
/* Stage screen: the table of screens, and which of them says what. page.h has the units. */
#include "screen/screens.h"

#include "screen/choices.h"
#include "screen/key_help.h"
#include "screen/page.h"

#define TITLE(gap, words)                                                                          \
    {.draw = item_text, .gap_px = (gap), .text = (words), .english = ROLE_TITLE,                   \
     .chinese = ROLE_TITLE, .colour = COLOUR_WHITE}
#define LINES(gap, words)                                                                          \
    {.draw = item_text, .gap_px = (gap), .text = (words), .english = ROLE_BODY,                    \
     .chinese = ROLE_BODY, .colour = COLOUR_WHITE}
#define LINES_BY(gap, function)                                                                    \
    {.draw = (function), .gap_px = (gap), .english = ROLE_BODY, .chinese = ROLE_BODY,              \
     .colour = COLOUR_WHITE}
#define ICON(gap, function, size)                                                                  \
    {.draw = item_icon, .gap_px = (gap), .icon = (function), .icon_px = (size)}

static const struct item logo_items[] = {
    ICON(0, icon_emblem, 250),
    {.draw = item_text, .gap_px = 36, .text = TEXT_NAME, .english = ROLE_MARK, .colour = COLOUR_WHITE},
    {.draw = item_text, .gap_px = 12, .text = TEXT_ABOUT, .english = ROLE_CAPTION,
     .chinese = ROLE_CAPTION, .colour = COLOUR_DIM},
};

static const struct item region_items[] = {
    {.draw = item_text, .text = TEXT_REGION_TITLE, .english = ROLE_TITLE,
     .chinese = ROLE_SUBTITLE, .colour = COLOUR_WHITE},
    {.draw = item_regions, .gap_px = 44},
    LINES_BY(48, item_install),
    LINES(24, TEXT_BUY),
};

static const struct item verification_items[] = {
    ICON(0, icon_warning, 240),
    TITLE(56, TEXT_DESTROYED),
    LINES(48, TEXT_PRESS_POWER),
    LINES_BY(72, item_reason),
};

static const struct item no_rom_items[] = {
    ICON(0, icon_no_rom, 240),
    TITLE(64, TEXT_NO_ROM_TITLE),
    LINES_BY(48, item_install),
};

static const struct item hardware_items[] = {
    ICON(0, icon_chip, 220),
    TITLE(64, TEXT_HARDWARE_TITLE),
    LINES_BY(48, item_reason),
    LINES(32, TEXT_FACTORY),
};

static const struct item panic_items[] = {
    ICON(0, icon_stop, 104),
    TITLE(40, TEXT_PANIC_TITLE),
    LINES(36, TEXT_PANIC_WHY),
    {.draw = item_detail, .gap_px = 44, .english = ROLE_CAPTION, .colour = COLOUR_GREY},
};

static const struct item no_recovery_items[] = {
    ICON(0, icon_no_rom, 240),
    TITLE(64, TEXT_NO_RECOVERY_TITLE),
    LINES(48, TEXT_NO_RECOVERY_WHY),
};

static const struct item boot_loop_items[] = {
    ICON(0, icon_warning_orange, 240),
    TITLE(64, TEXT_BOOT_LOOP_TITLE),
    LINES(48, TEXT_BOOT_LOOP_WHY),
    LINES(32, TEXT_BOOT_LOOP_CURE),
};

static const struct item yellow_items[] = {
    ICON(0, icon_warning_yellow, 200),
    LINES(56, TEXT_YELLOW_WHAT),
    LINES(32, TEXT_YELLOW_WHO),
    {.draw = item_key_id, .gap_px = 32},
};

static const struct item orange_items[] = {
    ICON(0, icon_warning_orange, 200),
    LINES(56, TEXT_ORANGE_WHAT),
    LINES(32, TEXT_ORANGE_DATA),
};

static const struct item red_items[] = {
    ICON(0, icon_warning, 200),
    LINES(56, TEXT_RED_WHAT),
    LINES_BY(48, item_reason),
};

static const struct item fastboot_items[] = {
    ICON(0, icon_mascot, 330),
    {.draw = item_fastboot, .gap_px = 20, .text = TEXT_FASTBOOT, .english = ROLE_WORD},
    {.draw = item_data, .gap_px = 28},
};

static const struct item unlock_items[] = {
    ICON(0, icon_warning_orange, 200),
    TITLE(48, TEXT_UNLOCK_TITLE),
    LINES(36, TEXT_UNLOCK_WHAT),
    LINES(24, TEXT_WIPES),
    {.draw = item_answer_no, .gap_px = 48, .text = TEXT_UNLOCK_NO},
    {.draw = item_answer_yes, .gap_px = 16, .text = TEXT_UNLOCK_YES},
};

static const struct item lock_items[] = {
    ICON(0, icon_warning_orange, 200),
    TITLE(48, TEXT_LOCK_TITLE),
    LINES(36, TEXT_LOCK_WHAT),
    LINES(24, TEXT_WIPES),
    {.draw = item_answer_no, .gap_px = 48, .text = TEXT_LOCK_NO},
    {.draw = item_answer_yes, .gap_px = 16, .text = TEXT_LOCK_YES},
};

static const struct key_row brick_rows[] = {
    {{TEXT_CAP_ENTER}, TEXT_KEYS_OFF},
    {{TEXT_CAP_DOWN, TEXT_CAP_ENTER}, TEXT_KEYS_FASTBOOT},
};
static const struct key_row pause_rows[] = {
    {{TEXT_CAP_ENTER}, TEXT_KEYS_PAUSE},
    {{TEXT_CAP_ENTER}, TEXT_KEYS_GO_ON},
};
static const struct key_row fastboot_rows[] = {
    {{TEXT_CAP_UP}, TEXT_KEYS_DATA},
    {{TEXT_CAP_DOWN}, TEXT_KEYS_NEXT},
    {{TEXT_CAP_ENTER}, TEXT_KEYS_DO},
};
static const struct key_row answer_rows[] = {
    {{TEXT_CAP_UP, TEXT_CAP_DOWN}, TEXT_KEYS_CHOOSE},
    {{TEXT_CAP_ENTER}, TEXT_KEYS_DO},
};

#define KEYS(gap, function, rows)                                                                  \
    {.draw = (function), .gap_px = (gap), .keys = (rows), .key_count = ARRAY_COUNT(rows)}

static const struct item lock_feet[] = {{.draw = item_lock, .icon_px = 60}};
static const struct item identity_feet[] = {{.draw = item_identity}};
static const struct item brick_feet[] = {
    KEYS(0, item_keys, brick_rows),
    {.draw = item_identity, .gap_px = 20},
};
static const struct item warning_feet[] = {
    {.draw = item_wait, .text = TEXT_WAIT_START},
    KEYS(16, item_pause_keys, pause_rows),
    {.draw = item_identity, .gap_px = 20},
};
static const struct item red_feet[] = {
    {.draw = item_wait, .text = TEXT_WAIT_OFF},
    KEYS(16, item_keys, brick_rows),
    {.draw = item_identity, .gap_px = 20},
};
static const struct item fastboot_feet[] = {
    {.draw = item_progress_room},
    {.draw = item_choices, .gap_px = 20},
    KEYS(20, item_keys, fastboot_rows),
};
static const struct item answer_feet[] = {KEYS(0, item_keys, answer_rows)};

#define ITEMS(list) .items = (list), .item_count = ARRAY_COUNT(list)
#define FEET(list)  .feet = (list), .foot_count = ARRAY_COUNT(list)

static const struct layout layouts[] = {
    [SCREEN_BLACK] = {.name = "black"},
    [SCREEN_LOGO] = {.name = "logo", ITEMS(logo_items), FEET(lock_feet)},
    [SCREEN_REGION] = {.name = "region", ITEMS(region_items), FEET(brick_feet)},
    [SCREEN_VERIFICATION] = {.name = "verification", ITEMS(verification_items), FEET(brick_feet)},
    [SCREEN_NO_ROM] = {.name = "no-rom", ITEMS(no_rom_items), FEET(brick_feet)},
    [SCREEN_HARDWARE] = {.name = "hardware", ITEMS(hardware_items), FEET(brick_feet)},
    [SCREEN_PANIC] = {.name = "panic", ITEMS(panic_items), FEET(identity_feet)},
    [SCREEN_YELLOW] = {.name = "yellow", ITEMS(yellow_items), FEET(warning_feet), .wait_s = 10},
    [SCREEN_ORANGE] = {.name = "orange", ITEMS(orange_items), FEET(warning_feet), .wait_s = 10},
    [SCREEN_RED] = {.name = "red", ITEMS(red_items), FEET(red_feet), .wait_s = 30},
    [SCREEN_NO_RECOVERY] = {.name = "no-recovery", ITEMS(no_recovery_items), FEET(brick_feet)},
    [SCREEN_BOOT_LOOP] = {.name = "boot-loop", ITEMS(boot_loop_items), FEET(brick_feet)},
    [SCREEN_FASTBOOT] = {.name = "fastboot", ITEMS(fastboot_items), FEET(fastboot_feet)},
    [SCREEN_UNLOCK] = {.name = "unlock", ITEMS(unlock_items), FEET(answer_feet)},
    [SCREEN_LOCK] = {.name = "lock", ITEMS(lock_items), FEET(answer_feet)},
};

/* A brick is shown by its reason; one that nobody gave is our own mistake. */
static const enum screen brick_screens[] = {
    [REASON_NONE] = SCREEN_PANIC,
    [REASON_OK] = SCREEN_PANIC,
    [REASON_REGION_MISMATCH] = SCREEN_REGION,
    [REASON_REGION_UNKNOWN] = SCREEN_REGION,
    [REASON_BAD_SIGNATURE] = SCREEN_VERIFICATION,
    [REASON_BAD_HASH] = SCREEN_VERIFICATION,
    [REASON_WRONG_KEY] = SCREEN_VERIFICATION,
    [REASON_ROLLBACK] = SCREEN_VERIFICATION,
    [REASON_NO_ROM] = SCREEN_NO_ROM,
    [REASON_BAD_GPT] = SCREEN_HARDWARE,
    [REASON_BAD_BOARD] = SCREEN_HARDWARE,
    [REASON_BAD_STATE] = SCREEN_HARDWARE,
    [REASON_BOOT_LOOP] = SCREEN_BOOT_LOOP,
    [REASON_KEYS] = SCREEN_PANIC,
    [REASON_BCB] = SCREEN_PANIC,
    [REASON_COMMAND] = SCREEN_PANIC,
    [REASON_UNSUPPORTED] = SCREEN_VERIFICATION,
};

/* FATE_BRICK is not here: its reason picks the screen. */
static const enum screen fate_screens[] = {
    [FATE_DEAD] = SCREEN_BLACK,           [FATE_BOOT] = SCREEN_LOGO, [FATE_FASTBOOT] = SCREEN_FASTBOOT,
    [FATE_RECOVERY] = SCREEN_NO_RECOVERY, [FATE_OFF] = SCREEN_BLACK,
};

/* What stands before a ROM that starts. On Xiaomi phones the padlock on the logo is enough. */
static enum screen start_screen(enum boot_state boot_state, enum os os)
{
    if (boot_state == BOOT_STATE_YELLOW) {
        return SCREEN_YELLOW;
    }
    return boot_state == BOOT_STATE_ORANGE && os == OS_ANDROID_ONE ? SCREEN_ORANGE : SCREEN_LOGO;
}

static enum screen brick_screen(enum reason reason, enum os os)
{
    enum screen screen = (size_t)reason < ARRAY_COUNT(brick_screens) ? brick_screens[reason]
                                                                     : SCREEN_PANIC;

    return screen == SCREEN_VERIFICATION && os == OS_ANDROID_ONE ? SCREEN_RED : screen;
}

const char *screen_name(enum screen screen)
{
    return (size_t)screen < ARRAY_COUNT(layouts) ? layouts[screen].name : "unknown";
}

enum screen screen_for(const struct decision *decision, enum os os)
{
    if (decision->fate == FATE_BOOT) {
        return start_screen(decision->boot_state, os);
    }
    if (decision->fate != FATE_BRICK && (size_t)decision->fate < ARRAY_COUNT(fate_screens)) {
        return fate_screens[decision->fate];
    }
    return brick_screen(decision->reason, os);
}

uint32_t screen_wait_s(enum screen screen)
{
    return (size_t)screen < ARRAY_COUNT(layouts) ? layouts[screen].wait_s : 0;
}

const struct layout *screen_layout(enum screen screen)
{
    return &layouts[screen];
}

void screen_draw(const struct canvas *canvas, enum screen screen, const struct screen_facts *facts)
{
    if (canvas->width_px != 0 && (size_t)screen < ARRAY_COUNT(layouts)) {
        struct page page = page_of(canvas, facts);
        page.wait_whole_s = layouts[screen].wait_s;
        page_draw(&page, &layouts[screen]);
    }
}

void screen_draw_wait(const struct canvas *canvas, enum screen screen,
                      const struct screen_facts *facts)
{
    if (canvas->width_px != 0 && screen_wait_s(screen) != 0) {
        struct page page = page_of(canvas, facts);
        page.wait_whole_s = layouts[screen].wait_s;
        page_draw_feet(&page, &layouts[screen]);
    }
}
