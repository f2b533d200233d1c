/* SPDX-License-Identifier: MIT */
/* What a person does with the keys. Part of the flow. */
#include "flow/wait.h"

#include "flow/read.h"

#define LOOKS_MAX   64 /* more presses than a person has fingers for */
#define REST_US     100000 /* at most: a key ends it */
#define SECOND_US   1000000
#define TOGETHER_US 2000000 /* Volume down, then Power: the latest that counts as both */

static enum key pressed(const struct flow *flow)
{
    struct keys *keys = flow->phone->keys;

    return keys != NULL ? keys->ops->pressed(keys) : KEY_NONE;
}

static bool held(const struct flow *flow, enum key key)
{
    struct keys *keys = flow->phone->keys;

    return keys != NULL && keys->ops->held(keys, key);
}

static uint64_t now_us(const struct flow *flow)
{
    return flow->phone->power->ops->now_us(flow->phone->power);
}

static void rest(const struct flow *flow)
{
    flow->phone->power->ops->rest(flow->phone->power, REST_US);
}

static bool is_asked_to_restart(const struct flow *flow)
{
    enum restart restart = flow->phone->restart;

    return restart == RESTART_BOOTLOADER || restart == RESTART_RECOVERY;
}

bool flow_look_at_keys(struct flow *flow)
{
    bool down = flow->phone->lab.volume_down || held(flow, KEY_VOLUME_DOWN);
    bool up = flow->phone->lab.volume_up || held(flow, KEY_VOLUME_UP);
    enum key key;

    if (flow->went_on) {
        return false;
    }
    for (int i = 0; i < LOOKS_MAX && (key = pressed(flow)) != KEY_NONE; i++) {
        down = down || key == KEY_VOLUME_DOWN;
        up = up || key == KEY_VOLUME_UP;
    }
    if (down || flow->wish == KEY_VOLUME_DOWN) {
        flow->wish = KEY_VOLUME_DOWN;
    } else if (up) {
        flow->wish = KEY_VOLUME_UP;
    }
    return flow->wish != KEY_NONE || is_asked_to_restart(flow);
}

/* A phone that is dead on purpose hears nothing; only rescue reaches it. */
void flow_heed_keys(struct flow *flow)
{
    struct decision *decision = &flow->decision;
    bool fastboot;

    if (!flow_look_at_keys(flow) || decision->fate == FATE_DEAD) {
        return;
    }
    fastboot = flow->wish == KEY_VOLUME_DOWN;
    decision->reason = REASON_KEYS;
    if (flow->wish == KEY_NONE) {
        fastboot = flow->phone->restart == RESTART_BOOTLOADER;
        decision->reason = REASON_COMMAND;
    }
    decision->fate = fastboot ? FATE_FASTBOOT : FATE_RECOVERY;
}

void flow_begin_wait(struct flow *flow)
{
    flow->wait_s = flow->phone->lab.no_wait ? 0 : screen_wait_s(flow->screen);
    flow->wait = flow->wait_s != 0 ? SCREEN_WAIT_COUNTING : SCREEN_WAIT_NONE;
}

static void show_wait(struct flow *flow, enum screen_wait wait, uint32_t wait_s)
{
    if (flow->wait != wait || flow->wait_s != wait_s) {
        flow->wait = wait;
        flow->wait_s = wait_s;
        flow_show_wait(flow);
    }
}

/* The next key, or KEY_NONE when the screen's time is over. Without a time: waits for a key. */
static enum key next_key(struct flow *flow, uint64_t end_us)
{
    for (;;) {
        enum key key = pressed(flow);
        uint64_t now = now_us(flow);

        if (key != KEY_NONE) {
            return key;
        }
        if (flow->wait == SCREEN_WAIT_COUNTING) {
            uint64_t left_us = now < end_us ? end_us - now : 0;
            uint64_t left_s = (left_us + SECOND_US - 1) / SECOND_US;
            show_wait(flow, SCREEN_WAIT_COUNTING, (uint32_t)left_s);
            if (left_us == 0) {
                return KEY_NONE;
            }
        }
        rest(flow);
    }
}

void flow_wait_to_start(struct flow *flow)
{
    uint64_t end_us = now_us(flow) + (uint64_t)flow->wait_s * SECOND_US;
    enum key key;

    while (flow->wait != SCREEN_WAIT_NONE) {
        key = next_key(flow, end_us);
        if (key == KEY_NONE || (key == KEY_POWER && flow->wait == SCREEN_WAIT_PAUSED)) {
            return;
        }
        if (key == KEY_POWER) {
            show_wait(flow, SCREEN_WAIT_PAUSED, flow->wait_s);
        }
    }
}

enum fate flow_wait_for_keys(struct flow *flow)
{
    uint64_t end_us = now_us(flow) + (uint64_t)flow->wait_s * SECOND_US;
    uint64_t down_until_us = 0; /* so long Volume down counts as held */

    if (flow->phone->keys == NULL && flow->wait == SCREEN_WAIT_NONE) {
        return flow->decision.fate;
    }
    for (;;) {
        switch (next_key(flow, end_us)) {
        case KEY_NONE:
            return FATE_OFF;
        case KEY_POWER:
            return held(flow, KEY_VOLUME_DOWN) || now_us(flow) < down_until_us ? FATE_FASTBOOT
                                                                               : FATE_OFF;
        case KEY_VOLUME_DOWN:
            down_until_us = now_us(flow) + TOGETHER_US;
            break;
        case KEY_VOLUME_UP:
            down_until_us = 0;
            break;
        }
    }
}
