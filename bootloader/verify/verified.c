/* SPDX-License-Identifier: MIT */
/* The words for verdicts and partitions. Stage verify. */
#include "verify/verified.h"

static const char *const verdict_names[] = {
    [VERDICT_UNKNOWN] = "unknown",
    [VERDICT_AUTHENTIC] = "authentic",
    [VERDICT_USER_KEY] = "user-key",
    [VERDICT_WRONG_KEY] = "wrong-key",
    [VERDICT_BAD_SIGNATURE] = "bad-signature",
    [VERDICT_BAD_HASH] = "bad-hash",
    [VERDICT_UNSUPPORTED] = "unsupported",
    [VERDICT_NO_ROM] = "no-rom",
};

static const char *const part_names[] = {
    [PART_VBMETA] = "vbmeta", [PART_VBMETA_SYSTEM] = "vbmeta_system",
    [PART_BOOT] = "boot",     [PART_RECOVERY] = "recovery",
    [PART_DTBO] = "dtbo",     [PART_SYSTEM] = "system",
};

const char *verdict_name(enum verdict verdict)
{
    size_t index = (size_t)verdict;

    return index < ARRAY_COUNT(verdict_names) ? verdict_names[index]
                                              : verdict_names[VERDICT_UNKNOWN];
}

const char *part_name(enum part part)
{
    size_t index = (size_t)part;

    return index < ARRAY_COUNT(part_names) ? part_names[index] : "";
}
