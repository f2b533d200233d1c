/* SPDX-License-Identifier: MIT */
/* What each stage found out, as events. Part of the flow. */
#include "flow/events.h"

#include "flow/report.h"

#include <string.h>

void flow_report_power_on(const struct phone *phone)
{
    struct report report;

    report_begin(&report, phone, "flow", "power-on");
    report_str(&report, "firmware", FLASHLAB_VERSION);
    report_end(&report);
}

static void report_error(const struct flow *flow, const char *stage, enum err err)
{
    struct report report;

    report_begin(&report, flow->phone, stage, "error");
    report_str(&report, "error", err_name(err));
    report_end(&report);
}

void flow_report_board(const struct flow *flow)
{
    const struct board *board = &flow->board;
    struct report report;

    if (flow->board_err != OK) {
        report_error(flow, "board", flow->board_err);
        return;
    }
    report_begin(&report, flow->phone, "board", "identified");
    report_str(&report, "codename", board->codename);
    report_str(&report, "name", board->name);
    report_str(&report, "serial", board->serial);
    report_str(&report, "made_for", region_name(board->made_for));
    report_str(&report, "os", os_name(board->os));
    report_u64(&report, "released", board->released);
    report_str(&report, "regime", regime_name(board->regime));
    report_bool(&report, "bootloader_lock", board_has(board, PROTECTION_BOOTLOADER_LOCK));
    report_bool(&report, "verified_boot", board_has(board, PROTECTION_VERIFIED_BOOT));
    report_bool(&report, "anti_rollback", board_has(board, PROTECTION_ANTI_ROLLBACK));
    report_end(&report);
}

void flow_report_storage(const struct flow *flow)
{
    struct report report;

    report_begin(&report, flow->phone, "storage", "state");
    report_str(&report, "lock", flow->state.unlocked ? "unlocked" : "locked");
    report_str(&report, "record", err_name(flow->state_err));
    report_end(&report);
    if (flow->gpt_err != OK) {
        report_error(flow, "storage", flow->gpt_err);
        return;
    }
    report_begin(&report, flow->phone, "storage", "gpt");
    report_str(&report, "table", flow->gpt.used == GPT_PRIMARY ? "primary" : "backup");
    report_u64(&report, "partitions", flow->gpt.count);
    report_end(&report);
}

void flow_report_wipe(const struct flow *flow, enum err err)
{
    struct report report;

    report_begin(&report, flow->phone, "storage", "wipe");
    report_str(&report, "result", err == OK ? "done" : "failed");
    report_str(&report, "check", err_name(err));
    report_end(&report);
}

void flow_report_message(const struct flow *flow, enum bcb_command command)
{
    struct report report;

    report_begin(&report, flow->phone, "storage", "message");
    report_str(&report, "command", command == BCB_RECOVERY ? "recovery" : "bootloader");
    report_str(&report, "result", flow->request.message == command ? "apply" : "ignore");
    report_end(&report);
}

void flow_report_slot(const struct flow *flow)
{
    const struct slot *slot = &flow->walk.record.list[flow->walk.slot];
    struct report report;

    if (flow->board.slot_count != SLOT_COUNT) {
        return;
    }
    report_begin(&report, flow->phone, "storage", "slot");
    report_str(&report, "slot", slot_suffix(flow->walk.slot) + 1);
    report_str(&report, "record", err_name(flow->walk.record.why));
    report_u64(&report, "priority", slot->priority);
    report_u64(&report, "tries", slot->tries);
    report_bool(&report, "successful", slot->successful);
    report_end(&report);
}

void flow_report_claims(const struct flow *flow)
{
    const struct verified *verified = &flow->candidate.verified;
    struct report report;

    report_begin(&report, flow->phone, "verify", "claims");
    report_str(&report, "verdict", verdict_name(verified->verdict));
    report_str(&report, "check", err_name(verified->why));
    report_str(&report, "rom", verified->rom_name);
    report_str(&report, "version", verified->rom_version);
    report_str(&report, "product", verified->rom_product);
    report_str(&report, "region", verified->region_text);
    report_u64(&report, "rollback_index", verified->rollback_index);
    report_end(&report);
}

void flow_report_images(const struct flow *flow)
{
    struct report report;

    report_begin(&report, flow->phone, "verify", "images");
    report_str(&report, "verdict", verdict_name(flow->candidate.verified.verdict));
    report_str(&report, "check", err_name(flow->candidate.verified.why));
    report_u64(&report, "kernel_bytes", flow->candidate.image.kernel_bytes);
    report_u64(&report, "ramdisk_bytes", flow->candidate.image.ramdisk_bytes);
    report_end(&report);
}

static const char *result(bool refused, bool applies)
{
    if (refused) {
        return "refuse";
    }
    return applies ? "pass" : "not-checked";
}

static bool refused_by_authenticity(enum reason reason)
{
    return reason == REASON_BAD_SIGNATURE || reason == REASON_BAD_HASH ||
           reason == REASON_WRONG_KEY || reason == REASON_UNSUPPORTED ||
           reason == REASON_NO_ROM;
}

static bool report_authenticity(const struct flow *flow, const struct decision *decision)
{
    bool refused = refused_by_authenticity(decision->reason);
    struct report report;

    report_begin(&report, flow->phone, "policy", "authenticity");
    report_str(&report, "verdict", verdict_name(flow->candidate.verified.verdict));
    report_str(&report, "lock", flow->state.unlocked ? "unlocked" : "locked");
    report_str(&report, "result",
               result(refused, board_has(&flow->board, PROTECTION_VERIFIED_BOOT)));
    report_end(&report);
    return refused;
}

static bool report_rollback(const struct flow *flow, const struct decision *decision)
{
    bool refused = decision->reason == REASON_ROLLBACK;
    struct report report;

    report_begin(&report, flow->phone, "policy", "rollback");
    report_u64(&report, "phone", flow->board.rollback_index);
    report_u64(&report, "rom", flow->candidate.verified.rollback_index);
    report_str(&report, "result",
               result(refused, board_has(&flow->board, PROTECTION_ANTI_ROLLBACK) &&
                                   flow->candidate.verified.has_index));
    report_end(&report);
    return refused;
}

static bool report_region(const struct flow *flow, const struct decision *decision)
{
    bool refused =
        decision->reason == REASON_REGION_MISMATCH || decision->reason == REASON_REGION_UNKNOWN;
    struct report report;

    report_begin(&report, flow->phone, "policy", "region");
    report_str(&report, "made_for", region_name(flow->board.made_for));
    report_str(&report, "rom", region_name(flow->candidate.verified.region));
    report_str(&report, "result", result(refused, policy_holds(&flow->board)));
    report_end(&report);
    return refused;
}

void flow_report_policy(const struct flow *flow, const struct decision *decision)
{
    static bool (*const checks[])(const struct flow *, const struct decision *) = {
        report_authenticity,
        report_rollback,
        report_region,
    };

    for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
        if (checks[i](flow, decision)) {
            return;
        }
    }
}

void flow_report_restarts(const struct flow *flow)
{
    uint32_t count = flow->state.early_restarts;
    struct report report;

    if (count == 0) {
        return;
    }
    report_begin(&report, flow->phone, "policy", "restarts");
    report_u64(&report, "early", count);
    report_u64(&report, "allowed", POLICY_EARLY_RESTARTS - 1);
    report_str(&report, "result", result(count >= POLICY_EARLY_RESTARTS, true));
    report_end(&report);
}

void flow_report_kernel(const struct flow *flow, enum err err)
{
    struct report report;

    report_begin(&report, flow->phone, "boot", "kernel");
    report_str(&report, "check", err_name(err));
    report_end(&report);
}

void flow_report_verdict(const struct flow *flow)
{
    const struct decision *decision = &flow->decision;
    struct report report;

    report_begin(&report, flow->phone, "flow", "verdict");
    report_str(&report, "fate", fate_name(decision->fate));
    report_str(&report, "reason", reason_name(decision->reason));
    report_str(&report, "boot_state", boot_state_name(decision->boot_state));
    report_str(&report, "screen", screen_name(flow->screen));
    report_str(&report, "made_for", region_name(flow->board.made_for));
    report_str(&report, "rom", flow->candidate.verified.rom_name);
    report_str(&report, "rom_region", region_name(flow->candidate.verified.region));
    report_end(&report);
}

#define COMMAND_CHARS 128

void flow_report_fastboot(const struct flow *flow, const char *command, const char *answer)
{
    char chars[COMMAND_CHARS];
    struct report report;

    copy_string(chars, sizeof chars, command, COMMAND_CHARS);
    report_begin(&report, flow->phone, "fastboot", "command");
    report_str(&report, "command", chars);
    report_str(&report, "answer", answer);
    report_end(&report);
}

void flow_report_panic(const struct phone *phone, const char *text)
{
    struct report report;

    report_begin(&report, phone, "flow", "panic");
    report_str(&report, "text", text);
    report_end(&report);
    if (phone->log != NULL) {
        (void)phone->log->ops->write(phone->log, slice_of(text, strnlen(text, REPORT_BYTES)));
        (void)phone->log->ops->write(phone->log, slice_of("\n", 1));
    }
}
