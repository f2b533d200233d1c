/* SPDX-License-Identifier: MIT */
/* What a person does with the keys. Part of the flow. */
#include "flow/wait.h"

#include "flow/read.h"

#define REST_US     100000 /* at most: a key ends it */
#define SECOND_US   1000000
#define TOGETHER_US 2000000 /* Volume down, then Power: the latest that counts as both */

enum key flow_key_pressed(const struct flow *flow)
{
    struct keys *keys = flow->phone->keys;

    return keys != NULL ? keys->ops->pressed(keys) : KEY_NONE;
}

bool flow_key_held(const struct flow *flow, enum key key)
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
        enum key key = flow_key_pressed(flow);
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
            return flow_key_held(flow, KEY_VOLUME_DOWN) || now_us(flow) < down_until_us
                       ? FATE_FASTBOOT
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
