/* SPDX-License-Identifier: MIT */
/*
 * Fastboot mode's screen: the mascot at work, what the keys do, the phone's data, and how far a
 * flashing has come. Stage screen.
 *
 *   Volume up     shows the phone's data, or hides it again
 *   Volume down   the next choice: restart, or power off
 *   Power         does what is chosen
 *
 * The caller owns the state and asks once in each turn of its loop.
 */
#ifndef SCREEN_FASTBOOT_SCREEN_H
#define SCREEN_FASTBOOT_SCREEN_H

#include "iface/keys.h"
#include "screen/facts.h"

/* Draws the whole screen. Does nothing on a canvas of width 0. */
void screen_draw_fastboot(const struct canvas *canvas, const struct fastboot_facts *facts);

/*
 * Draws the progress area over that screen, and nothing else: a title ("Writing system"; ASCII) and
 * a bar. More than 100 percent count as 100. An empty title takes the area away again. Cheap, but
 * worth calling only when the percent has changed.
 */
void screen_draw_progress(const struct canvas *canvas, const char *title, unsigned percent);

/*
 * Takes at most one key that was pressed, redraws what it changes, and returns what the power key
 * confirmed: FASTBOOT_CHOICE_NONE when there is nothing to do. Never waits. `keys` may be NULL.
 */
enum fastboot_choice screen_fastboot_keys(const struct canvas *canvas, struct keys *keys,
                                          struct fastboot_facts *facts);

/*
 * The question before the lock changes (Android One: flashing unlock, flashing lock), with the
 * answer that is chosen so far. "No" comes first: begin with yes = false.
 */
void screen_draw_question(const struct canvas *canvas, bool unlock, bool yes);

enum screen_answer {
    SCREEN_ANSWER_NONE = 0, /* nothing was confirmed yet */
    SCREEN_ANSWER_NO,
    SCREEN_ANSWER_YES,
};

/* Takes at most one key, redraws when the choice changes; the power key confirms. Never waits. */
enum screen_answer screen_question_keys(const struct canvas *canvas, struct keys *keys, bool unlock,
                                        bool *yes);

#endif
