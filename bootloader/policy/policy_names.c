/* SPDX-License-Identifier: MIT */
/* The words for fates, reasons and boot states, as the trace and the verdict line have them. */
#include "policy/policy.h"

static const char *const fate_names[] = {
    [FATE_BRICK] = "brick",       [FATE_DEAD] = "dead",         [FATE_BOOT] = "boot",
    [FATE_FASTBOOT] = "fastboot", [FATE_RECOVERY] = "recovery", [FATE_OFF] = "off",
};

static const char *const reason_names[] = {
    [REASON_NONE] = "none",
    [REASON_OK] = "ok",
    [REASON_REGION_MISMATCH] = "region-mismatch",
    [REASON_REGION_UNKNOWN] = "region-unknown",
    [REASON_BAD_SIGNATURE] = "bad-signature",
    [REASON_BAD_HASH] = "bad-hash",
    [REASON_WRONG_KEY] = "wrong-key",
    [REASON_ROLLBACK] = "rollback",
    [REASON_NO_ROM] = "no-rom",
    [REASON_BAD_GPT] = "bad-gpt",
    [REASON_BAD_BOARD] = "bad-board",
    [REASON_BAD_STATE] = "bad-state",
    [REASON_BOOT_LOOP] = "boot-loop",
    [REASON_KEYS] = "keys",
    [REASON_BCB] = "bcb",
    [REASON_COMMAND] = "command",
    [REASON_UNSUPPORTED] = "unsupported",
};

static const char *const boot_state_names[] = {
    [BOOT_STATE_RED] = "red",
    [BOOT_STATE_ORANGE] = "orange",
    [BOOT_STATE_YELLOW] = "yellow",
    [BOOT_STATE_GREEN] = "green",
    [BOOT_STATE_UNVERIFIED] = "unverified",
};

static const char *name_of(const char *const *names, size_t count, size_t index)
{
    return index < count ? names[index] : "unknown";
}

const char *fate_name(enum fate fate)
{
    return name_of(fate_names, ARRAY_COUNT(fate_names), (size_t)fate);
}

const char *reason_name(enum reason reason)
{
    return name_of(reason_names, ARRAY_COUNT(reason_names), (size_t)reason);
}

const char *boot_state_name(enum boot_state boot_state)
{
    return name_of(boot_state_names, ARRAY_COUNT(boot_state_names), (size_t)boot_state);
}
