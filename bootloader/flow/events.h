/* SPDX-License-Identifier: MIT */
/*
 * What each stage found out, as events (report.h). Part of the flow; docs/trace.md lists them.
 */
#ifndef FLOW_REPORT_H
#define FLOW_REPORT_H

#include "flow/context.h"

void flow_report_power_on(const struct phone *phone);
void flow_report_board(const struct flow *flow);
void flow_report_storage(const struct flow *flow);
/* The wipe that a change of the lock asked for: OK, or why it is still to be done. */
void flow_report_wipe(const struct flow *flow, enum err err);
/* What the message asked for, and whether it is applied: flow->request.message. */
void flow_report_message(const struct flow *flow, enum bcb_command command);
/* The slot that is looked at; nothing on a phone without. */
void flow_report_slot(const struct flow *flow);
void flow_report_claims(const struct flow *flow);
void flow_report_images(const struct flow *flow);
/* What was compared, check by check, up to the one that refused. */
void flow_report_policy(const struct flow *flow, const struct decision *decision);
/* How often the ROM restarted the phone before it was well; nothing where it never did. */
void flow_report_restarts(const struct flow *flow);
/* Why what may run cannot be entered. */
void flow_report_kernel(const struct flow *flow, enum err err);
void flow_report_verdict(const struct flow *flow);
/* A fastboot command and what it was answered; long ones are cut. */
void flow_report_fastboot(const struct flow *flow, const char *command, const char *answer);
/* The firmware found a mistake of its own. */
void flow_report_panic(const struct phone *phone, const char *text);

#endif
