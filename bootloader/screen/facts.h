/* SPDX-License-Identifier: MIT */
/* What the screens are told: which one, and of which phone. Stage screen. */
#ifndef SCREEN_FACTS_H
#define SCREEN_FACTS_H

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
    SCREEN_BOOT_LOOP,
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

/* What the power key does. */
enum fastboot_choice {
    FASTBOOT_CHOICE_NONE = 0, /* nothing was confirmed */
    FASTBOOT_CHOICE_RESTART,
    FASTBOOT_CHOICE_POWER_OFF,
};

/*
 * The phone's data, as getvar has them. Strings may be empty (their line is left out), never NULL.
 */
struct fastboot_facts {
    const char *name;    /* "Mi 8" */
    const char *product; /* "dipper" */
    const char *variant;
    const char *serial;
    const char *slot; /* "a"; empty: the phone has no slots */
    const char *anti; /* "4"; empty: the phone has no anti-rollback */
    bool unlocked;
    enum region made_for;

    /* What the keys have done so far; zero at the start. */
    bool data_shown;
    enum fastboot_choice choice; /* NONE counts as RESTART */
};

#endif
