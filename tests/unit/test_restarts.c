/* SPDX-License-Identifier: MIT */
/* storage/restarts.h: counting, and power cuts at each change of the flash, torn in every way. */
#include "tests/unit/check.h"

#include "format/nor_map.h"
#include "storage/restarts.h"
#include "tests/fake/fake_devices.h"

#include <stdlib.h>

#define NOR_SIZE  (NOR_STATE_B_OFFSET + NOR_STATE_BYTES)
#define CUT_SEEDS 32

static uint8_t nor_bytes[NOR_SIZE];

struct world {
    struct fake_nor nor;
    struct state state;
};

static struct world begin(void)
{
    struct world world = {0};

    memset(nor_bytes, 0xff, sizeof nor_bytes);
    fake_nor_init(&world.nor, nor_bytes, sizeof nor_bytes);
    world.nor.nor.sector_bytes = NOR_SECTOR_BYTES;
    assert_err(state_commit(&world.nor.nor, &world.state), OK);
    return world;
}

/* As after the next power-on: the newest record, and what stands behind it. */
static uint32_t counted(struct world *world)
{
    struct state state;

    assert_err(state_decode(slice_of(nor_bytes + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                            slice_of(nor_bytes + NOR_STATE_B_OFFSET, sizeof(struct state_record)),
                            0, &state),
               OK);
    assert_err(restarts_read(&world->nor.nor, &state), OK);
    world->state = state;
    return state.early_restarts;
}

static void counts_and_clears(void **state)
{
    struct world world = begin();

    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 1; i <= 5; i++) {
            assert_err(restarts_add(&world.nor.nor, &world.state), OK);
            assert_int_equal(world.state.early_restarts, i);
            assert_int_equal(counted(&world), i);
        }
        assert_err(restarts_clear(&world.nor.nor, &world.state), OK);
        assert_int_equal(counted(&world), 0);
    }
}

/* A phone that starts every day writes nothing. */
static void nothing_to_clear_is_not_written(void **state)
{
    struct world world = begin();
    unsigned before = world.nor.changes;

    assert_err(restarts_clear(&world.nor.nor, &world.state), OK);
    assert_int_equal(world.nor.changes, before);
}

static void a_commit_begins_a_new_list(void **state)
{
    struct world world = begin();

    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    assert_err(state_commit(&world.nor.nor, &world.state), OK);
    assert_int_equal(world.state.early_restarts, 0);
    assert_int_equal(counted(&world), 0);
    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), 1);
}

/* There is always room for a ROM that is well, which cannot make any. */
static void a_full_list(void **state)
{
    struct world world = begin();

    for (uint32_t i = 1; i < STATE_RESTARTS_MAX; i++) {
        assert_err(restarts_add(&world.nor.nor, &world.state), OK);
        assert_int_equal(counted(&world), i);
    }
    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), 1);
    for (uint32_t i = 2; i < STATE_RESTARTS_MAX; i++) {
        assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    }
    assert_err(restarts_clear(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), 0);
}

/* What a sector holds that nobody erased counts none, and the list begins in the other. */
static void zeros_are_no_restarts(void **state)
{
    struct world world = begin();
    uint32_t half = world.state.in_half_b ? NOR_STATE_B_OFFSET : NOR_STATE_A_OFFSET;

    memset(nor_bytes + half + STATE_RESTARTS_OFFSET, 0, NOR_STATE_BYTES - STATE_RESTARTS_OFFSET);
    assert_int_equal(counted(&world), 0);
    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), 1);
}

static void a_dead_flash(void **state)
{
    struct world world = begin();

    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    fake_nor_power_on(&world.nor, 1, FAKE_CUT_BEFORE);
    assert_true(restarts_add(&world.nor.nor, &world.state) != OK);
    assert_true(restarts_clear(&world.nor.nor, &world.state) != OK);
    assert_int_equal(world.state.early_restarts, 1);
}

typedef enum err (*operation)(struct nor *nor, struct state *state);

/* Cut once: the count is the one before or the one after, or one more where a word is torn. */
static void cut_once(operation change, uint32_t before, uint32_t after, unsigned at,
                     enum fake_cut cut, uint32_t seed)
{
    struct world world = begin();
    uint32_t now;

    for (uint32_t i = 0; i < before; i++) {
        assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    }
    fake_nor_power_on(&world.nor, at, cut);
    world.nor.cut_seed = seed;
    (void)!change(&world.nor.nor, &world.state);
    fake_nor_power_on(&world.nor, 0, FAKE_CUT_BEFORE);
    now = counted(&world);
    /* Or none: after the commit of a full list. */
    assert_true(now == before || now == after || now == before + 1 ||
                (before == STATE_RESTARTS_MAX - 1 && now == 0));
    assert_err(restarts_add(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), now + 1 == STATE_RESTARTS_MAX ? 1 : now + 1);
    assert_err(restarts_clear(&world.nor.nor, &world.state), OK);
    assert_int_equal(counted(&world), 0);
}

static void cuts(void **state)
{
    static const struct {
        operation change;
        uint32_t before;
        uint32_t after;
    } cases[] = {
        {restarts_add, 0, 1},
        {restarts_add, 4, 5},
        {restarts_clear, 3, 0},
        {restarts_add, STATE_RESTARTS_MAX - 1, 1}, /* with a commit inside */
        {state_commit, 3, 0},
    };
    unsigned count = 0;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (unsigned at = 1; at <= 3; at++) {
            for (int cut = 0; cut < FAKE_CUT_COUNT; cut++) {
                uint32_t seeds = cut == FAKE_CUT_BITS ? CUT_SEEDS : 1;

                for (uint32_t seed = 1; seed <= seeds; seed++, count++) {
                    cut_once(cases[i].change, cases[i].before, cases[i].after, at,
                             (enum fake_cut)cut, seed);
                }
            }
        }
    }
    print_message("%u cuts\n", count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_clears),
        cmocka_unit_test(nothing_to_clear_is_not_written),
        cmocka_unit_test(a_commit_begins_a_new_list),
        cmocka_unit_test(a_full_list),
        cmocka_unit_test(zeros_are_no_restarts),
        cmocka_unit_test(a_dead_flash),
        cmocka_unit_test(cuts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
