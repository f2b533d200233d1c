/* SPDX-License-Identifier: MIT */
/*
 * Stage screen: say it. One table of screens, drawn to a canvas of any panel's size.
 *
 * Texts in English and Chinese are in screen/texts.h; shapes and letters are drawn by screen/canvas.h
 * and screen/type.h, which the ROM's home screen uses too.
 */
#ifndef SCREEN_SCREENS_H
#define SCREEN_SCREENS_H

#include "iface/panel.h"
#include "policy/policy.h"

enum screen {
    SCREEN_BLACK = 0,    /* dead, or off */
    SCREEN_LOGO,         /* power-on; with an open padlock when unlocked */
    SCREEN_REGION,       /* region-mismatch and region-unknown */
    SCREEN_VERIFICATION, /* bad-signature, bad-hash, wrong-key; rollback on Android One */
    SCREEN_NO_ROM,
    SCREEN_HARDWARE, /* bad-gpt, bad-board, bad-state: the phone itself is damaged */
    SCREEN_PANIC,
};

/* What the screens say about this phone. Strings may be empty, never NULL. */
struct screen_facts {
    enum reason reason;
    bool unlocked;
    const char *name;     /* "Mi 8" */
    const char *codename; /* "dipper" */
    const char *serial;
    enum region made_for;
    enum region rom_region;
    const char *rom_region_text; /* as the ROM writes it; empty: no marker */
    const char *rom_version;
    const char *detail; /* one line for the curious: the failed check; on a panic, several lines */
};

const char *screen_name(enum screen screen); /* "region", ... */

/* The screen that says this decision. */
enum screen screen_for(const struct decision *decision);

/* Draws the whole screen. Does nothing on a canvas of width 0. */
void screen_draw(const struct canvas *canvas, enum screen screen, const struct screen_facts *facts);

#endif
