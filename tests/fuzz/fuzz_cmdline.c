/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes boot/cmdline.h and the ROM's reader together: the input is a boot image's command line.
 * Whatever it is, the ROM reads what the firmware says of the phone, and nothing else.
 */
#include "tests/fuzz/fuzz.h"

#include "boot/cmdline.h"
#include "props.h"

static const struct board board = {
    .codename = "dipper", .serial = "8a7b6c5d", .made_for = REGION_CN, .regime = REGIME_SHIPPED};
static const struct state state = {.unlocked = true};

#define WORDS 7 /* that the firmware says of this phone */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct props props;
    char asked[CMDLINE_BYTES];
    char chars[CMDLINE_BYTES];
    struct text text = text_in(chars, sizeof chars);
    struct verified verified = {.verdict = VERDICT_UNKNOWN};

    copy_string(asked, sizeof asked, (const char *)data, size);
    copy_string(verified.cmdline, sizeof verified.cmdline, (const char *)data + size / 2,
                size - size / 2);
    if (cmdline_build(asked, &board, &state, BOOT_STATE_ORANGE, &text) != OK ||
        cmdline_add_verified(&verified, false, &text) != OK) {
        return 0;
    }
    memset(&props, 0, sizeof props);
    props_read_cmdline(&props, chars, text.length);
    fuzz_assert(props.count == WORDS && props.left_out == 0);
    fuzz_assert(strcmp(props_get(&props, "ro.boot.verifiedbootstate", ""), "orange") == 0);
    fuzz_assert(strcmp(props_get(&props, "ro.boot.vbmeta.device_state", ""), "unlocked") == 0);
    fuzz_assert(strcmp(props_get(&props, "ro.boot.hwc", ""), "CN") == 0);
    fuzz_assert(strcmp(props_get(&props, "ro.boot.veritymode", ""), "eio") == 0);
    return 0;
}
