/* SPDX-License-Identifier: MIT */
/*
 * What can stand on a screen of the bootloader: texts, drawings, the two regions. Stage screen.
 *
 * screens.c lists the items of each screen and puts them one below the other.
 */
#ifndef SCREEN_ITEMS_H
#define SCREEN_ITEMS_H

#include "screen/icons.h"
#include "screen/screens.h"
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
    bool narrow; /* a panel with room for the smaller styles only */
    int left_px;
    int width_px;
};

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
};

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
/* For the foot: which phone and which ROM this is about; an open padlock on an unlocked phone. */
int item_identity(const struct page *page, const struct item *item, int y_px);
int item_lock(const struct page *page, const struct item *item, int y_px);

#endif
