/* SPDX-License-Identifier: MIT */
/* recovery/asked.h: what the bootloader message asks for, and what is left when it is done. */
#include "tests/unit/check.h"

#include "base/bytes.h"
#include "recovery/asked.h"

#include <string.h>

#define BIT(what) (1u << RECOVERY_ASKED_##what)

static struct bootloader_message message_of(const char *command, const char *recovery)
{
    struct bootloader_message message;

    memset(&message, 0, sizeof message);
    memcpy(message.command, command, strlen(command));
    memcpy(message.recovery, recovery, strlen(recovery));
    return message;
}

static unsigned bits(const struct bootloader_message *message)
{
    struct recovery_asked asked;
    unsigned found = 0;

    recovery_asked_read(message, &asked);
    for (size_t i = 0; i < RECOVERY_ASKED_COUNT; i++) {
        found |= asked.what[i] ? 1u << i : 0;
    }
    return found;
}

static void lines(void **state)
{
    static const struct {
        const char *command;
        const char *recovery;
        unsigned bits;
    } cases[] = {
        {"boot-recovery", "recovery\n--wipe_data\n", BIT(WIPE_DATA)},
        {"boot-recovery", "recovery\n--wipe_data", BIT(WIPE_DATA)},
        {"boot-recovery", "recovery\n--wipe_data\n--reason=MasterClear\n--locale=en-US\n",
         BIT(WIPE_DATA) | BIT(ASIDE)},
        {"boot-recovery", "recovery\n--locale=zh_CN\n--wipe_data\n--wipe_cache\n",
         BIT(WIPE_DATA) | BIT(WIPE_CACHE) | BIT(ASIDE)},
        {"boot-recovery", "recovery\n--wipe_cache\n", BIT(WIPE_CACHE)},
        {"boot-recovery", "recovery\n--prompt_and_wipe_data\n", BIT(PROMPT)},
        {"boot-recovery", "recovery\n--sideload\n", BIT(SIDELOAD)},
        {"boot-recovery", "recovery\n--sideload_auto_reboot\n", BIT(SIDELOAD_REBOOT)},
        {"boot-recovery", "recovery\n--update_package=/cache/a.zip\n", BIT(PACKAGE)},
        {"boot-recovery", "recovery\n--show_version_mismatch\n", BIT(MISMATCH)},
        {"boot-recovery", "recovery\n--just_exit\n", BIT(EXIT)},
        {"boot-recovery", "recovery\n\n\n--wipe_data\n\n", BIT(WIPE_DATA)},
        {"boot-recovery", "recovery\n--wipe_data2\n", BIT(UNKNOWN)},
        {"boot-recovery", "recovery\n--wipe_dat\n", BIT(UNKNOWN)},
        {"boot-recovery", "recovery\n --wipe_data\n", BIT(UNKNOWN)},
        {"boot-recovery", "recovery\n--wipe_data\r\n", BIT(UNKNOWN)},
        {"boot-recovery", "recovery\n", 0},
        {"boot-recovery", "recovery", 0},
        {"boot-recovery", "", 0},
        {"boot-recovery", "--wipe_data\n", 0},
        {"bootonce-bootloader", "recovery\n--wipe_data\n", 0},
        {"", "recovery\n--wipe_data\n", 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct bootloader_message message =
            message_of(cases[i].command, cases[i].recovery);

        if (bits(&message) != cases[i].bits) {
            fail_msg("%s: %x", cases[i].recovery, bits(&message));
        }
    }
}

/* What is done is taken out, and nothing else. */
static void what_is_left(void **state)
{
    struct bootloader_message message =
        message_of("boot-recovery", "recovery\n--wipe_data\n--fly=high\n--wipe_data\n--locale=x");

    recovery_asked_done(&message, RECOVERY_ASKED_WIPE_CACHE);
    assert_int_equal(bits(&message), BIT(WIPE_DATA) | BIT(UNKNOWN) | BIT(ASIDE));
    recovery_asked_done(&message, RECOVERY_ASKED_WIPE_DATA);
    assert_string_equal((const char *)message.recovery, "recovery\n--fly=high\n--locale=x\n");
    assert_true(recovery_asked_more(&message));
    recovery_asked_done(&message, RECOVERY_ASKED_UNKNOWN);
    assert_string_equal((const char *)message.recovery, "recovery\n--locale=x\n");
    assert_false(recovery_asked_more(&message));
    assert_string_equal((const char *)message.command, "boot-recovery");
}

/* The first that cannot be done is shown as text, whatever its bytes. */
static void what_is_shown(void **state)
{
    struct bootloader_message message =
        message_of("boot-recovery", "recovery\n--wipe_data\n--x\x1b[2J\xff\n--second\n");
    struct recovery_asked asked;

    recovery_asked_read(&message, &asked);
    assert_string_equal(asked.unknown, "--x?[2J?");
}

/* A field without an end, in lines of every length. */
static void full_fields(void **state)
{
    struct bootloader_message message = message_of("boot-recovery", "recovery\n");
    struct recovery_asked asked;

    for (size_t length = 1; length < sizeof message.recovery; length++) {
        memset(message.recovery + 9, 'a', sizeof message.recovery - 9);
        for (size_t at = 9 + length; at < sizeof message.recovery; at += length + 1) {
            message.recovery[at] = '\n';
        }
        recovery_asked_read(&message, &asked);
        assert_true(asked.what[RECOVERY_ASKED_UNKNOWN]);
        assert_true(strlen(asked.unknown) < sizeof asked.unknown);
        recovery_asked_done(&message, RECOVERY_ASKED_WIPE_DATA); /* nobody asked for it */
        assert_true(recovery_asked_more(&message));
        recovery_asked_done(&message, RECOVERY_ASKED_UNKNOWN);
        assert_false(recovery_asked_more(&message));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(what_is_shown),
        cmocka_unit_test(full_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
