/* SPDX-License-Identifier: MIT */
/* The words for the verdicts. Stage verify. */
#include "verify/verified.h"

static const char *const names[] = {
    [VERDICT_UNKNOWN] = "unknown",     [VERDICT_AUTHENTIC] = "authentic",
    [VERDICT_WRONG_KEY] = "wrong-key", [VERDICT_BAD_SIGNATURE] = "bad-signature",
    [VERDICT_BAD_HASH] = "bad-hash",   [VERDICT_NO_ROM] = "no-rom",
};

const char *verdict_name(enum verdict verdict)
{
    size_t index = (size_t)verdict;

    return index < ARRAY_COUNT(names) ? names[index] : names[VERDICT_UNKNOWN];
}
