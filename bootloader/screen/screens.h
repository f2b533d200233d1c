/* SPDX-License-Identifier: MIT */
/*
 * Stage screen: say it. One table of screens, drawn to a canvas of any panel's size.
 *
 * Texts in English and Chinese are in screen/texts.h; shapes and letters are drawn by
 * screen/canvas.h and screen/type.h, which the ROM's home screen uses too.
 */
#ifndef SCREEN_SCREENS_H
#define SCREEN_SCREENS_H

#include "screen/facts.h"

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
