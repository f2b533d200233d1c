/* SPDX-License-Identifier: MIT */
/*
 * The recovery's pages, and what keys do on them. Pure: a key in, an action out.
 *
 * The wording of the main menu is that of the real phones; the pages behind it are the lab's.
 */
#ifndef USERLAND_RECOVERY_MENU_H
#define USERLAND_RECOVERY_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "recovery/texts.h"

enum recovery_page {
    RECOVERY_MAIN = 0,
    RECOVERY_WIPE, /* are you sure? */
    RECOVERY_WIPED,
    RECOVERY_WIPE_FAILED,
    RECOVERY_WAITING,  /* for a computer to send a package */
    RECOVERY_CHECKING, /* the package comes in and is checked: nothing is written */
    RECOVERY_INSTALLING,
    RECOVERY_INSTALLED,
    RECOVERY_REFUSED, /* the package; view.fault says why */
    RECOVERY_PAGE_COUNT,
};

enum recovery_key {
    RECOVERY_KEY_UP = 0,
    RECOVERY_KEY_DOWN,
    RECOVERY_KEY_POWER,
};

enum recovery_action {
    RECOVERY_DO_NOTHING = 0,
    RECOVERY_DO_SHOW, /* another page, or another selection */
    RECOVERY_DO_REBOOT,
    RECOVERY_DO_WIPE,
    RECOVERY_DO_LISTEN, /* to the computer */
    RECOVERY_DO_STOP_LISTENING,
};

#define RECOVERY_ITEMS_MAX 3

/* What the person sees. */
struct recovery_view {
    enum recovery_page page;
    size_t selected;
    bool mismatch;    /* the main menu's line at the bottom: this ROM may not run on this phone */
    unsigned percent; /* on pages with a bar */
    enum recovery_fault fault; /* on the page of a refusal */
    const char *asked; /* the main menu's, too: what cannot be done; NULL or empty: nothing */
    const char *port;  /* where the computer finds the phone; NULL: PORT */
};

struct recovery_item {
    enum text_id text;
    enum recovery_page leads_to;
    enum recovery_action action;
};

struct recovery_page_about {
    const char *name; /* in the trace */
    enum text_id title;
    enum text_id body; /* TEXT_NOTHING: none */
    bool has_bar;
    size_t item_count; /* 0: keys do nothing here */
    struct recovery_item items[RECOVERY_ITEMS_MAX];
};

/* Never NULL. */
const struct recovery_page_about *recovery_page_about(enum recovery_page page);

/* Shows a page with its first item selected. */
void recovery_go(struct recovery_view *view, enum recovery_page page);

/* The bar goes round at neither end, as on the phones. */
enum recovery_action recovery_press(struct recovery_view *view, enum recovery_key key);

#endif
