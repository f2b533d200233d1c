/* SPDX-License-Identifier: MIT */
/*
 * boot/cmdline.h, what was verified beside the image: vbmeta's words, and how to set up dm-verity.
 */
#include "tests/unit/check.h"

#include "boot/cmdline.h"

#define BYTES_32(b) b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b

static struct verified with_system(void)
{
    struct verified verified = {
        .system = {.present = true,
                   .image_bytes = 452 * 4096,
                   .tree_offset = 460 * 4096,
                   .salt = {0x0b, 0xad},
                   .salt_bytes = 2},
        .cmdline = "flashlab.system=dm-verity",
    };

    memset(verified.system.root_digest, 0xa5, SHA256_BYTES);
    return verified;
}

static const char *add(const struct verified *verified, bool locked)
{
    static char chars[CMDLINE_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_str(&text, "quiet");
    assert_err(cmdline_add_verified(verified, locked, &text), OK);
    return chars;
}

static void says_how(void **state)
{
    struct verified verified = with_system();

    assert_string_equal(add(&verified, true),
                        "quiet flashlab.system=dm-verity androidboot.veritymode=enforcing "
                        "androidboot.verity.system=452,460," BYTES_32("a5") ",0bad");
    assert_non_null(strstr(add(&verified, false), "androidboot.veritymode=eio "));
    verified.hashtree_disabled = true;
    assert_string_equal(add(&verified, true),
                        "quiet flashlab.system=dm-verity androidboot.veritymode=disabled");
    verified = (struct verified){.verdict = VERDICT_UNKNOWN};
    assert_string_equal(add(&verified, true), "quiet androidboot.veritymode=enforcing");
}

/* Whoever signed the words: only the firmware speaks for the phone. */
static void strips_claims(void **state)
{
    static const char *const claims[] = {
        "androidboot.veritymode=disabled",
        "\"androidboot.verity.system=1,2,3\"",
        "  androidboot.hwc=GLOBAL androidboot.veritymode=eio  ",
        "a=\"a quote that never ends",
        "a=\"x\"\"y",
    };

    for (size_t i = 0; i < ARRAY_COUNT(claims); i++) {
        struct verified verified = {.verdict = VERDICT_AUTHENTIC};

        copy_string(verified.cmdline, sizeof verified.cmdline, claims[i], strlen(claims[i]));
        assert_string_equal(add(&verified, true), "quiet androidboot.veritymode=enforcing");
    }
}

static void keeps_whole_quotes(void **state)
{
    struct verified verified = {.cmdline = "a=\"b c\" d"};

    assert_string_equal(add(&verified, true), "quiet a=\"b c\" d androidboot.veritymode=enforcing");
}

static void everything_must_fit(void **state)
{
    struct verified verified = with_system();
    size_t needed = strlen(add(&verified, true)) + 1;

    for (size_t size = 8; size <= needed; size++) {
        char *chars = test_malloc(size);
        struct text text = text_in(chars, size);

        text_str(&text, "quiet");
        assert_err(cmdline_add_verified(&verified, true, &text),
                   size == needed ? OK : E_TEXT_SPACE);
        test_free(chars);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how),
        cmocka_unit_test(strips_claims),
        cmocka_unit_test(keeps_whole_quotes),
        cmocka_unit_test(everything_must_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
