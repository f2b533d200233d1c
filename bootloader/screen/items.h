/* SPDX-License-Identifier: MIT */
/*
 * What can stand on a screen of the bootloader: texts, drawings, the two regions. Stage screen.
 *
 * screens.c lists the items of each screen and puts them one below the other.
 */
#ifndef SCREEN_ITEMS_H
#define SCREEN_ITEMS_H

#include "screen/facts.h"
#include "screen/icons.h"
#include "screen/texts.h"
#include "screen/type.h"

/* What a text is for; the page says in which style that is. */
enum role {
    ROLE_TITLE,
    ROLE_SUBTITLE,
    ROLE_BODY,
    ROLE_CAPTION,
    ROLE_WORD, /* the name of a region */
    ROLE_MARK, /* the name of the lab */
    ROLE_COUNT,
};

/* The column that everything stands in, and who it is about. */
struct page {
    const struct canvas *canvas;
    const struct screen_facts *facts;
    const struct fastboot_facts *fastboot; /* on its screen; NULL: nothing is known yet */
    bool yes;              /* on a question: that answer is chosen */
    uint32_t wait_whole_s; /* where time runs: all of it */
    bool narrow;           /* a panel with room for the smaller styles only */
    int left_px;
    int width_px;
};

struct key_row;

struct item {
    /* Draws the item with its top at y_px. Returns its height, also on an empty canvas. */
    int (*draw)(const struct page *page, const struct item *item, int y_px);
    int gap_px; /* above it, on a panel 1280 pixels high; nothing above the first */
    enum text_id text;
    enum role english;
    enum role chinese;
    uint32_t colour; /* of the English */
    void (*icon)(const struct canvas *canvas, struct icon_place place);
    int icon_px;
    const struct key_row *keys; /* key_help.h */
    size_t key_count;
};

/* For the other items: a text in both languages, and the style of a role on this page. */
const struct text_pair *item_words(enum text_id text);
const struct type_style *item_style(const struct page *page, enum role role);

/* The text of the item, English above Chinese. */
int item_text(const struct page *page, const struct item *item, int y_px);
/* So too: what is wrong, and which ROM to install. */
int item_reason(const struct page *page, const struct item *item, int y_px);
int item_install(const struct page *page, const struct item *item, int y_px);
int item_icon(const struct page *page, const struct item *item, int y_px);
/* Two cards: what the phone was made for, what the ROM is for. */
int item_regions(const struct page *page, const struct item *item, int y_px);
/* facts->detail as it is. */
int item_detail(const struct page *page, const struct item *item, int y_px);
/* The first digits of the hash of the key that signed the ROM. */
int item_key_id(const struct page *page, const struct item *item, int y_px);
/* For the foot: which phone and which ROM this is about; an open padlock on an unlocked phone. */
int item_identity(const struct page *page, const struct item *item, int y_px);
int item_lock(const struct page *page, const struct item *item, int y_px);

#endif
