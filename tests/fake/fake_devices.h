/* SPDX-License-Identifier: MIT */
/* The devices of a fake phone but for its disk: NOR, panel, links, power. */
#ifndef TESTS_FAKE_DEVICES_H
#define TESTS_FAKE_DEVICES_H

#include "iface/keys.h"
#include "iface/link.h"
#include "iface/nor.h"
#include "iface/panel.h"
#include "iface/power.h"

/* What a cut of the power leaves of the program or erase that it hits. */
enum fake_cut {
    FAKE_CUT_BEFORE,      /* nothing was begun */
    FAKE_CUT_FIRST_WORD,  /* only that word is done */
    FAKE_CUT_HALF,        /* from the start to the middle */
    FAKE_CUT_ALL_BUT_ONE, /* all but the last word */
    FAKE_CUT_LAST_WORD,   /* only that word: erasing may go any way */
    FAKE_CUT_BITS,        /* some bits of each word, by `cut_seed` */
    FAKE_CUT_AFTER,       /* all of it, but nobody heard */
    FAKE_CUT_COUNT,
};

/* A NOR flash in memory; programming can only turn ones into zeros. */
struct fake_nor {
    struct nor nor;
    uint8_t *bytes;
    unsigned changes; /* programs and erases */
    bool failing;     /* every read fails */
    bool dropping;    /* changes are lost without a word: a file of QEMU's that is read-only */

    /* The power goes at this change, counted from 1; 0: never. After that nothing answers. */
    unsigned cut_at;
    enum fake_cut cut;
    uint32_t cut_seed;
    bool off;
};

/* `bytes` belongs to the caller. */
void fake_nor_init(struct fake_nor *nor, uint8_t *bytes, uint32_t size_bytes);

/* The power comes back, and goes again at the `cut_at`-th change from now (0: stays). */
void fake_nor_power_on(struct fake_nor *nor, unsigned cut_at, enum fake_cut cut);

/* A panel whose pixels are memory of exactly its size. */
struct fake_panel {
    struct panel panel;
    unsigned starts;
    bool absent;
};

void fake_panel_init(struct fake_panel *panel);
void fake_panel_free(struct fake_panel *panel);
/* Is there anything on it? */
bool fake_panel_is_black(const struct fake_panel *panel);

/* A link that keeps what was written, as a string. */
struct fake_link {
    struct link link;
    char chars[65536];
    size_t length;
    bool closed;
};

void fake_link_init(struct fake_link *link);

/* Keys that are pressed before anybody asks: so many at most. */
#define FAKE_KEYS_MAX 64

struct fake_keys {
    struct keys keys;
    enum key pressed[FAKE_KEYS_MAX];
    bool held[KEY_POWER + 1]; /* as the test says */
    enum key held_later;      /* held as soon as something was pressed */
    enum key endless;         /* pressed for ever, when all else was */
    uint64_t first_us;        /* so long before each press, by... */
    const uint64_t *clock;    /* ...that clock; NULL: all at once */
    uint64_t last_us;
    size_t early; /* so many of them were pressed before the first question was drawn */
    size_t meanwhile; /* and so many before the screen behind it was */
    unsigned forgets;
    size_t asked;
    size_t count;
    /* When nobody has pressed anything so often, power is pressed: no loop waits for ever. */
    unsigned deadline_looks;
};

void fake_keys_init(struct fake_keys *keys);
void fake_keys_press(struct fake_keys *keys, enum key key);

#define FAKE_CLOCK_MAX_US (6 * 3600 * 1000000ull) /* no test's phone is on for so long */

/*
 * A processor that notes what it was asked. Its clock goes on by one with each look,
 * and with each rest.
 */
struct fake_power {
    struct power power;
    unsigned offs;
    unsigned resets;
    enum restart restart; /* the last that was asked for by name */
    unsigned entered;
    uint64_t entry;
    uint64_t dtb;
    uint64_t now_us;
};

void fake_power_init(struct fake_power *power);

#endif
