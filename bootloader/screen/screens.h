/* SPDX-License-Identifier: MIT */
/*
 * Stage screen: say it. One table of screens, drawn to a canvas of any panel's size.
 *
 * Texts in English and Chinese are in screen/texts.h; shapes and letters are drawn by
 * screen/canvas.h and screen/type.h, which the ROM's home screen uses too.
 */
#ifndef SCREEN_SCREENS_H
#define SCREEN_SCREENS_H

#include "iface/panel.h"
#include "policy/policy.h"

enum screen {
    SCREEN_BLACK = 0,    /* dead, or off */
    SCREEN_LOGO,         /* power-on; with an open padlock when unlocked */
    SCREEN_REGION,       /* region-mismatch and region-unknown */
    SCREEN_VERIFICATION, /* bad-signature, bad-hash, wrong-key */
    SCREEN_NO_ROM,
    SCREEN_HARDWARE, /* bad-gpt, bad-board, bad-state: the phone itself is damaged */
    SCREEN_PANIC,
    SCREEN_YELLOW, /* before a ROM with a key of the user's own; waits */
    SCREEN_ORANGE, /* Android One, before an unlocked phone's ROM; waits */
    SCREEN_RED,    /* Android One's SCREEN_VERIFICATION; waits, then the phone goes off */
    SCREEN_NO_RECOVERY,
    SCREEN_FASTBOOT, /* fastboot_screen.h draws it with the phone's data */
    SCREEN_UNLOCK,   /* Android One asks before it unlocks, and before it locks */
    SCREEN_LOCK,
};

/* What a screen that waits says of it. */
enum screen_wait {
    SCREEN_WAIT_NONE = 0, /* it does not wait */
    SCREEN_WAIT_COUNTING,
    SCREEN_WAIT_PAUSED,
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
    char key_id[9]; /* yellow: the first digits of the key's SHA-256; may be empty */
    enum screen_wait wait;
    uint32_t wait_s;    /* seconds left */
    const char *detail; /* one line for the curious: the failed check; on a panic, several lines */
};

const char *screen_name(enum screen screen); /* "region", ... */

/* The screen that says this decision, on a phone with that system. */
enum screen screen_for(const struct decision *decision, enum os os);

/* How long a screen waits, in seconds; 0: it does not. */
uint32_t screen_wait_s(enum screen screen);

/* Draws the whole screen. Does nothing on a canvas of width 0. */
void screen_draw(const struct canvas *canvas, enum screen screen, const struct screen_facts *facts);

/* Draws what has changed when facts->wait and wait_s have, on a screen that waits. */
void screen_draw_wait(const struct canvas *canvas, enum screen screen,
                      const struct screen_facts *facts);

#endif
