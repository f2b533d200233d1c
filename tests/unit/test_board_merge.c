/* SPDX-License-Identifier: MIT */
/* board_merge of board/board.h: two good trees become one; whatever else comes, nothing breaks. */
#include "tests/unit/check.h"
#include "tests/fake/fake_tree.h"

#include "board/board.h"
#include "board/board_dt.h"
#include "board/dtb.h"
#include "format/fuses.h"

#include <libfdt.h>
#include <stdlib.h>

#define ROOM_BYTES 4096

static enum err merge(struct span machine, struct span overlay, struct span room)
{
    return board_merge(span_slice(machine), span_slice(overlay), room);
}

static struct span new_room(size_t size)
{
    return (struct span){.data = calloc(1, size != 0 ? size : 1), .size = size};
}

static void text_is(const void *tree, const char *path, const char *name, const char *expected)
{
    int node = fdt_path_offset(tree, path);
    const char *value = fdt_getprop(tree, node, name, NULL);

    assert_non_null(value);
    assert_string_equal(value, expected);
}

static void both_are_there(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    struct span before = fake_copy(overlay.data, overlay.size);
    struct span room = new_room(ROOM_BYTES);

    assert_err(merge(machine, overlay, room), OK);
    assert_int_equal(fdt_check_full(room.data, room.size), 0);
    assert_int_equal(fdt_totalsize(room.data), ROOM_BYTES);
    text_is(room.data, "/", "model", "Mi 8 (dipper), virtual");
    text_is(room.data, "/", "compatible", BOARD_COMPATIBLE);
    text_is(room.data, "/memory@40000000", "device_type", "memory");
    text_is(room.data, "/" BOARD_NODE, BOARD_CODENAME, "dipper");
    assert_int_equal(
        fdt_get_phandle(room.data, fdt_path_offset(room.data, "/platform/intc@8000000")), 0x8001);
    assert_int_equal(fdt_num_mem_rsv(room.data), 1);
    assert_memory_equal(overlay.data, before.data, before.size);
    /* Later stages add to it. */
    assert_int_equal(
        fdt_setprop_string(room.data, fdt_path_offset(room.data, "/chosen"), "bootargs", "quiet"),
        0);
    free(machine.data);
    free(overlay.data);
    free(before.data);
    free(room.data);
}

/*
 * QEMU's tree is a megabyte, nearly all of it behind the strings: that is neither read nor copied.
 */
static void padding_is_left_behind(void **state)
{
    struct span packed = fake_machine_tree();
    struct span machine = {.data = calloc(1, 0x100000), .size = 0x100000};
    struct span overlay = fake_overlay();
    struct span room = new_room(ROOM_BYTES);

    memcpy(machine.data, packed.data, packed.size);
    fdt_set_totalsize(machine.data, 0x100000);
    assert_err(merge(machine, overlay, room), OK);
    text_is(room.data, "/" BOARD_NODE, BOARD_NAME, "Mi 8");
    free(packed.data);
    free(machine.data);
    free(overlay.data);
    free(room.data);
}

/* Every size of room: none is overrun, and from some size on it is enough. */
static void every_room(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    size_t enough = 0;

    for (size_t size = 0; size < ROOM_BYTES; size++) {
        struct span room = new_room(size);
        enum err err = merge(machine, overlay, room);

        if (err == OK && enough == 0) {
            enough = size;
        }
        assert_err(err, enough != 0 ? OK : E_DTB_SPACE);
        free(room.data);
    }
    assert_in_range(enough, machine.size + overlay.size, 2 * (machine.size + overlay.size));
    free(machine.data);
    free(overlay.data);
}

static void every_length(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    struct span room = new_room(ROOM_BYTES);

    for (size_t size = 0; size < overlay.size; size++) {
        struct span cut = fake_copy(overlay.data, size);

        assert_err(merge(machine, cut, room), E_DTB_HEADER);
        free(cut.data);
    }
    for (size_t size = 0; size < machine.size; size++) {
        struct span cut = fake_copy(machine.data, size);

        assert_err(merge(cut, overlay, room), E_DTB_HEADER);
        free(cut.data);
    }
    free(machine.data);
    free(overlay.data);
    free(room.data);
}

/* A merge that went well left a sound tree, and reading it ends in facts or an error. */
static void is_sound(struct span room)
{
    struct fuses_record fuses = fake_fuses("dipper", 1);
    struct board board;
    struct dtb dtb;
    enum err err;

    assert_err(dtb_check(span_slice(room), &dtb), OK);
    err = board_read(span_slice(room), slice_of(&fuses, sizeof fuses), &board);
    assert_true(err == OK || err == E_BOARD_MISSING || err == E_BOARD_VALUE ||
                err == E_BOARD_CODENAME);
}

/* Each bit turned, each byte set to its extremes; returns how many were refused. */
static size_t spoil(struct span victim, struct span machine, struct span overlay)
{
    struct span room = new_room(ROOM_BYTES);
    size_t refused = 0;

    for (size_t i = 0; i < victim.size; i++) {
        uint8_t good = victim.data[i];

        for (unsigned way = 0; way < 10; way++) {
            enum err err;

            victim.data[i] = way < 8 ? good ^ (uint8_t)(1u << way) : way == 8 ? 0 : 0xff;
            err = merge(machine, overlay, room);
            if (err == OK) {
                is_sound(room);
            } else {
                assert_in_range(err, E_DTB_HEADER, E_DTB_OVERLAY);
                refused++;
            }
        }
        victim.data[i] = good;
    }
    free(room.data);
    return refused;
}

static void every_bit(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();

    assert_in_range(spoil(machine, machine, overlay), machine.size, 10 * machine.size);
    assert_in_range(spoil(overlay, machine, overlay), overlay.size, 10 * overlay.size);
    free(machine.data);
    free(overlay.data);
}

/*
 * The header's bits: what is accepted has the same meaning. The last two fields carry none for us.
 */
static void header_bits_mean_the_same(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    struct span good = new_room(ROOM_BYTES);
    struct span room = new_room(ROOM_BYTES);

    assert_err(merge(machine, overlay, good), OK);
    for (size_t bit = 0; bit < 8 * sizeof(struct fdt_header); bit++) {
        size_t byte = bit / 8;

        if (byte - offsetof(struct fdt_header, boot_cpuid_phys) < 4) {
            continue;
        }
        machine.data[byte] ^= (uint8_t)(1u << bit % 8);
        memset(room.data, 0, room.size);
        if (merge(machine, overlay, room) == OK) {
            assert_memory_equal(room.data, good.data,
                                fdt_off_dt_strings(good.data) + fdt_size_dt_strings(good.data));
        }
        machine.data[byte] ^= (uint8_t)(1u << bit % 8);
    }
    free(machine.data);
    free(overlay.data);
    free(good.data);
    free(room.data);
}

/* Changes of a good overlay that leave it a good tree. */
static int rename_content(void *tree)
{
    return fdt_set_name(tree, fdt_path_offset(tree, "/fragment@0/__overlay__"), "__overlap__");
}

static int other_target(void *tree)
{
    return fdt_setprop_string(tree, fdt_path_offset(tree, "/fragment@0"), "target-path", "/psci");
}

static int no_target(void *tree)
{
    return fdt_delprop(tree, fdt_path_offset(tree, "/fragment@0"), "target-path");
}

static int target_without_an_end(void *tree)
{
    return fdt_setprop(tree, fdt_path_offset(tree, "/fragment@0"), "target-path", "/", 1);
}

static int target_by_handle(void *tree)
{
    return fdt_setprop_u32(tree, fdt_path_offset(tree, "/fragment@0"), "target", 0x8001);
}

/* A fragment as it should be; libfdt puts it before the one that is there. */
static int second_fragment(void *tree)
{
    int node = fdt_add_subnode(tree, 0, "fragment@1");
    int error = fdt_setprop_string(tree, node, "target-path", "/");

    return error != 0 ? error : fdt_add_subnode(tree, node, "__overlay__") < 0;
}

static int second_content(void *tree)
{
    int error = fdt_set_name(tree, fdt_path_offset(tree, "/fragment@0/__overlay__"), "__more__");
    int node = fdt_path_offset(tree, "/fragment@0");

    return error != 0 ? error : fdt_add_subnode(tree, node, "__overlay__") < 0;
}

/* Offsets that libfdt follows without looking, behind a fragment as it should be. */
static int local_fixups(void *tree)
{
    int node = fdt_add_subnode(tree, 0, "__local_fixups__");
    int error;

    node = fdt_add_subnode(tree, node, "fragment@0");
    error = fdt_setprop_u32(tree, node, "target-path", 0x7ffffff0);
    error |= fdt_set_name(tree, fdt_path_offset(tree, "/fragment@0"), "fragment@2");
    return error | second_fragment(tree);
}

static int symbols(void *tree)
{
    return fdt_setprop_string(tree, fdt_add_subnode(tree, 0, "__symbols__"), "a", "/fragment@0");
}

static int no_fragment(void *tree)
{
    return fdt_del_node(tree, fdt_path_offset(tree, "/fragment@0"));
}

static int no_content(void *tree)
{
    return fdt_del_node(tree, fdt_path_offset(tree, "/fragment@0/__overlay__"));
}

static int highest_handle(void *tree)
{
    return fdt_setprop_u32(tree, fdt_path_offset(tree, "/fragment@0/__overlay__"), "phandle",
                           0xfffffffe);
}

static void shapes(void **state)
{
    static const struct {
        const char *name;
        int (*change)(void *tree);
    } cases[] = {
        {"no __overlay__", rename_content},
        {"another target", other_target},
        {"no target", no_target},
        {"target without an end", target_without_an_end},
        {"target by handle", target_by_handle},
        {"two fragments", second_fragment},
        {"two contents", second_content},
        {"local fix-ups", local_fixups},
        {"symbols", symbols},
        {"no fragment", no_fragment},
        {"no content", no_content},
        {"the highest handle", highest_handle},
    };
    struct span machine = fake_machine_tree();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span good = fake_overlay();
        struct span overlay = new_room(ROOM_BYTES);
        struct span room = new_room(ROOM_BYTES);

        assert_int_equal(fdt_open_into(good.data, overlay.data, ROOM_BYTES), 0);
        assert_err_in(cases[i].name, merge(machine, overlay, room), OK);
        assert_int_equal(cases[i].change(overlay.data), 0);
        assert_err_in(cases[i].name, merge(machine, overlay, room), E_DTB_OVERLAY);
        free(good.data);
        free(overlay.data);
        free(room.data);
    }
    free(machine.data);
}

/* A good overlay but for its size, which libfdt's time grows with the square of. */
static void an_overlay_has_a_size(void **state)
{
    static const struct {
        uint32_t more_bytes;
        enum err err;
    } cases[] = {{7000, OK}, {8192, E_DTB_OVERLAY}, {200000, E_DTB_OVERLAY}};
    struct span machine = fake_machine_tree();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span good = fake_overlay();
        struct span overlay = new_room(0x40000);
        struct span room = new_room(0x80000);
        void *place;

        assert_int_equal(fdt_open_into(good.data, overlay.data, (int)overlay.size), 0);
        assert_int_equal(fdt_setprop_placeholder(
                             overlay.data, fdt_path_offset(overlay.data, "/fragment@0/__overlay__"),
                             "more", (int)cases[i].more_bytes, &place),
                         0);
        assert_err(merge(machine, overlay, room), cases[i].err);
        free(good.data);
        free(overlay.data);
        free(room.data);
    }
    free(machine.data);
}

static void a_room_that_is_not_aligned(void **state)
{
    struct span machine = fake_machine_tree();
    struct span overlay = fake_overlay();
    struct span room = new_room(ROOM_BYTES);

    assert_err(merge(machine, overlay, (struct span){room.data + 4, ROOM_BYTES - 4}), E_DTB_SPACE);
    free(machine.data);
    free(overlay.data);
    free(room.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_are_there),
        cmocka_unit_test(padding_is_left_behind),
        cmocka_unit_test(every_room),
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(header_bits_mean_the_same),
        cmocka_unit_test(shapes),
        cmocka_unit_test(a_room_that_is_not_aligned),
        cmocka_unit_test(an_overlay_has_a_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
