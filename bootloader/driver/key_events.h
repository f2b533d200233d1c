/* SPDX-License-Identifier: MIT */
/*
 * From a keyboard's events to the phone's three keys. No device: driver/virtio_input.c feeds it.
 *
 * Codes are those of Linux' input-event-codes.h, which virtio-input uses. Volume up is the up arrow
 * or the volume key itself, Volume down so too, Power is Enter on either side of the keyboard or
 * the power key.
 */
#ifndef DRIVER_KEY_EVENTS_H
#define DRIVER_KEY_EVENTS_H

#include "iface/keys.h"

#define KEY_EVENT_BYTES 8 /* type 16, code 16, value 32; little endian */
#define KEY_EVENTS_KEPT 8 /* presses that nobody has asked for yet; later ones are lost */

struct key_events {
    uint8_t down[KEY_POWER + 1]; /* how many keys of the keyboard hold it down, each counted once */
    uint32_t codes_down;         /* a bit for each row of the table */
    enum key pressed[KEY_EVENTS_KEPT];
    size_t pressed_first;
    size_t pressed_count;
};

/*
 * Takes one event as the device wrote it. What is no key of the phone,
 * or makes no sense, is ignored.
 */
void key_events_take(struct key_events *events, const uint8_t event[KEY_EVENT_BYTES]);

/* The oldest press that nobody has asked for, or KEY_NONE. */
enum key key_events_pressed(struct key_events *events);

/* Nobody will ask for what was pressed so far. */
void key_events_forget(struct key_events *events);

bool key_events_held(const struct key_events *events, enum key key);

#endif
