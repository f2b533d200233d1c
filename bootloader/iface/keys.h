/* SPDX-License-Identifier: MIT */
/*
 * The phone's three keys.
 *
 * On the virtual phone they are keys of a keyboard: Volume up is the up arrow, Volume down the down
 * arrow, Power is Enter.
 */
#ifndef IFACE_KEYS_H
#define IFACE_KEYS_H

#include "base/bytes.h"

enum key {
    KEY_NONE = 0,
    KEY_VOLUME_UP,
    KEY_VOLUME_DOWN,
    KEY_POWER,
};

struct keys;

struct keys_ops {
    /*
     * The next key that was pressed down since the last call; KEY_NONE when there is none. Never
     * waits.
     */
    enum key (*pressed)(struct keys *keys);
    /* Forgets what was pressed so far: an answer counts only after its question was drawn. */
    void (*forget)(struct keys *keys);
    /* Is it down now? */
    bool (*held)(struct keys *keys, enum key key);
};

struct keys {
    const struct keys_ops *ops;
};

#endif
