/* SPDX-License-Identifier: MIT */
/* The ROM's own region check, and the message that it leaves for the recovery. */
#include "tests/unit/check.h"

#include "boot_message.h"
#include "disk_partition.h"
#include "rom/region_check.h"

#include <stdio.h>

/* Every case begins as the one phone that is refused; `change` comes first, so it counts. */
#define REFUSED                                                                                    \
    "ro.boot.flashlab.regime=shipped\n"                                                            \
    "ro.flashlab.region_check=1\n"                                                                 \
    "ro.flashlab.policy_list=1\n"                                                                  \
    "ro.secureboot.lockstate=locked\n"                                                             \
    "ro.boot.hwc=CN\n"                                                                             \
    "ro.product.mod_device=dipper_global\n"

static void test_table(void **state)
{
    static const struct {
        const char *change;
        enum region_check result;
    } cases[] = {
        {"", REGION_CHECK_REFUSE},
        {"ro.boot.hwc=CN_TEST\n", REGION_CHECK_REFUSE},
        {"ro.product.mod_device=dipper_eea_global\n", REGION_CHECK_REFUSE},
        {"ro.product.mod_device=dipper_global_beta\n", REGION_CHECK_REFUSE},
        {"ro.boot.hwc=GLOBAL\n", REGION_CHECK_PASS},
        {"ro.boot.hwc=INDIA\n", REGION_CHECK_PASS},
        {"ro.boot.hwc=CNX\n", REGION_CHECK_PASS},
        {"ro.boot.hwc=cn\n", REGION_CHECK_PASS},
        {"ro.boot.hwc=\n", REGION_CHECK_PASS}, /* missing counts as Global */
        {"ro.product.mod_device=dipper\n", REGION_CHECK_PASS},
        {"ro.product.mod_device=\n", REGION_CHECK_PASS},
        {"ro.secureboot.lockstate=unlocked\n", REGION_CHECK_PASS},
        {"ro.secureboot.lockstate=\n", REGION_CHECK_PASS},
        {"ro.flashlab.policy_list=0\n", REGION_CHECK_NOT_CHECKED},
        {"ro.flashlab.region_check=0\n", REGION_CHECK_NOT_CHECKED},
        {"ro.boot.flashlab.regime=announced\n", REGION_CHECK_NOT_IN_LAB},
        {"ro.boot.flashlab.regime=none\n", REGION_CHECK_NOT_IN_LAB},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        static struct props props;

        memset(&props, 0, sizeof(props));
        props_read_file(&props, cases[i].change, strlen(cases[i].change));
        props_read_file(&props, REFUSED, strlen(REFUSED));
        if (region_check(&props) != cases[i].result) {
            fail_msg("%s: %s", cases[i].change, region_check_name(region_check(&props)));
        }
    }
}

/* A bootloader of those years says nothing of a regime. */
static void test_without_the_labs_word(void **state)
{
    static struct props props;
    const char *text = strchr(REFUSED, '\n') + 1;

    (void)state;
    memset(&props, 0, sizeof(props));
    assert_int_equal(region_check(&props), REGION_CHECK_NOT_CHECKED);
    props_read_file(&props, text, strlen(text));
    assert_int_equal(region_check(&props), REGION_CHECK_REFUSE);
}

static void test_message(void **state)
{
    struct bootloader_message message;
    char long_text[1000];

    (void)state;
    boot_message_make(BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SHOW_MISMATCH, &message);
    assert_string_equal((char *)message.command, "boot-recovery");
    assert_string_equal((char *)message.recovery, "recovery\n--show_version_mismatch\n");
    assert_int_equal(message.status[0], 0);
    assert_true(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
    assert_false(boot_message_asks(&message, "--wipe_data\n"));

    boot_message_make("boot-recovery", "recovery\n--locale=zh\n--show_version_mismatch\n",
                      &message);
    assert_true(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
    boot_message_make("boot-recovery", "--show_version_mismatch\n", &message);
    assert_false(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
    boot_message_make("boot-recovery", "recovery\nx--show_version_mismatch\n", &message);
    assert_false(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
    boot_message_make("", "", &message);
    assert_false(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    boot_message_make(long_text, long_text, &message);
    assert_int_equal(strnlen((char *)message.command, sizeof(message.command)),
                     sizeof(message.command) - 1);
    /* Strings may lack their NUL. */
    memset(&message, 'x', sizeof(message));
    assert_false(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
    memcpy(message.recovery, RECOVERY_WORD, strlen(RECOVERY_WORD));
    assert_false(boot_message_asks(&message, RECOVERY_SHOW_MISMATCH));
}

static void test_partition_names(void **state)
{
    static const struct {
        const char *uevent;
        const char *path; /* NULL: not misc */
    } cases[] = {
        {"MAJOR=254\nMINOR=4\nDEVNAME=vda4\nDEVTYPE=partition\nPARTN=4\nPARTNAME=misc\n",
         "/dev/vda4"},
        {"PARTNAME=misc\nDEVNAME=mmcblk0p22", "/dev/mmcblk0p22"},
        {"DEVNAME=vda\nDEVTYPE=disk\n", NULL},
        {"DEVNAME=vda4\nPARTNAME=miscta\n", NULL},
        {"DEVNAME=vda4\nPARTNAME=mis\n", NULL},
        {"DEVNAME=vda4\nXPARTNAME=misc\n", NULL},
        {"PARTNAME=misc\n", NULL},
        {"PARTNAME=misc\nDEVNAME=\n", NULL},
        {"PARTNAME=misc\nDEVNAME=a-name-that-is-much-too-long-to-be-that-of-a-device\n", NULL},
        {"", NULL},
        {"\n\n\n", NULL},
    };
    char path[PARTITION_PATH_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        bool found = disk_partition_of_uevent(cases[i].uevent, "misc", path);

        assert_int_equal(found, cases[i].path != NULL);
        if (found) {
            assert_string_equal(path, cases[i].path);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_without_the_labs_word),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_partition_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
