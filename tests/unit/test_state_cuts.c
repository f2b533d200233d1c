/* SPDX-License-Identifier: MIT */
/*
 * storage/state.h and storage/fuse_burn.h against power cuts: at every change of the flash, torn in
 * every way, and again while the phone gets over the first; then many random ones, with old copies
 * put back.
 *
 * After each: the phone remembers what it did before or what it was told, never anything else; no
 * burned fuse came back; no record from before a change of the lock counts; user data that was to
 * be wiped is.
 *
 *   FLASHLAB_OPERATIONS=N   so many random ones (default below)
 */
#include "tests/unit/check.h"

#include "storage/fuse_burn.h"
#include "tests/fake/fake_journal.h"

#include <stdlib.h>

#define OPERATIONS 1000000
#define OLD_COPIES 4
#define BIT_SEEDS  32

/* Both halves of the journal, as somebody copied them. */
struct copy {
    struct state_record halves[2];
    uint32_t lock_changes; /* of the newest record in it; UINT32_MAX: no copy */
};

/* A phone of which only the flash counts. */
struct world {
    struct fake_nor nor;
    struct state state;                         /* what the firmware holds in memory */
    uint8_t fuses[sizeof(struct fuses_record)]; /* as last seen */
    uint32_t wiped_for; /* user data was wiped after this change of the lock */
    struct copy copies[OLD_COPIES];
    uint32_t random;
};

static uint32_t next_random(struct world *world, uint32_t below)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 17;
    world->random ^= world->random << 5;
    return world->random % below;
}

static void new_phone(struct world *world)
{
    uint32_t random = world->random;

    *world = (struct world){.random = random};
    fake_journal_new(&world->nor, &world->state);
    memcpy(world->fuses, fake_journal_nor + NOR_FUSES_OFFSET, sizeof world->fuses);
    for (size_t i = 0; i < OLD_COPIES; i++) {
        world->copies[i].lock_changes = UINT32_MAX;
    }
}

static void check_fuses(struct world *world)
{
    const uint8_t *now = fake_journal_nor + NOR_FUSES_OFFSET;

    for (size_t i = 0; i < sizeof world->fuses; i++) {
        assert_int_equal(now[i] & ~world->fuses[i], 0);
    }
    memcpy(world->fuses, now, sizeof world->fuses);
}

/* What the phone may be asked to do. `argument` is an index, a lock state, a seed. */
enum operation {
    COMMIT,
    UNLOCK,
    LOCK,
    BURN_ROLLBACK,
    WIPED, /* the wipe is done: say so */
    OPERATION_COUNT,
};

static const char *const operation_names[] = {"commit", "unlock", "lock", "burn rollback",
                                              "wipe done"};

/* Changes *state as the operation asks; what the phone is to remember afterwards. */
static void ask(enum operation operation, uint32_t argument, struct state *state)
{
    if (operation == COMMIT) {
        state->nonce_counter += argument;
        state->unlock_ability = argument % 2 == 0;
        state->rollback[argument % STATE_ROLLBACK_LOCATIONS] += argument;
        memset(state->user_key_sha256, (int)(argument % 251), sizeof state->user_key_sha256);
    } else if (operation == UNLOCK || operation == LOCK) {
        state->unlocked = operation == UNLOCK;
        state->wipe_pending = true;
        state->lock_changes++;
        memset(state->rollback, 0, sizeof state->rollback);
    } else if (operation == WIPED) {
        state->wipe_pending = false;
    }
}

static enum err perform(struct world *world, enum operation operation, uint32_t argument)
{
    struct nor *nor = &world->nor.nor;
    enum err err = OK;

    if (operation == UNLOCK || operation == LOCK) {
        err = state_change_lock(nor, &world->state, operation == UNLOCK);
    } else if (operation == BURN_ROLLBACK) {
        err = fuse_burn_rollback(nor, argument);
    } else {
        struct state next = world->state;

        if (operation == WIPED) {
            world->wiped_for = next.lock_changes;
        }
        ask(operation, argument, &next);
        err = state_commit(nor, &next);
        world->state = err == OK ? next : world->state;
    }
    return err;
}

/* A change of the lock that is remembered has its wipe still before it, or behind it. */
static void check_wipe(const struct world *world, const struct state *state)
{
    assert_true(state->wipe_pending || state->lock_changes == 0 ||
                world->wiped_for == state->lock_changes);
}

/*
 * One operation with the power going at its `cut_at`-th change, then the next power-on.
 * True: it was cut; false: it had fewer changes than that, and was done.
 */
static bool try_operation(struct world *world, enum operation operation, uint32_t argument,
                          unsigned cut_at, enum fake_cut cut)
{
    const struct state before = world->state;
    struct state asked = before;
    uint32_t rollback_before = fake_journal_rollback_fuses();
    uint32_t rollback_asked = rollback_before;
    struct state after;
    enum err err;
    bool was_cut;

    ask(operation, argument, &asked);
    if (operation == BURN_ROLLBACK && argument > rollback_before) {
        rollback_asked = argument;
    }
    fake_nor_power_on(&world->nor, cut_at, cut);
    err = perform(world, operation, argument);
    was_cut = world->nor.off;
    assert_true(was_cut == (err != OK));
    fake_nor_power_on(&world->nor, 0, FAKE_CUT_BEFORE);
    assert_err(fake_journal_read(&after), OK);
    if (was_cut) {
        assert_true(fake_journal_same(&after, &before) || fake_journal_same(&after, &asked));
    } else {
        assert_true(fake_journal_same(&after, &asked) && fake_journal_same(&after, &world->state));
        assert_int_equal(fake_journal_rollback_fuses(), rollback_asked);
        assert_true(fake_journal_lock_fuses() == after.lock_changes || operation == BURN_ROLLBACK);
    }
    assert_in_range(fake_journal_rollback_fuses(), rollback_before, rollback_asked);
    check_fuses(world);
    check_wipe(world, &after);
    world->state = after;
    return was_cut;
}

/* What a phone does at power-on: the wipe that is pending. May be cut too. */
static bool get_over_it(struct world *world, unsigned cut_at, enum fake_cut cut)
{
    return world->state.wipe_pending && try_operation(world, WIPED, 0, cut_at, cut);
}

/* A phone with some history, the same each time. */
static void used_phone(struct world *world)
{
    new_phone(world);
    assert_false(try_operation(world, COMMIT, 3, 0, FAKE_CUT_BEFORE));
    assert_false(try_operation(world, BURN_ROLLBACK, 4, 0, FAKE_CUT_BEFORE));
    assert_false(try_operation(world, UNLOCK, 0, 0, FAKE_CUT_BEFORE));
    assert_false(get_over_it(world, 0, FAKE_CUT_BEFORE));
    assert_false(try_operation(world, COMMIT, 8, 0, FAKE_CUT_BEFORE));
}

/* An operation on a used phone, and where its power goes. */
struct cut_case {
    enum operation operation;
    uint32_t argument;
    unsigned cut_at;
    enum fake_cut cut;
    uint32_t seed;
};

static bool cut_once(struct world *world, const struct cut_case *the)
{
    used_phone(world);
    world->nor.cut_seed = the->seed;
    return try_operation(world, the->operation, the->argument, the->cut_at, the->cut);
}

/* The first cut as given, and a second one at every change of the power-on after it. */
static unsigned cut_twice(struct world *world, const struct cut_case *the)
{
    unsigned count = 0;
    bool was_cut = true;

    for (unsigned cut_at = 1; was_cut; cut_at++) {
        for (unsigned kind = 0; was_cut && kind < FAKE_CUT_COUNT; kind++) {
            assert_true(cut_once(world, the));
            was_cut = get_over_it(world, cut_at, (enum fake_cut)kind);
            count += was_cut ? 1 : 0;
            assert_false(get_over_it(world, 0, FAKE_CUT_BEFORE));
        }
    }
    return count;
}

/* Every way to cut one change; false when the operation has fewer changes. */
static bool cut_every_way(struct world *world, struct cut_case *the, unsigned *count)
{
    for (unsigned kind = 0; kind < FAKE_CUT_COUNT; kind++) {
        the->cut = (enum fake_cut)kind;
        for (the->seed = 0; the->seed < (kind == FAKE_CUT_BITS ? BIT_SEEDS : 1); the->seed++) {
            if (!cut_once(world, the)) {
                return false;
            }
            *count += 1 + cut_twice(world, the);
        }
    }
    return true;
}

static void every_single_cut(void **state)
{
    static const struct cut_case cases[] = {
        {.operation = COMMIT, .argument = 5},
        {.operation = UNLOCK},
        {.operation = LOCK},
        {.operation = BURN_ROLLBACK, .argument = 5},
        {.operation = BURN_ROLLBACK, .argument = 45},
        {.operation = BURN_ROLLBACK, .argument = 64},
    };
    struct world world = {.random = 1};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct cut_case the = cases[i];
        unsigned count = 0;

        do {
            the.cut_at++;
        } while (cut_every_way(&world, &the, &count));
        assert_true(count >= FAKE_CUT_COUNT);
        print_message("%s (%u): %u changes, %u cuts, none lost\n", operation_names[the.operation],
                      the.argument, the.cut_at - 1, count);
    }
}

static void take_copy(struct world *world)
{
    struct copy *copy = &world->copies[next_random(world, OLD_COPIES)];

    memcpy(&copy->halves[0], fake_journal_nor + NOR_STATE_A_OFFSET, sizeof copy->halves[0]);
    memcpy(&copy->halves[1], fake_journal_nor + NOR_STATE_B_OFFSET, sizeof copy->halves[1]);
    copy->lock_changes = world->state.lock_changes;
}

/*
 * Somebody puts an old copy back, or one half of it. If the lock was changed since, and its fuse is
 * burned, the phone must see that, and be locked; going on from there it is
 * an ordinary locked phone.
 */
static void put_copy_back(struct world *world)
{
    const struct copy *copy = &world->copies[next_random(world, OLD_COPIES)];
    struct state_record kept[2];
    uint32_t which = next_random(world, 3); /* one, the other, both */
    struct state seen;
    enum err err;

    if (copy->lock_changes >= fake_journal_lock_fuses()) {
        return; /* no copy, or not from before the last change */
    }
    memcpy(&kept[0], fake_journal_nor + NOR_STATE_A_OFFSET, sizeof kept[0]);
    memcpy(&kept[1], fake_journal_nor + NOR_STATE_B_OFFSET, sizeof kept[1]);
    if (which != 1) {
        memcpy(fake_journal_nor + NOR_STATE_A_OFFSET, &copy->halves[0], sizeof copy->halves[0]);
    }
    if (which != 0) {
        memcpy(fake_journal_nor + NOR_STATE_B_OFFSET, &copy->halves[1], sizeof copy->halves[1]);
    }
    err = fake_journal_read(&seen);
    if (which == 2) {
        assert_err(err, E_STATE_REPLAYED);
    }
    if (err != OK) {
        assert_true(!seen.unlocked && !seen.unlock_ability && seen.wipe_pending);
    } else {
        assert_true(seen.lock_changes >= fake_journal_lock_fuses());
    }
    if (err == OK || next_random(world, 2) == 0) {
        memcpy(fake_journal_nor + NOR_STATE_A_OFFSET, &kept[0], sizeof kept[0]);
        memcpy(fake_journal_nor + NOR_STATE_B_OFFSET, &kept[1], sizeof kept[1]);
        return;
    }
    fake_nor_power_on(&world->nor, 0, FAKE_CUT_BEFORE);
    world->wiped_for =
        seen.lock_changes; /* the phone did not know of a wipe any more: locked instead */
    assert_err(state_commit(&world->nor.nor, &seen), OK);
    assert_err(fake_journal_read(&world->state), OK);
    assert_true(!world->state.unlocked && fake_journal_same(&world->state, &seen));
}

static uint32_t random_argument(struct world *world, enum operation operation)
{
    uint32_t most = FUSES_ROLLBACK_MAX - fake_journal_rollback_fuses();

    if (operation == BURN_ROLLBACK) {
        return fake_journal_rollback_fuses() + next_random(world, most < 8 ? most + 1 : 8);
    }
    return next_random(world, 1000);
}

static void random_step(struct world *world, unsigned *counts, unsigned *cuts)
{
    enum operation operation = (enum operation)next_random(world, OPERATION_COUNT);
    unsigned cut_at = next_random(world, 4); /* 0: no cut */

    if (next_random(world, 8) == 0) {
        take_copy(world);
    }
    if (next_random(world, 8) == 0) {
        put_copy_back(world);
    }
    if (world->state.wipe_pending) {
        operation = WIPED; /* before anything else happens */
    }
    world->nor.cut_seed = next_random(world, UINT32_MAX);
    counts[operation]++;
    cuts[operation] += try_operation(world, operation, random_argument(world, operation), cut_at,
                                     (enum fake_cut)next_random(world, FAKE_CUT_COUNT))
                           ? 1
                           : 0;
}

static void many_random_ones(void **state)
{
    const char *wanted = getenv("FLASHLAB_OPERATIONS");
    unsigned long operations = wanted != NULL ? strtoul(wanted, NULL, 10) : OPERATIONS;
    struct world world = {.random = 20180914};
    unsigned counts[OPERATION_COUNT] = {0};
    unsigned cuts[OPERATION_COUNT] = {0};

    new_phone(&world);
    for (unsigned long i = 0; i < operations; i++) {
        if (world.state.lock_changes >= FUSES_LOCK_CHANGES_MAX || next_random(&world, 500) == 0) {
            new_phone(&world);
        }
        random_step(&world, counts, cuts);
    }
    for (unsigned i = 0; i < OPERATION_COUNT; i++) {
        assert_true(counts[i] > cuts[i] && (cuts[i] != 0 || operations < 1000));
        print_message("%s: %u times, cut in %u of them, none lost\n", operation_names[i], counts[i],
                      cuts[i]);
    }
}

static void the_last_lock_fuse(void **state)
{
    struct world world = {.random = 1};

    new_phone(&world);
    for (uint32_t i = 0; i < FUSES_LOCK_CHANGES_MAX; i++) {
        assert_false(try_operation(&world, i % 2 == 0 ? UNLOCK : LOCK, 0, 0, FAKE_CUT_BEFORE));
        assert_false(get_over_it(&world, 0, FAKE_CUT_BEFORE));
    }
    assert_err(state_change_lock(&world.nor.nor, &world.state, true), E_STATE_LOCK_FUSES);
    assert_err(fake_journal_read(&world.state), OK);
    assert_false(world.state.unlocked);
    assert_int_equal(fake_journal_lock_fuses(), FUSES_LOCK_CHANGES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_lock_fuse),
        cmocka_unit_test(every_single_cut),
        cmocka_unit_test(many_random_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
