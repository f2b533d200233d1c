/* SPDX-License-Identifier: MIT */
/* boot/cmdline.h: the image asks, only the firmware says what is true of the phone. */
#include "tests/unit/check.h"

#include "boot/cmdline.h"

static const struct board china_phone = {
    .codename = "dipper",
    .serial = "8a7b6c5d",
    .made_for = REGION_CN,
    .regime = REGIME_SHIPPED,
};
static const struct state locked = {.unlocked = false};
static const struct state unlocked = {.unlocked = true};

#define TRUE_WORDS                                                                                 \
    "androidboot.hardware=dipper androidboot.serialno=8a7b6c5d androidboot.hwc=CN "                \
    "androidboot.verifiedbootstate=green androidboot.vbmeta.device_state=locked "                  \
    "androidboot.flashlab.regime=shipped"

static const char *build(const char *image_cmdline, const struct board *board,
                         const struct state *state, enum boot_state boot_state)
{
    static char chars[CMDLINE_BYTES];
    struct text text = text_in(chars, sizeof chars);

    assert_err(cmdline_build(image_cmdline, board, state, boot_state, &text), OK);
    return chars;
}

static void says_what_is_true(void **state)
{
    struct board global = china_phone;
    struct board slotted = china_phone;

    global.made_for = REGION_GLOBAL;
    slotted.slot_count = 2;
    assert_string_equal(build("", &china_phone, &locked, BOOT_STATE_GREEN), TRUE_WORDS);
    assert_string_equal(build("console=ttyAMA0 quiet", &china_phone, &locked, BOOT_STATE_GREEN),
                        "console=ttyAMA0 quiet " TRUE_WORDS);
    assert_non_null(
        strstr(build("", &global, &locked, BOOT_STATE_GREEN), " androidboot.hwc=GLOBAL "));
    assert_non_null(strstr(build("", &china_phone, &unlocked, BOOT_STATE_ORANGE),
                           "verifiedbootstate=orange androidboot.vbmeta.device_state=unlocked"));
    assert_null(strstr(build("", &slotted, &locked, BOOT_STATE_GREEN), "slot_suffix"));
    assert_null(strstr(build("", &china_phone, &locked, BOOT_STATE_GREEN), "androidboot.anti"));
    slotted.protections = PROTECTION_ANTI_ROLLBACK;
    slotted.rollback_index = 12;
    assert_non_null(strstr(build("", &slotted, &locked, BOOT_STATE_GREEN), " androidboot.anti=12"));
}

static void says_which_slot(void **state)
{
    char chars[64];
    struct text text = text_in(chars, sizeof chars);
    struct text small = text_in(chars, 16);

    assert_err(cmdline_add_slot("", &text), OK);
    assert_string_equal(chars, "");
    assert_err(cmdline_add_slot("_b", &text), OK);
    assert_string_equal(chars, "androidboot.slot_suffix=_b");
    assert_err(cmdline_add_slot("_b", &small), E_TEXT_SPACE);
}

/* Whatever a ROM tries, the words about the phone come from the firmware alone. */
static void strips_the_images_claims(void **state)
{
    static const char *const claims[] = {
        "androidboot.hwc=GLOBAL",
        "androidboot.verifiedbootstate=green androidboot.vbmeta.device_state=locked",
        "  androidboot.hwc=GLOBAL  ",
        "\"androidboot.hwc=GLOBAL\"",
        "androidboot.",
        "andr\"\"oidboot.verifiedbootstate=green",
        "\"\"androidboot.verifiedbootstate=green",
        "androidboot\".\"hwc=GLOBAL",
        "a\"ndroidboot.hwc=GLOBAL \"",
        "\tandroidboot.hwc=GLOBAL\n",
        "x=\x1b[2J",
        "\xa0"
        "androidboot.hwc=GLOBAL",
        "androidboot.hwc=\"GLOBAL with spaces androidboot.hwc=GLOBAL\"",
        "\"androidboot.hwc=a quote that never ends",
        "x=\"a quote that never ends, over what the firmware says",
        /* The ramdisk's trailer could say androidboot.*: the kernel puts that in front. */
        "bootconfig",
        "bootconfig=1 \"bootconfig\" boot\"config\"= bootconfig=\"a b\"",
    };

    for (size_t i = 0; i < ARRAY_COUNT(claims); i++) {
        assert_string_equal(build(claims[i], &china_phone, &locked, BOOT_STATE_GREEN), TRUE_WORDS);
    }
    assert_string_equal(
        build("a androidboot.hwc=GLOBAL b", &china_phone, &locked, BOOT_STATE_GREEN),
        "a b " TRUE_WORDS);
}

static void leaves_the_rest_alone(void **state)
{
    assert_string_equal(
        build("dm=\"one two  three\" x.androidboot.y=1 bootconfigs bootconfi xbootconfig",
              &china_phone, &locked, BOOT_STATE_GREEN),
        "dm=\"one two  three\" x.androidboot.y=1 bootconfigs bootconfi xbootconfig " TRUE_WORDS);
}

static void too_long_is_an_error(void **state)
{
    char words[CMDLINE_BYTES];
    char chars[CMDLINE_BYTES];

    memset(words, 'x', sizeof words);
    for (size_t length = 0; length < sizeof words; length++) {
        struct text text = text_in(chars, sizeof chars);
        bool fits = length + (length != 0) + strlen(TRUE_WORDS) < CMDLINE_BYTES;

        words[length] = '\0';
        assert_err(cmdline_build(words, &china_phone, &locked, BOOT_STATE_GREEN, &text),
                   fits ? OK : E_TEXT_SPACE);
        words[length] = 'x';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_true),        cmocka_unit_test(says_which_slot),
        cmocka_unit_test(strips_the_images_claims), cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(too_long_is_an_error),
    };

    return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
