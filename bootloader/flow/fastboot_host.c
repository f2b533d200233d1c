/* SPDX-License-Identifier: MIT */
/* What fastboot mode asks of the flow. Part of the flow. */
#include "flow/fastboot_host.h"

#include "flow/events.h"
#include "flow/look.h"

#include <string.h>

struct asking {
    struct fastboot_host host;
    struct flow *flow;
    struct slot_walk walk; /* of the last dry run */
    struct candidate candidate;
};

static struct asking *self(struct fastboot_host *host)
{
    return CONTAINER_OF(host, struct asking, host);
}

static struct fastboot_outcome outcome_of(const struct candidate *candidate)
{
    return (struct fastboot_outcome){
        .decision = candidate->decision,
        .why = candidate_why(candidate),
        .verified = &candidate->verified,
    };
}

/* What keeps a phone from looking at its disk at all. */
static struct decision without_disk(const struct flow *flow)
{
    enum reason reason = flow->board_err != OK ? REASON_BAD_BOARD : REASON_BAD_GPT;

    return (struct decision){FATE_BRICK, reason, BOOT_STATE_RED};
}

static bool has_disk(const struct flow *flow)
{
    return flow->board_err == OK && flow->gpt_err == OK && flow->gpt.disk != NULL;
}

static struct fastboot_outcome dry_run(struct fastboot_host *host, const struct state *state,
                                       struct slice boot_image, struct progress *loading)
{
    struct asking *asking = self(host);
    struct candidate *candidate = &asking->candidate;
    struct candidate_source source = flow_source(asking->flow, PART_BOOT);

    source.state = state;
    source.image = boot_image;
    source.loading = loading;
    if (!has_disk(asking->flow)) {
        *candidate = (struct candidate){.decision = without_disk(asking->flow)};
    } else if (boot_image.size != 0) {
        (void)slots_begin(&source, &asking->walk); /* it is for the slot whose turn it is */
        candidate_look(&source, NULL, candidate);
    } else {
        slots_look(&source, NULL, &asking->walk, candidate);
        slots_commit(&source, &asking->walk, true, &candidate->decision);
    }
    return outcome_of(candidate);
}

static void report_command(struct fastboot_host *host, const char *command, const char *answer)
{
    static const char *const questions[] = {"getvar:", "download:"};

    for (size_t i = 0; i < ARRAY_COUNT(questions); i++) {
        if (strncmp(command, questions[i], strlen(questions[i])) == 0) {
            return;
        }
    }
    flow_report_fastboot(self(host)->flow, command, answer);
}

enum fastboot_next flow_fastboot(struct flow *flow)
{
    static const struct fastboot_host_ops ops = {.dry_run = dry_run, .report = report_command};
    struct asking asking = {.host = {.ops = &ops}, .flow = flow};
    struct fastboot_context context = {
        .phone = flow->phone,
        .board = &flow->board,
        .state = &flow->state,
        .gpt = has_disk(flow) ? &flow->gpt : NULL,
        .last = outcome_of(&flow->candidate),
        .host = &asking.host,
    };
    enum fastboot_next next;

    context.last.decision = flow->decision;
    next = fastboot_serve(&context);
    if (next == FASTBOOT_NEXT_BOOT_IMAGE) {
        flow->is_lent = true;
        flow->walk = asking.walk;
        flow->candidate = asking.candidate;
        flow->decision = asking.candidate.decision;
    }
    return next;
}
