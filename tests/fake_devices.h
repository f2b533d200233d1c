/* SPDX-License-Identifier: MIT */
/* The devices of a fake phone but for its disk: NOR, panel, links, power. */
#ifndef TESTS_FAKE_DEVICES_H
#define TESTS_FAKE_DEVICES_H

#include "iface/link.h"
#include "iface/nor.h"
#include "iface/panel.h"
#include "iface/power.h"

/* A NOR flash in memory; programming can only turn ones into zeros. */
struct fake_nor {
    struct nor nor;
    uint8_t *bytes;
    unsigned changes; /* programs and erases */
    bool failing;     /* every read fails */
};

/* `bytes` belongs to the caller. */
void fake_nor_init(struct fake_nor *nor, uint8_t *bytes, uint32_t size_bytes);

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

/* A processor that notes what it was asked. Its clock goes on by one with each look, and with each rest. */
struct fake_power {
    struct power power;
    unsigned offs;
    unsigned resets;
    unsigned entered;
    uint64_t entry;
    uint64_t dtb;
    uint64_t now_us;
};

void fake_power_init(struct fake_power *power);

#endif
