/* SPDX-License-Identifier: MIT */
/* board_read of board/board.h: facts in their ranges, or an error and nothing else. */
#include "tests/unit/check.h"
#include "tests/fake/fake_tree.h"

#include "board/board.h"
#include "board/board_dt.h"
#include "format/fuses.h"

#include <libfdt.h>
#include <stdlib.h>

#define NODE "/" BOARD_NODE

/* The merged tree of dipper; end with free(data). */
static struct span merged(void)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    struct span room = {.data = calloc(1, 4096), .size = 4096};

    assert_err(board_merge(span_slice(machine), span_slice(overlay), room), OK);
    free(machine.data);
    free(overlay.data);
    return room;
}

static enum err read(struct span tree, const struct fuses_record *fuses, struct board *out_board)
{
    return board_read(span_slice(tree), slice_of(fuses, sizeof *fuses), out_board);
}

static void facts(void **state)
{
    struct fuses_record fuses = fake_fuses("dipper", 3);
    struct span tree = merged();
    struct board board;

    assert_err(read(tree, &fuses, &board), OK);
    assert_string_equal(board.codename, "dipper");
    assert_string_equal(board.name, "Mi 8");
    assert_int_equal(board.os, OS_MIUI);
    assert_int_equal(board.released, 201806);
    assert_true(board.on_policy_list);
    assert_int_equal(board.protections, PROTECTION_BOOTLOADER_LOCK | PROTECTION_VERIFIED_BOOT |
                                            PROTECTION_ANTI_ROLLBACK);
    assert_int_equal(board.panel_width_px, 720);
    assert_int_equal(board.panel_height_px, 1496);
    assert_int_equal(board.slot_count, 0);
    assert_int_equal(board.regime, REGIME_SHIPPED);
    assert_int_equal(board.made_for, REGION_CN);
    assert_string_equal(board.serial, "8a7b6c5d");
    assert_memory_equal(board.root_key_sha256, fuses.root_key_sha256, 32);
    assert_int_equal(board.rollback_index, 3);
    free(tree.data);
}

/* Each flag is its own; without anti-rollback the fuses' count says nothing. */
static void flags(void **state)
{
    static const struct {
        const char *name;
        unsigned left;
        bool listed;
        uint32_t rollback_index;
    } cases[] = {
        {BOARD_BOOTLOADER_LOCK, PROTECTION_VERIFIED_BOOT | PROTECTION_ANTI_ROLLBACK, true, 3},
        {BOARD_VERIFIED_BOOT, PROTECTION_BOOTLOADER_LOCK | PROTECTION_ANTI_ROLLBACK, true, 3},
        {BOARD_ANTI_ROLLBACK, PROTECTION_BOOTLOADER_LOCK | PROTECTION_VERIFIED_BOOT, true, 0},
        {BOARD_POLICY_LIST,
         PROTECTION_BOOTLOADER_LOCK | PROTECTION_VERIFIED_BOOT | PROTECTION_ANTI_ROLLBACK, false,
         3},
    };
    struct fuses_record fuses = fake_fuses("dipper", 3);

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span tree = merged();
        struct board board;

        assert_int_equal(fdt_delprop(tree.data, fdt_path_offset(tree.data, NODE), cases[i].name),
                         0);
        assert_err_in(cases[i].name, read(tree, &fuses, &board), OK);
        assert_int_equal(board.protections, cases[i].left);
        assert_int_equal(board.on_policy_list, cases[i].listed);
        assert_int_equal(board.rollback_index, cases[i].rollback_index);
        free(tree.data);
    }
}

static void missing(void **state)
{
    static const char *const names[] = {BOARD_CODENAME,   BOARD_NAME,        BOARD_OS,
                                        BOARD_RELEASED,   BOARD_PANEL_WIDTH, BOARD_PANEL_HEIGHT,
                                        BOARD_SLOT_COUNT, BOARD_REGIME};
    struct fuses_record fuses = fake_fuses("dipper", 0);
    struct span tree;
    struct board board;
    struct board untouched;

    memset(&board, 0x22, sizeof board);
    untouched = board;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        tree = merged();
        assert_int_equal(fdt_delprop(tree.data, fdt_path_offset(tree.data, NODE), names[i]), 0);
        assert_err_in(names[i], read(tree, &fuses, &board), E_BOARD_MISSING);
        free(tree.data);
    }
    tree = merged();
    assert_int_equal(fdt_del_node(tree.data, fdt_path_offset(tree.data, NODE)), 0);
    assert_err(read(tree, &fuses, &board), E_BOARD_MISSING);
    free(tree.data);
    assert_memory_equal(&board, &untouched, sizeof board);
}

#define BYTES(text) text, sizeof(text) - 1

static void values(void **state)
{
    static const struct {
        const char *property;
        const char *value;
        int size;
        enum err err;
    } cases[] = {
        {BOARD_CODENAME, BYTES(""), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("dipper"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("dip\0per\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("dipper\0\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("Dipper\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("../dipper\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("dip per\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("abcdefghijklmnopqrstuvwxyz012345\0"), E_BOARD_VALUE},
        {BOARD_CODENAME, BYTES("abcdefghijklmnopqrstuvwxyz01234\0"), E_BOARD_CODENAME},
        {BOARD_CODENAME, BYTES("dippe\0"), E_BOARD_CODENAME},
        {BOARD_NAME, BYTES("\0"), E_BOARD_VALUE},
        {BOARD_NAME, BYTES("Mi\n8\0"), E_BOARD_VALUE},
        {BOARD_NAME, BYTES("Mi \xc3\xa9\0"), E_BOARD_VALUE},
        {BOARD_NAME, BYTES("012345678901234567890123456789012345678901234567\0"), E_BOARD_VALUE},
        {BOARD_NAME, BYTES("01234567890123456789012345678901234567890123456\0"), OK},
        {BOARD_OS, BYTES("miui"), E_BOARD_VALUE},
        {BOARD_OS, BYTES("miui\0x"), E_BOARD_VALUE},
        {BOARD_OS, BYTES("ios\0"), E_BOARD_VALUE},
        {BOARD_OS, BYTES("android-one\0"), OK},
        {BOARD_REGIME, BYTES("\0"), E_BOARD_VALUE},
        {BOARD_REGIME, BYTES("off\0"), E_BOARD_VALUE},
        {BOARD_REGIME, BYTES("none\0"), OK},
        {BOARD_RELEASED, BYTES("\0\3\x14"), E_BOARD_VALUE},             /* 3 bytes */
        {BOARD_RELEASED, BYTES("\0\0\0\0\0\3\x14\x4e"), E_BOARD_VALUE}, /* 8 bytes */
        {BOARD_RELEASED, BYTES("\0\3\x14\x48"), E_BOARD_VALUE},         /* 201800 */
        {BOARD_RELEASED, BYTES("\0\3\x14\x49"), OK},                    /* 201801 */
        {BOARD_RELEASED, BYTES("\0\3\x14\x54"), OK},                    /* 201812 */
        {BOARD_RELEASED, BYTES("\0\3\x14\x55"), E_BOARD_VALUE},         /* 201813 */
        {BOARD_RELEASED, BYTES("\0\0\x07\xe2"), E_BOARD_VALUE},         /* 2018 */
        {BOARD_RELEASED, BYTES("\xff\xff\xff\xff"), E_BOARD_VALUE},
        {BOARD_PANEL_WIDTH, BYTES("\0\0\1\xdf"), E_BOARD_VALUE}, /* 479 */
        {BOARD_PANEL_WIDTH, BYTES("\0\0\1\xe0"), OK},
        {BOARD_PANEL_WIDTH, BYTES("\0\0\4\x38"), OK},
        {BOARD_PANEL_WIDTH, BYTES("\0\0\4\x39"), E_BOARD_VALUE},  /* 1081 */
        {BOARD_PANEL_HEIGHT, BYTES("\0\0\3\x1f"), E_BOARD_VALUE}, /* 799 */
        {BOARD_PANEL_HEIGHT, BYTES("\0\0\3\x20"), OK},
        {BOARD_PANEL_HEIGHT, BYTES("\0\0\x09\x60"), OK},
        {BOARD_PANEL_HEIGHT, BYTES("\0\0\x09\x61"), E_BOARD_VALUE}, /* 2401 */
        {BOARD_PANEL_HEIGHT, BYTES("\0\0\0\0"), E_BOARD_VALUE},
        {BOARD_SLOT_COUNT, BYTES("\0\0\0\1"), E_BOARD_VALUE},
        {BOARD_SLOT_COUNT, BYTES("\0\0\0\2"), OK},
        {BOARD_SLOT_COUNT, BYTES("\0\0\0\3"), E_BOARD_VALUE},
        {BOARD_POLICY_LIST, BYTES("\0\0\0\0"), E_BOARD_VALUE},
        {BOARD_VERIFIED_BOOT, BYTES("no\0"), E_BOARD_VALUE},
        {BOARD_ANTI_ROLLBACK, BYTES("\0"), E_BOARD_VALUE},
    };
    struct fuses_record fuses = fake_fuses("dipper", 0);

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span tree = merged();
        struct board board;

        assert_int_equal(fdt_setprop(tree.data, fdt_path_offset(tree.data, NODE), cases[i].property,
                                     cases[i].value, cases[i].size),
                         0);
        assert_err_in(cases[i].property, read(tree, &fuses, &board), cases[i].err);
        free(tree.data);
    }
}

static void bad_fuses(void **state)
{
    struct fuses_record fuses = fake_fuses("whyred", 0);
    struct span tree = merged();
    struct board board;

    assert_err(read(tree, &fuses, &board), E_BOARD_CODENAME);
    fuses = fake_fuses("dipper", 0);
    fuses.serial[0] ^= 1;
    assert_err(read(tree, &fuses, &board), E_FUSES_CRC);
    memset(&fuses, 0xff, sizeof fuses);
    assert_err(read(tree, &fuses, &board), E_FUSES_BLANK);
    assert_err(board_read(span_slice(tree), slice_of(&fuses, 139), &board), E_SLICE_RANGE);
    free(tree.data);
}

static void no_tree(void **state)
{
    struct fuses_record fuses = fake_fuses("dipper", 0);
    struct span tree = merged();
    struct board board;

    assert_err(read((struct span){tree.data, 20}, &fuses, &board), E_DTB_HEADER);
    assert_err(read((struct span){tree.data, tree.size - 1}, &fuses, &board), E_DTB_HEADER);
    memset(tree.data, 0, 4);
    assert_err(read(tree, &fuses, &board), E_DTB_HEADER);
    free(tree.data);
}

static void names(void **state)
{
    assert_string_equal(os_name(OS_MIUI), "miui");
    assert_string_equal(os_name(OS_ANDROID_ONE), "android-one");
    assert_string_equal(os_name((enum os)9), "unknown");
    assert_string_equal(regime_name(REGIME_ANNOUNCED), "announced");
    assert_string_equal(regime_name(REGIME_SHIPPED), "shipped");
    assert_string_equal(regime_name(REGIME_NONE), "none");
    assert_string_equal(regime_name((enum regime)9), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts),  cmocka_unit_test(flags),     cmocka_unit_test(missing),
        cmocka_unit_test(values), cmocka_unit_test(bad_fuses), cmocka_unit_test(no_tree),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
