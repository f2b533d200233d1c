/* SPDX-License-Identifier: MIT */
/* Rescue mode, and what it says on the trace. Part of the flow. */
#include "flow/rescue_host.h"

#include "rescue/rescue.h"
#include "flow/read.h"
#include "flow/report.h"

struct rescuer {
    struct rescue_host host;
    const struct phone *phone;
};

static void report_command(struct rescue_host *host, const char *command, const char *target,
                           const char *refusal)
{
    const struct rescuer *rescuer = CONTAINER_OF(host, struct rescuer, host);
    struct report report;

    report_begin(&report, rescuer->phone, "rescue", "command");
    report_str(&report, "command", command);
    report_str(&report, "partition", target);
    report_str(&report, "result", refusal[0] == '\0' ? "done" : "refuse");
    report_str(&report, "answer", refusal);
    report_end(&report);
}

void flow_rescue(struct flow *flow)
{
    static const struct rescue_host_ops ops = {.report = report_command};
    const struct phone *phone = flow->phone;
    struct rescuer rescuer = {.host.ops = &ops, .phone = phone};
    struct rescue_context context = {.phone = phone, .board = &flow->board, .host = &rescuer.host};

    flow_show(flow, SCREEN_BLACK);
    if (rescue_serve(&context) == RESCUE_NEXT_RESET) {
        phone->power->ops->reset(phone->power);
    }
}
