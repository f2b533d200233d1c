/* SPDX-License-Identifier: MIT */
/* Looking at candidates on the way to the verdict. Part of the flow. */
#include "flow/look.h"

#include "flow/events.h"
#include "flow/read.h"
#include "flow/request.h"

static bool at(struct candidate_watcher *watcher, enum candidate_step step,
               const struct candidate *candidate)
{
    struct flow *flow = CONTAINER_OF(watcher, struct flow, watcher);
    bool is_rom = candidate->part == PART_BOOT;

    switch (step) {
    case CANDIDATE_BEGINS:
        if (is_rom) {
            flow_report_slot(flow);
        }
        break;
    case CANDIDATE_CLAIMED:
        if (is_rom) {
            flow_report_claims(flow);
            return candidate->decision.fate != FATE_BOOT || !flow_requests(flow);
        }
        break;
    case CANDIDATE_LOADING:
        flow_show(flow, SCREEN_LOGO);
        break;
    case CANDIDATE_LOADED:
        flow_report_images(flow);
        break;
    case CANDIDATE_DECIDED:
        flow_report_policy(flow, &candidate->decision);
        break;
    case CANDIDATE_NO_KERNEL:
        flow_report_kernel(flow, candidate->kernel_err);
        break;
    }
    return true;
}

static const struct candidate_watcher_ops watcher_ops = {.at = at};

/* What is read all the same when something else is asked for, is so to its end. */
static bool may_stop(const struct flow *flow)
{
    return flow->candidate.decision.fate == FATE_BOOT;
}

/* Keys are heard while a ROM is read and unpacked, however long somebody made that. */
static bool is_rom_wanted(struct progress *progress, uint64_t done, uint64_t total)
{
    struct flow *flow = CONTAINER_OF(progress, struct flow, loading);

    return !flow_requests(flow) || !may_stop(flow);
}

static const struct progress_ops rom_ops = {.at = is_rom_wanted};

/* Out of a recovery there is one way: fastboot mode. */
static bool is_recovery_wanted(struct progress *progress, uint64_t done, uint64_t total)
{
    struct flow *flow = CONTAINER_OF(progress, struct flow, loading);

    return !flow_request_keys(flow) || flow->request.key != KEY_VOLUME_DOWN || !may_stop(flow);
}

static const struct progress_ops recovery_ops = {.at = is_recovery_wanted};

struct candidate_source flow_source(const struct flow *flow, enum part part)
{
    return (struct candidate_source){
        .phone = flow->phone,
        .board = &flow->board,
        .state = &flow->state,
        .gpt = &flow->gpt,
        .suffix = flow->board.slot_count == SLOT_COUNT ? slot_suffix(flow->walk.slot) : "",
        .part = part,
    };
}

void flow_look_at_rom(struct flow *flow)
{
    struct candidate_source source = flow_source(flow, PART_BOOT);

    flow->watcher.ops = &watcher_ops;
    flow->loading.ops = &rom_ops;
    source.loading = &flow->loading;
    slots_look(&source, &flow->watcher, &flow->walk, &flow->candidate);
}

void flow_look_at_recovery(struct flow *flow)
{
    struct candidate_source source = flow_source(flow, PART_RECOVERY);
    const struct decision *found = &flow->candidate.decision;
    struct partition recovery;

    if (flow->decision.fate != FATE_RECOVERY || flow->gpt_err != OK ||
        gpt_find(&flow->gpt, "recovery", &recovery) != OK) {
        return;
    }
    flow->watcher.ops = &watcher_ops;
    flow->loading.ops = &recovery_ops;
    source.loading = &flow->loading;
    candidate_look(&source, &flow->watcher, &flow->candidate);
    if (found->fate == FATE_BOOT && !flow->candidate.loaded) {
        flow->decision.fate = FATE_FASTBOOT;
        flow->decision.reason = REASON_KEYS;
    } else if (found->fate == FATE_BOOT) {
        flow->decision.boot_state = found->boot_state;
    } else if (found->reason != REASON_NO_ROM) {
        if (flow->decision.reason == REASON_BCB) {
            flow_request_drop_message(flow);
        }
        flow->decision = *found;
    }
}
