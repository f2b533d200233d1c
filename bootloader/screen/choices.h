/* SPDX-License-Identifier: MIT */
/*
 * Items of the screens where a person chooses: fastboot mode, and the question before the lock
 * changes. Stage screen.
 */
#ifndef SCREEN_CHOICES_H
#define SCREEN_CHOICES_H

#include "screen/items.h"

#define PROGRESS_ROOM_PX 84

/* The word in glowing blue. */
int item_fastboot(const struct page *page, const struct item *item, int y_px);
/* A card with the phone's data; nothing while it is hidden. */
int item_data(const struct page *page, const struct item *item, int y_px);
/* Where screen_draw_progress draws. */
int item_progress_room(const struct page *page, const struct item *item, int y_px);
/* What the power key would do. */
int item_choices(const struct page *page, const struct item *item, int y_px);
/* One answer each; the chosen one is filled. */
int item_answer_no(const struct page *page, const struct item *item, int y_px);
int item_answer_yes(const struct page *page, const struct item *item, int y_px);

#endif
