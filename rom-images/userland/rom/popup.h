/* SPDX-License-Identifier: MIT */
/*
 * What the reseller's ROM puts over the home screen: advertisements for things that nobody sells,
 * and the crying cartoon.
 *
 * The order and the places are fixed: the n-th popup is always the same one. They pile up to three,
 * then the screen is clear again for the next.
 */
#ifndef USERLAND_POPUP_H
#define USERLAND_POPUP_H

#include "screen/canvas.h"

#define POPUP_FIRST_MS 3000 /* after home */
#define POPUP_EVERY_MS 4000
#define POPUP_PILE     3

/* "advert" or "cartoon": the kind of the n-th popup, from 0. */
const char *popup_kind(unsigned number);

/* Draws the pile as it stands when `count` popups have come. 0 draws nothing. */
void popup_draw_pile(const struct canvas *canvas, unsigned count);

#endif
