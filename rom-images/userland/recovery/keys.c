/* SPDX-License-Identifier: MIT */
/* The phone's keys, from /dev/input. */
#include "recovery/keys.h"

#include "base/bytes.h"
#include "waiting.h"

#include <fcntl.h>
#include <linux/input.h>
#include <stdio.h>
#include <unistd.h>

#define DEVICES_MAX 32
#define FORGET_MAX  256

bool recovery_key_of_code(unsigned code, enum recovery_key *out_key)
{
    static const struct {
        unsigned code;
        enum recovery_key key;
    } codes[] = {
        {KEY_UP, RECOVERY_KEY_UP},         {KEY_VOLUMEUP, RECOVERY_KEY_UP},
        {KEY_DOWN, RECOVERY_KEY_DOWN},     {KEY_VOLUMEDOWN, RECOVERY_KEY_DOWN},
        {KEY_ENTER, RECOVERY_KEY_POWER},   {KEY_POWER, RECOVERY_KEY_POWER},
        {KEY_KPENTER, RECOVERY_KEY_POWER},
    };

    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        if (codes[i].code == code) {
            *out_key = codes[i].key;
            return true;
        }
    }
    return false;
}

static void open_all(struct recovery_keys *keys)
{
    char path[40];

    for (unsigned i = 0; i < DEVICES_MAX && keys->count < RECOVERY_INPUTS_MAX; i++) {
        int fd;

        snprintf(path, sizeof(path), "/dev/input/event%u", i);
        fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0) {
            keys->fds[keys->count++] = fd;
        }
    }
}

void recovery_keys_open(struct recovery_keys *keys, unsigned wait_ms)
{
    keys->count = 0;
    do {
        open_all(keys);
    } while (keys->count == 0 && wait_more(&wait_ms));
}

bool recovery_keys_next(struct recovery_keys *keys, enum recovery_key *out_key)
{
    struct input_event event;

    for (size_t i = 0; i < keys->count; i++) {
        while (read(keys->fds[i], &event, sizeof(event)) == (ssize_t)sizeof(event)) {
            if (event.type == EV_KEY && event.value == 1 &&
                recovery_key_of_code(event.code, out_key)) {
                return true;
            }
        }
    }
    return false;
}

void recovery_keys_forget(struct recovery_keys *keys)
{
    enum recovery_key key;

    for (unsigned i = 0; i < FORGET_MAX && recovery_keys_next(keys, &key); i++) {
    }
}
