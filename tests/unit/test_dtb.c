/* SPDX-License-Identifier: MIT */
/* board/dtb.h: what is not one well-formed tree, inside its bytes, is refused with its reason. */
#include "tests/unit/check.h"
#include "tests/fake/fake_tree.h"

#include "board/dtb.h"

#include <libfdt.h>
#include <stdlib.h>

#define HEADER(field) offsetof(struct fdt_header, field)

static void packs_what_it_read(void **state)
{
    struct span tree = fake_machine_tree();
    struct span room = {.data = malloc(8192), .size = 8192};
    struct dtb dtb;
    struct dtb again;

    assert_err(dtb_check(span_slice(tree), &dtb), OK);
    assert_err(dtb_write(&dtb, room), OK);
    assert_int_equal(fdt_check_full(room.data, room.size), 0);
    assert_int_equal(fdt_totalsize(room.data), room.size);
    assert_err(dtb_check(span_slice(room), &again), OK);
    assert_int_equal(again.structure.size, dtb.structure.size);
    assert_memory_equal(again.structure.data, dtb.structure.data, dtb.structure.size);
    assert_int_equal(fdt_num_mem_rsv(room.data), 1);

    room.size = dtb_packed_size(&dtb);
    assert_err(dtb_write(&dtb, room), OK);
    room.size--;
    assert_err(dtb_write(&dtb, room), E_DTB_SPACE);
    room.size = 4096;
    room.data += 4;
    assert_err(dtb_write(&dtb, room), E_DTB_SPACE);
    free(room.data - 4);
    free(tree.data);
}

/* Every shorter length: the header itself, and each block that is cut. */
static void every_length(void **state)
{
    struct span tree = fake_machine_tree();
    struct dtb dtb;

    for (size_t size = 0; size < tree.size; size++) {
        struct span cut = fake_copy(tree.data, size);

        assert_err(dtb_check(span_slice(cut), &dtb), E_DTB_HEADER);
        if (size >= sizeof(struct fdt_header)) {
            /* ... also when the header says so: what was cut off is missed. */
            put_be32(cut.data + HEADER(totalsize), (uint32_t)size);
            assert_int_not_equal(dtb_check(span_slice(cut), &dtb), OK);
        }
        free(cut.data);
    }
    free(tree.data);
}

static void headers(void **state)
{
    static const struct {
        const char *name;
        size_t field;
        uint32_t value;
        enum err err;
    } cases[] = {
        {"no magic", HEADER(magic), 0xd00dfeef, E_DTB_HEADER},
        {"total 0", HEADER(totalsize), 0, E_DTB_HEADER},
        {"total 39", HEADER(totalsize), 39, E_DTB_HEADER},
        {"total -1", HEADER(totalsize), 0xffffffff, E_DTB_HEADER},
        {"total half", HEADER(totalsize), 0x80000000, E_DTB_HEADER},
        {"version 16", HEADER(version), 16, E_DTB_HEADER},
        {"version 18", HEADER(version), 18, E_DTB_HEADER},
        {"compatible 18", HEADER(last_comp_version), 18, E_DTB_HEADER},
        {"structure at 0", HEADER(off_dt_struct), 0, E_DTB_HEADER},
        {"structure in the header", HEADER(off_dt_struct), 36, E_DTB_HEADER},
        {"structure at -4", HEADER(off_dt_struct), 0xfffffffc, E_DTB_HEADER},
        {"structure unaligned", HEADER(off_dt_struct), 74, E_DTB_HEADER},
        {"structure's size -4", HEADER(size_dt_struct), 0xfffffffc, E_DTB_HEADER},
        {"structure's size odd", HEADER(size_dt_struct), 41, E_DTB_HEADER},
        {"structure's size 0", HEADER(size_dt_struct), 0, E_DTB_STRUCTURE},
        {"structure over strings", HEADER(size_dt_struct), 0x188, E_DTB_HEADER},
        {"strings at 0", HEADER(off_dt_strings), 0, E_DTB_HEADER},
        {"strings at -1", HEADER(off_dt_strings), 0xffffffff, E_DTB_HEADER},
        {"strings over the structure", HEADER(off_dt_strings), 80, E_DTB_HEADER},
        {"strings' size -1", HEADER(size_dt_strings), 0xffffffff, E_DTB_HEADER},
        {"strings' size 0", HEADER(size_dt_strings), 0, E_DTB_STRUCTURE},
        {"strings cut in a name", HEADER(size_dt_strings), 3, E_DTB_STRUCTURE},
        {"reservations at 0", HEADER(off_mem_rsvmap), 0, E_DTB_HEADER},
        {"reservations unaligned", HEADER(off_mem_rsvmap), 44, E_DTB_HEADER},
        {"reservations at -8", HEADER(off_mem_rsvmap), 0xfffffff8, E_DTB_STRUCTURE},
        {"reservations in the structure", HEADER(off_mem_rsvmap), 80, E_DTB_STRUCTURE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span tree = fake_machine_tree();
        struct dtb dtb;

        put_be32(tree.data + cases[i].field, cases[i].value);
        assert_err_in(cases[i].name, dtb_check(span_slice(tree), &dtb), cases[i].err);
        free(tree.data);
    }
}

/* A tree with that structure block, no reservations, and the strings "a\0bc\0". */
static struct span tree_of(const uint32_t *tokens, size_t token_count)
{
    static const char strings[] = "a\0bc";
    size_t structure = HEADER(size_dt_struct) + 4 + 16;
    size_t total = structure + 4 * token_count + sizeof strings;
    struct span tree = {.data = calloc(1, total), .size = total};

    put_be32(tree.data, FDT_MAGIC);
    put_be32(tree.data + HEADER(totalsize), (uint32_t)total);
    put_be32(tree.data + HEADER(off_dt_struct), (uint32_t)structure);
    put_be32(tree.data + HEADER(off_dt_strings), (uint32_t)(structure + 4 * token_count));
    put_be32(tree.data + HEADER(off_mem_rsvmap), 40);
    put_be32(tree.data + HEADER(version), 17);
    put_be32(tree.data + HEADER(last_comp_version), 16);
    put_be32(tree.data + HEADER(size_dt_strings), sizeof strings);
    put_be32(tree.data + HEADER(size_dt_struct), (uint32_t)(4 * token_count));
    for (size_t i = 0; i < token_count; i++) {
        put_be32(tree.data + structure + 4 * i, tokens[i]);
    }
    memcpy(tree.data + structure + 4 * token_count, strings, sizeof strings);
    return tree;
}

#define NODE    FDT_BEGIN_NODE
#define END     FDT_END_NODE
#define PROP    FDT_PROP
#define NOP     FDT_NOP
#define FINISH  FDT_END
#define UNNAMED 0
#define X       0x78000000 /* "x" */

static void structures(void **state)
{
    static const struct {
        const char *name;
        uint32_t tokens[16];
        size_t count;
        enum err err;
    } cases[] = {
        {"smallest", {NODE, UNNAMED, END, FINISH}, 4, OK},
        {"one property", {NODE, UNNAMED, PROP, 4, 0, 9, END, FINISH}, 8, OK},
        {"an empty property", {NODE, UNNAMED, PROP, 0, 2, END, FINISH}, 7, OK},
        {"a padded property", {NODE, UNNAMED, PROP, 1, 0, 0, END, FINISH}, 8, OK},
        {"a child", {NODE, UNNAMED, NODE, X, END, END, FINISH}, 7, OK},
        {"nothing done", {NOP, NODE, UNNAMED, NOP, END, NOP, FINISH}, 7, OK},
        {"no tree", {FINISH}, 1, E_DTB_STRUCTURE},
        {"a named root", {NODE, X, END, FINISH}, 4, E_DTB_STRUCTURE},
        {"an unnamed child", {NODE, UNNAMED, NODE, UNNAMED, END, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"a slash", {NODE, UNNAMED, NODE, 0x2f000000, END, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"a space", {NODE, UNNAMED, NODE, 0x20000000, END, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"byte 0x80", {NODE, UNNAMED, NODE, 0x80000000, END, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"a name without an end", {NODE, UNNAMED, NODE, 0x78787878}, 4, E_DTB_STRUCTURE},
        {"two roots", {NODE, UNNAMED, END, NODE, UNNAMED, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"no end", {NODE, UNNAMED, END}, 3, E_DTB_STRUCTURE},
        {"an open root", {NODE, UNNAMED, FINISH}, 3, E_DTB_STRUCTURE},
        {"an open child", {NODE, UNNAMED, NODE, X, END, FINISH}, 6, E_DTB_STRUCTURE},
        {"one end too many", {NODE, UNNAMED, END, END, FINISH}, 5, E_DTB_STRUCTURE},
        {"an end first", {END, FINISH}, 2, E_DTB_STRUCTURE},
        {"behind the end", {NODE, UNNAMED, END, FINISH, FINISH}, 5, E_DTB_STRUCTURE},
        {"no token", {NODE, UNNAMED, 5, END, FINISH}, 5, E_DTB_STRUCTURE},
        {"token 0", {NODE, UNNAMED, 0, END, FINISH}, 5, E_DTB_STRUCTURE},
        {"token -1", {NODE, UNNAMED, 0xffffffff, END, FINISH}, 5, E_DTB_STRUCTURE},
        {"property outside", {PROP, 0, 0, NODE, UNNAMED, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"property after", {NODE, UNNAMED, END, PROP, 0, 0, FINISH}, 7, E_DTB_STRUCTURE},
        {"property behind a child",
         {NODE, UNNAMED, NODE, X, END, PROP, 0, 0, END, FINISH},
         10,
         E_DTB_STRUCTURE},
        {"property in the second child",
         {NODE, UNNAMED, NODE, X, END, NODE, X, PROP, 0, 0, END, END, FINISH},
         13,
         OK},
        {"property too long", {NODE, UNNAMED, PROP, 13, 0, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"property -1", {NODE, UNNAMED, PROP, 0xffffffff, 0, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"property -4", {NODE, UNNAMED, PROP, 0xfffffffc, 0, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"name behind", {NODE, UNNAMED, PROP, 0, 5, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"name -1", {NODE, UNNAMED, PROP, 0, 0xffffffff, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"no name", {NODE, UNNAMED, PROP, 0, 1, END, FINISH}, 7, E_DTB_STRUCTURE},
        {"half a property", {NODE, UNNAMED, PROP, 0}, 4, E_DTB_STRUCTURE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span tree = tree_of(cases[i].tokens, cases[i].count);
        struct dtb dtb;

        assert_err_in(cases[i].name, dtb_check(span_slice(tree), &dtb), cases[i].err);
        free(tree.data);
    }
}

static void depth(void **state)
{
    for (size_t levels = 1; levels <= 40; levels++) {
        uint32_t tokens[40 * 3 + 1];
        struct span tree;
        struct dtb dtb;

        for (size_t i = 0; i < levels; i++) {
            tokens[2 * i] = NODE;
            tokens[2 * i + 1] = i == 0 ? UNNAMED : X;
            tokens[2 * levels + i] = END;
        }
        tokens[3 * levels] = FINISH;
        tree = tree_of(tokens, 3 * levels + 1);
        assert_err(dtb_check(span_slice(tree), &dtb), levels <= 16 ? OK : E_DTB_STRUCTURE);
        free(tree.data);
    }
}

static void strings_without_an_end(void **state)
{
    struct span tree = fake_machine_tree();
    struct dtb dtb;

    tree.data[tree.size - 1] = 'x';
    assert_err(dtb_check(span_slice(tree), &dtb), E_DTB_STRUCTURE);
    free(tree.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_what_it_read),
        cmocka_unit_test(every_length),
        cmocka_unit_test(headers),
        cmocka_unit_test(structures),
        cmocka_unit_test(depth),
        cmocka_unit_test(strings_without_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
