/* SPDX-License-Identifier: MIT */
/*
 * What the keys do, drawn as keys of the keyboard that stand for them; and the time that is left.
 * Items for the foot of a screen. Stage screen.
 */
#ifndef SCREEN_KEY_HELP_H
#define SCREEN_KEY_HELP_H

#include "screen/items.h"

/* One line: one key or two together, and what they do. */
struct key_row {
    enum text_id caps[2]; /* TEXT_CAP_...; the second TEXT_NOTHING: one key */
    enum text_id says;
};

/* All rows of item->keys. */
int item_keys(const struct page *page, const struct item *item, int y_px);
/* One of two rows: the first while time runs, the second while it stands still. */
int item_pause_keys(const struct page *page, const struct item *item, int y_px);
/* The seconds left and a bar; as high when nothing is waited for. item->text: what happens then. */
int item_wait(const struct page *page, const struct item *item, int y_px);

#endif
