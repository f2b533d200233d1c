/* SPDX-License-Identifier: MIT */
/* From a keyboard's events to the phone's three keys. */
#include "driver/key_events.h"

#define TYPE_KEY 1u

#define VALUE_UP   0u
#define VALUE_DOWN 1u /* 2 is a repetition */

static const struct {
    uint16_t code;
    enum key key;
} keyboard[] = {
    {103, KEY_VOLUME_UP},   /* KEY_UP */
    {115, KEY_VOLUME_UP},   /* KEY_VOLUMEUP */
    {108, KEY_VOLUME_DOWN}, /* KEY_DOWN */
    {114, KEY_VOLUME_DOWN}, /* KEY_VOLUMEDOWN */
    {28, KEY_POWER},        /* KEY_ENTER */
    {96, KEY_POWER},        /* KEY_KPENTER */
    {116, KEY_POWER},       /* KEY_POWER */
};

static void press(struct key_events *events, enum key key)
{
    size_t last = (events->pressed_first + events->pressed_count) % KEY_EVENTS_KEPT;

    events->down[key]++;
    if (events->pressed_count < KEY_EVENTS_KEPT) {
        events->pressed[last] = key;
        events->pressed_count++;
    }
}

void key_events_take(struct key_events *events, const uint8_t event[KEY_EVENT_BYTES])
{
    uint32_t value = le32(event + 4);

    if (le16(event) != TYPE_KEY || value > VALUE_DOWN) {
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(keyboard); i++) {
        uint32_t bit = 1u << i;
        bool was_down = (events->codes_down & bit) != 0;

        if (keyboard[i].code != le16(event + 2) || was_down == (value == VALUE_DOWN)) {
            continue;
        }
        events->codes_down ^= bit;
        if (value == VALUE_UP) {
            events->down[keyboard[i].key]--;
        } else {
            press(events, keyboard[i].key);
        }
    }
}

enum key key_events_pressed(struct key_events *events)
{
    enum key key;

    if (events->pressed_count == 0) {
        return KEY_NONE;
    }
    key = events->pressed[events->pressed_first];
    events->pressed_first = (events->pressed_first + 1) % KEY_EVENTS_KEPT;
    events->pressed_count--;
    return key;
}

bool key_events_held(const struct key_events *events, enum key key)
{
    return (size_t)key < ARRAY_COUNT(events->down) && events->down[key] != 0;
}

void key_events_forget(struct key_events *events)
{
    events->pressed_count = 0;
}
