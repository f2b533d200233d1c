/* SPDX-License-Identifier: MIT */
/*
 * The phone's keys, from the kernel's input devices. QEMU: -device virtio-keyboard-device; the
 * arrows are the volume keys and Enter is Power.
 */
#ifndef USERLAND_RECOVERY_KEYS_H
#define USERLAND_RECOVERY_KEYS_H

#include "recovery/menu.h"

#define RECOVERY_INPUTS_MAX 4

struct recovery_keys {
    int fds[RECOVERY_INPUTS_MAX];
    size_t count;
};

/* Opens every input device; waits at most wait_ms for the first. */
void recovery_keys_open(struct recovery_keys *keys, unsigned wait_ms);

/* The next key that was pressed down; false when there is none. Never waits. */
bool recovery_keys_next(struct recovery_keys *keys, enum recovery_key *out_key);

/* Forgets what was pressed so far: while the screen showed something else. */
void recovery_keys_forget(struct recovery_keys *keys);

/* Which key a Linux key code is; the part that tests see. */
bool recovery_key_of_code(unsigned code, enum recovery_key *out_key);

#endif
