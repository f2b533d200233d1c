/* SPDX-License-Identifier: MIT */
/* What fastboot mode asks of the flow. Part of the flow. */
#include "flow/fastboot_host.h"

#include "fastboot/slot_commands.h"
#include "flow/read.h"
#include "flow/events.h"
#include "storage/memory_block.h"

#include <string.h>

struct asking {
    struct fastboot_host host;
    const struct fastboot_context *context;
    struct flow *flow;
    struct flow trial; /* of the last judgement */
};

static struct asking *self(struct fastboot_host *host)
{
    return CONTAINER_OF(host, struct asking, host);
}

static struct decision decide(const struct flow *flow)
{
    return policy_decide(&flow->board, &flow->state, &flow->verified);
}

/* Of the slot that would be started. */
static const char *slot_suffix_of(const struct asking *asking)
{
    if (asking->flow->board.slot_count == 0) {
        return "";
    }
    return slot_current(asking->context) == 'b' ? "_b" : "_a";
}

/* The stages from the claims to the decision, on a flow of its own. */
static struct decision judge_trial(struct asking *asking, struct slice boot_image)
{
    struct flow *trial = &asking->trial;
    static const struct decision unreadable = {FATE_BRICK, REASON_BAD_GPT, BOOT_STATE_RED};
    struct memory_block memory;
    struct partition on_disk;
    struct decision decision;

    trial->suffix = slot_suffix_of(asking);
    if (trial->board_err != OK || trial->gpt_err != OK ||
        flow_read_claims(trial, trial->suffix, PART_BOOT) != OK) {
        return unreadable;
    }
    on_disk = trial->parts.list[PART_BOOT];
    if (boot_image.size != 0) {
        memory_block_init(&memory, boot_image);
        trial->parts.list[PART_BOOT] = (struct partition){
            .disk = &memory.block,
            .size_bytes = memory.block.block_count * memory.block.block_bytes,
        };
    }
    decision = decide(trial);
    if (decision.fate == FATE_BOOT || trial->verified.why == E_VBMETA_MAGIC) {
        decision = flow_read_images(trial) == OK ? decide(trial) : unreadable;
    }
    trial->parts.list[PART_BOOT] = on_disk; /* the memory is nobody's disk any more */
    return decision;
}

static struct decision judge(struct fastboot_host *host, const struct state *state,
                             struct slice boot_image, const struct verified **out_verified)
{
    struct asking *asking = self(host);
    struct flow *trial = &asking->trial;

    *trial = *asking->flow;
    trial->state = *state;
    trial->decision = judge_trial(asking, boot_image);
    *out_verified = &trial->verified;
    return trial->decision;
}

static void tell(struct fastboot_host *host, const char *command, const char *answer)
{
    static const char *const questions[] = {"getvar:", "download"};

    for (size_t i = 0; i < ARRAY_COUNT(questions); i++) {
        if (strncmp(command, questions[i], strlen(questions[i])) == 0) {
            return;
        }
    }
    flow_report_fastboot(self(host)->flow, command, answer);
}

enum fastboot_next flow_fastboot(struct flow *flow)
{
    static const struct fastboot_host_ops ops = {.judge = judge, .tell = tell};
    struct asking asking = {.host = {.ops = &ops}, .flow = flow};
    const struct fastboot_context context = {
        .phone = flow->phone,
        .board = &flow->board,
        .state = &flow->state,
        .gpt = flow->gpt_err == OK && flow->gpt.disk != NULL ? &flow->gpt : NULL,
        .verified = &flow->verified,
        .last = flow->decision,
        .host = &asking.host,
    };
    enum fastboot_next next;

    asking.context = &context;
    next = fastboot_serve(&context);
    if (next == FASTBOOT_NEXT_BOOT_IMAGE) {
        *flow = asking.trial;
    }
    return next;
}
