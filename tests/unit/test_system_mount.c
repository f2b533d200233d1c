/* SPDX-License-Identifier: MIT */
/*
 * userland/rom/verity.h, userland/rom/system_mount.h: what init understands of what the bootloader tells.
 */
#include "tests/unit/check.h"

#include "base/bytes.h"
#include "rom/system_mount.h"
#include "rom/verity.h"

#include <stdio.h>

#define ROOT "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void the_word(void **state)
{
    static const struct {
        const char *cmdline;
        const char *how;
    } cases[] = {
        {"", ""},
        {"quiet", ""},
        {"flashlab.system=plain", "plain"},
        {"quiet flashlab.system=dm-verity androidboot.x=y\n", "dm-verity"},
        {"  flashlab.system=plain\n", "plain"},
        {"xflashlab.system=plain", ""},
        {"flashlab.system", ""},
        {"flashlab.system=", ""},
        {"flashlab.system=a-very-long-word-that-does-not-fit", "a-very-long-wor"},
    };
    char how[16];

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        system_mount_how(cases[i].cmdline, how, sizeof how);
        assert_string_equal(how, cases[i].how);
    }
}

static void who_vouches(void **state)
{
    static const struct {
        const char *how;
        const char *boot_state;
        bool plain;
    } cases[] = {
        {"", "green", false},     {"", "yellow", false},     {"nonsense", "green", false},
        {"plain", "green", true}, {"plain", "yellow", true}, {"", "orange", true},
        {"", "unverified", true}, {"nonsense", "", true},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(system_mount_may_be_plain(cases[i].how, cases[i].boot_state),
                         cases[i].plain);
    }
}

static void the_tree(void **state)
{
    struct verity_tree tree;
    char table[VERITY_TABLE_BYTES];

    assert_true(verity_tree_read("452,460," ROOT ",0badcafe", &tree));
    assert_true(tree.image_blocks == 452 && tree.tree_block == 460);
    assert_string_equal(tree.root_hex, ROOT);
    assert_string_equal(tree.salt_hex, "0badcafe");
    assert_true(verity_table_make(&tree, "/dev/vda11", table));
    assert_string_equal(table,
                        "1 /dev/vda11 /dev/vda11 4096 4096 452 460 sha256 " ROOT " 0badcafe");
    assert_true(verity_tree_read("2,2," ROOT ",", &tree));
    assert_true(verity_table_make(&tree, "/dev/x", table));
    assert_string_equal(table, "1 /dev/x /dev/x 4096 4096 2 2 sha256 " ROOT " -");
}

static void trees_by_other_functions(void **state)
{
    static const char sha1_root[] = "00112233445566778899aabbccddeeff00112233";
    static const char longest[] = ROOT ROOT ROOT ROOT ROOT ROOT ROOT ROOT;
    struct verity_tree tree;
    char table[VERITY_TABLE_BYTES];
    char text[2048];

    snprintf(text, sizeof text, "3,4,%s,aa,sha1", sha1_root);
    assert_true(verity_tree_read(text, &tree) && verity_table_make(&tree, "/dev/x", table));
    snprintf(text, sizeof text, "1 /dev/x /dev/x 4096 4096 3 4 sha1 %s aa", sha1_root);
    assert_string_equal(table, text);
    snprintf(text, sizeof text, "3,4," ROOT ROOT ",%s,sha512", longest);
    assert_true(verity_tree_read(text, &tree) && verity_table_make(&tree, "/dev/x", table));
    snprintf(text, sizeof text, "1 /dev/x /dev/x 4096 4096 3 4 sha512 " ROOT ROOT " %s", longest);
    assert_string_equal(table, text);
    assert_true(verity_tree_read("3,4," ROOT ",,sha256", &tree));
    assert_string_equal(tree.hash, "sha256");
}

static void trees_that_are_none(void **state)
{
    static const char *const texts[] = {
        "",
        "452",
        "452,460",
        "452,460," ROOT,
        ",460," ROOT ",00",
        "452,," ROOT ",00",
        "-1,460," ROOT ",00",
        "+1,460," ROOT ",00",
        " 452,460," ROOT ",00",
        "0,460," ROOT ",00",
        "1,460," ROOT ",00",
        "452 ,460," ROOT ",00",
        "0x10,460," ROOT ",00",
        "99999999999999999999999,460," ROOT ",00",
        "18446744073709551615,460," ROOT ",00",
        "452,460," ROOT "00,00",
        "452,460,0" ROOT ",00",
        "452,460,00,00",
        "452,460," ROOT ",0",
        "452,460," ROOT ",00 1 verity",
        "452,460," ROOT ",00,",
        "452,460," ROOT ",xy",
        "452,460," ROOT "," ROOT ROOT ROOT ROOT ROOT ROOT ROOT ROOT "00",
        "452,460," ROOT ",00,sha512",
        "452,460," ROOT ",00,sha1",
        "452,460," ROOT ",00,md5",
        "452,460," ROOT ",00,sha256,",
        "452,460," ROOT ROOT ",00",
        "452,460," ROOT ROOT "00,00,sha512",
    };
    struct verity_tree tree;

    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        if (verity_tree_read(texts[i], &tree)) {
            print_error("taken: %s\n", texts[i]);
            fail();
        }
    }
}

static void names(void **state)
{
    assert_string_equal(system_result_name(SYSTEM_MOUNTED), "mounted");
    assert_string_equal(system_result_name(SYSTEM_IO_ERROR), "io-error");
    assert_string_equal(system_result_name((enum system_result)0), "fault");
    assert_string_equal(system_result_name((enum system_result)99), "fault");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_word),
        cmocka_unit_test(who_vouches),
        cmocka_unit_test(the_tree),
        cmocka_unit_test(trees_by_other_functions),
        cmocka_unit_test(trees_that_are_none),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
