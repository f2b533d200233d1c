/* SPDX-License-Identifier: MIT */
/* What is asked for instead of the ROM. Part of the flow. */
#include "flow/request.h"

#include "flow/events.h"
#include "flow/wait.h"
#include "format/boot_image.h"
#include "iface/block.h"

#include <string.h>

#define LOOKS_MAX 64 /* more presses than a person has fingers for */

static bool is_asked_to_restart(const struct flow *flow)
{
    enum restart restart = flow->phone->restart;

    return restart == RESTART_BOOTLOADER || restart == RESTART_RECOVERY;
}

bool flow_request_keys(struct flow *flow)
{
    bool down = flow->phone->lab.volume_down || flow_key_held(flow, KEY_VOLUME_DOWN);
    bool up = flow->phone->lab.volume_up || flow_key_held(flow, KEY_VOLUME_UP);
    enum key key;

    if (flow->went_on) {
        return false;
    }
    for (int i = 0; i < LOOKS_MAX && (key = flow_key_pressed(flow)) != KEY_NONE; i++) {
        down = down || key == KEY_VOLUME_DOWN;
        up = up || key == KEY_VOLUME_UP;
    }
    if (down || flow->request.key == KEY_VOLUME_DOWN) {
        flow->request.key = KEY_VOLUME_DOWN;
    } else if (up) {
        flow->request.key = KEY_VOLUME_UP;
    }
    return flow->request.key != KEY_NONE || is_asked_to_restart(flow);
}

bool flow_requests(struct flow *flow)
{
    return flow_request_keys(flow) || flow->request.message != BCB_NONE;
}

/* Does it begin as a boot image? Whether it is a good one is for stage verify to say. */
static bool has_recovery(const struct flow *flow)
{
    struct partition recovery;
    struct span block = {.data = flow->phone->scratch.data};

    if (gpt_find(&flow->gpt, "recovery", &recovery) != OK) {
        return false;
    }
    block.size = recovery.disk->block_bytes;
    return block.size <= flow->phone->scratch.size && partition_read(&recovery, 0, block) == OK &&
           memcmp(block.data, BOOT_IMAGE_MAGIC, strlen(BOOT_IMAGE_MAGIC)) == 0;
}

void flow_request_message(struct flow *flow)
{
    struct span scratch = flow->phone->scratch;
    enum bcb_command command;
    struct partition misc;

    flow->request.message = BCB_NONE;
    if (flow->went_on || gpt_find(&flow->gpt, "misc", &misc) != OK ||
        bcb_read(&misc, scratch, &command) != OK || command == BCB_NONE) {
        return;
    }
    if (command == BCB_RECOVERY ? has_recovery(flow) : bcb_clear(&misc, scratch) == OK) {
        flow->request.message = command;
    }
    flow_report_message(flow, command);
}

void flow_request_drop_message(struct flow *flow)
{
    struct partition misc;

    if (gpt_find(&flow->gpt, "misc", &misc) == OK) {
        /* When it cannot be taken away it is asked for again: a disk that fails is told as such. */
        (void)!bcb_clear(&misc, flow->phone->scratch);
    }
}

/* A phone that is dead on purpose ignores them; only rescue reaches it. */
static void apply_keys(struct flow *flow)
{
    struct decision *decision = &flow->decision;
    bool fastboot;

    if (!flow_request_keys(flow) || decision->fate == FATE_DEAD) {
        return;
    }
    fastboot = flow->request.key == KEY_VOLUME_DOWN;
    decision->reason = REASON_KEYS;
    if (flow->request.key == KEY_NONE) {
        fastboot = flow->phone->restart == RESTART_BOOTLOADER;
        decision->reason = REASON_COMMAND;
    }
    decision->fate = fastboot ? FATE_FASTBOOT : FATE_RECOVERY;
}

static void apply_message(struct flow *flow)
{
    struct decision *decision = &flow->decision;

    if (flow->request.message == BCB_NONE || decision->fate == FATE_DEAD ||
        decision->reason == REASON_KEYS || decision->reason == REASON_COMMAND) {
        return;
    }
    decision->fate = flow->request.message == BCB_RECOVERY ? FATE_RECOVERY : FATE_FASTBOOT;
    decision->reason = REASON_BCB;
}

void flow_request_apply(struct flow *flow)
{
    apply_keys(flow);
    apply_message(flow);
}
