/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes recovery/asked.h: the input is misc's message, whoever wrote it. What was done is asked
 * for no more, and all else still is.
 */
#include "tests/fuzz/fuzz.h"

#include "recovery/asked.h"

static void check(const struct recovery_asked *asked)
{
    fuzz_assert(strnlen(asked->unknown, sizeof asked->unknown) < sizeof asked->unknown);
    for (const char *c = asked->unknown; *c != '\0'; c++) {
        fuzz_assert(*c >= ' ' && *c <= '~');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bootloader_message message = {.command = BCB_BOOT_RECOVERY};
    struct recovery_asked before;
    struct recovery_asked after;

    if (size != 0 && *data == 0) { /* a command of its own, too */
        memcpy(&message, data + 1, size - 1 < sizeof message ? size - 1 : sizeof message);
    } else {
        memcpy(message.recovery, data,
               size < sizeof message.recovery ? size : sizeof message.recovery);
    }
    for (size_t what = 0; what < RECOVERY_ASKED_COUNT; what++) {
        recovery_asked_read(&message, &before);
        check(&before);
        recovery_asked_done(&message, (enum recovery_asked_what)what);
        recovery_asked_read(&message, &after);
        for (size_t i = 0; i < RECOVERY_ASKED_COUNT; i++) {
            fuzz_assert(after.what[i] == (before.what[i] && i != what));
        }
    }
    fuzz_assert(!recovery_asked_more(&message));
    return 0;
}
