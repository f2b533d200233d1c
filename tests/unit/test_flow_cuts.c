/* SPDX-License-Identifier: MIT */
/*
 * Power cuts, whatever the phone is doing: at every event of its storage, torn in every way, with
 * what was not flushed lost; and again at every event of the start after that. After each the phone
 * is switched on and judged (fake_life.h). Then many random ones, one after the other, on phones
 * that grow old.
 *
 *   FLASHLAB_CUTS=N   so many states at least (10,000)
 *
 * Prints a row for each operation. That it finds what it looks for, it shows on disks that do
 * not flush what they are told to.
 */
#include "tests/unit/check.h"

#include "tests/fake/life_operations.h"

#include <stdio.h>
#include <stdlib.h>

#define STATES_MIN  10000
#define SEEDS       2  /* of cuts that go by bits */
#define LOCKS_MAX   60 /* then the phone is old, and another begins */
#define STORY_STEPS 40

struct row {
    size_t events;
    size_t states;
    size_t violations;
    const char *first;
};

static size_t states_in_all; /* of phones with nothing planted */

/* The sweep. */

struct sweep {
    const struct operation *operation;
    struct life *life;
    struct life_truth truth;
    struct cut_list done;   /* by the operation */
    struct cut_list start;  /* by the start after the first cut */
    struct cut_list second; /* by the start after the second */
    struct cut first;
    struct row row;
};

static void judge(struct sweep *sweep, struct cut_list *list, const struct cut *second)
{
    const char *broken = life_judge(sweep->life, &sweep->truth, list);
    const struct cut *first = &sweep->first;

    sweep->row.states++;
    states_in_all += sweep->life->cuts.no_flush ? 0 : 1;
    if (broken == NULL) {
        return;
    }
    sweep->row.violations++;
    if (sweep->row.first == NULL) {
        sweep->row.first = broken;
        print_message("%s: %s\n  cut at event %zu of %zu (torn %d, lost %d %zu, seed %u)\n",
                      sweep->operation->name, broken, first->events, sweep->done.count, first->torn,
                      first->lost, first->which, first->seed);
        if (second != NULL) {
            print_message("  and at event %zu of the start (torn %d, lost %d %zu)\n",
                          second->events, second->torn, second->lost, second->which);
        }
    }
}

static bool cut_again(void *context, const struct cut *cut)
{
    struct sweep *sweep = context;

    fake_cuts_restore(&sweep->life->cuts);
    fake_cuts_apply(&sweep->life->cuts, &sweep->done, &sweep->first);
    fake_cuts_apply(&sweep->life->cuts, &sweep->start, cut);
    judge(sweep, &sweep->second, cut);
    return true;
}

static bool cut_once(void *context, const struct cut *cut)
{
    struct sweep *sweep = context;

    sweep->first = *cut;
    fake_cuts_restore(&sweep->life->cuts);
    fake_cuts_apply(&sweep->life->cuts, &sweep->done, cut);
    judge(sweep, &sweep->start, NULL);
    if (sweep->operation->twice) {
        (void)cut_list_each(&sweep->start, 1, cut_again, sweep);
    }
    return true;
}

static struct row sweep_operation(const struct operation *operation, bool no_flush)
{
    struct sweep *sweep = test_calloc(1, sizeof *sweep);
    struct row row;

    sweep->operation = operation;
    sweep->life = life_of(operation);
    sweep->life->cuts.no_flush = no_flush;
    if (operation->prepare != NULL) {
        operation->prepare(sweep->life);
    }
    fake_cuts_set_base(&sweep->life->cuts);
    sweep->truth = life_truth_of(operation, sweep->life);
    fake_cuts_note(&sweep->life->cuts, &sweep->done);
    operation->run(sweep->life);
    fake_cuts_note(&sweep->life->cuts, NULL);
    sweep->row.events = sweep->done.count;
    assert_true(operation->refused == (sweep->done.count == 0));
    (void)cut_list_each(&sweep->done, SEEDS, cut_once, sweep);
    row = sweep->row;
    cut_list_free(&sweep->done);
    cut_list_free(&sweep->start);
    cut_list_free(&sweep->second);
    life_free(sweep->life);
    test_free(sweep);
    return row;
}

static void print_row(const char *name, const struct row *row)
{
    print_message("%-26s %7zu %8zu %6zu\n", name, row->events, row->states, row->violations);
}

static void every_cut(void **state)
{
    size_t violations = 0;

    print_message("%-26s %7s %8s %6s\n", "operation", "events", "states", "broken");
    for (size_t i = 0; i < life_operation_count; i++) {
        struct row row = sweep_operation(&life_operations[i], false);

        print_row(life_operations[i].name, &row);
        violations += row.violations;
    }
    assert_int_equal(violations, 0);
}

/*
 * No cut, but a disk that fails at one request, at each in turn: what was asked is done or not, the
 * phone is what it was or what was asked for, and the next start puts right what is left to do.
 */
static size_t fail_each_request(const struct operation *operation, size_t *violations)
{
    struct sweep *sweep = test_calloc(1, sizeof *sweep);
    struct fake_disk *disk;
    size_t states = 0;
    bool failed = true;

    sweep->operation = operation;
    sweep->life = life_of(operation);
    disk = &sweep->life->desk->phone.disk;
    if (operation->prepare != NULL) {
        operation->prepare(sweep->life);
    }
    fake_cuts_set_base(&sweep->life->cuts);
    sweep->truth = life_truth_of(operation, sweep->life);
    while (failed) {
        fake_cuts_restore(&sweep->life->cuts);
        life_start(sweep->life);
        fake_cuts_restore(&sweep->life->cuts); /* what that start wrote is no part of it */
        fake_disk_forget(disk);
        disk->fail_at = (unsigned)++states;
        operation->run(sweep->life);
        failed = disk->requests >= disk->fail_at;
        disk->fail_at = 0;
        sweep->first = (struct cut){.events = states};
        judge(sweep, &sweep->start, NULL);
    }
    *violations += sweep->row.violations;
    cut_list_free(&sweep->start);
    life_free(sweep->life);
    test_free(sweep);
    return states;
}

static void every_request_that_fails(void **state)
{
    size_t violations = 0;
    size_t states = 0;

    for (size_t i = 0; i < life_operation_count; i++) {
        if (!life_operations[i].no_disk_may_fail) {
            states += fail_each_request(&life_operations[i], &violations);
        }
    }
    print_message("%zu states after a request that failed, %zu broken\n", states, violations);
    assert_int_equal(violations, 0);
    assert_true(states > life_operation_count);
}

/* A wipe that nobody flushed comes undone; so does whatever else hangs on a flush. */
static void without_flushes_it_is_seen(void **state)
{
    size_t seen = 0;

    for (size_t i = 0; i < life_operation_count; i++) {
        if (life_operations[i].locks || life_operations[i].unlocks) {
            struct operation once = life_operations[i];
            struct row row;

            once.twice = false;
            row = sweep_operation(&once, true);
            print_row("planted: no flush", &row);
            assert_true(row.violations != 0);
            assert_string_equal(row.first,
                                "user data from before a change of the lock can be read");
            seen++;
        }
    }
    assert_int_equal(seen, 6);
}

/* Random ones, one after the other. */

static uint32_t next_random(void *context, uint32_t below)
{
    uint32_t *random = context;

    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random % below;
}

/* The phone goes on from here: somebody uses it. */
static void live_on(struct life *life)
{
    life_use(life);
    fake_cuts_set_base(&life->cuts);
}

static void run(struct life *life, const char *name)
{
    life_operation(name)->run(life);
}

static void random_operation(struct life *life, uint32_t *random, struct life_truth *truth)
{
    bool unlocked = life->desk->flow.state.unlocked;

    switch (next_random(random, 8)) {
    case 0:
        truth->lock_asked = true;
        truth->unlocked_asked = !unlocked;
        run(life, unlocked ? "lock, wipe" : "unlock, wipe");
        break;
    case 1:
        run(life, "flash, several downloads");
        truth->data_may_go = true;
        break;
    case 2:
        run(life, "flash, sparse");
        break;
    case 3:
        run(life, "erase user data");
        truth->data_may_go = true;
        break;
    case 4:
        run(life, next_random(random, 2) == 0 ? "enroll a user's key" : "erase a ROM");
        break;
    case 5:
        run(life, "refused while locked");
        truth->data_may_go = unlocked;
        truth->lock_asked = false;
        break;
    default:
        life_flash(life, (enum life_rom)next_random(random, LIFE_ROMS),
                   next_random(random, 3) != 0);
        break;
    }
}

/* One operation, cut or not, and perhaps a second cut of the start after it. */
static const char *random_step(struct sweep *sweep, uint32_t *random)
{
    struct life *life = sweep->life;
    const char *broken;
    struct cut cut;

    sweep->truth = life_truth_now(life);
    fake_cuts_note(&life->cuts, &sweep->done);
    random_operation(life, random, &sweep->truth);
    fake_cuts_note(&life->cuts, NULL);
    for (unsigned cuts = 0; cuts < STORY_STEPS; cuts++) {
        cut = cut_list_any(&sweep->done, next_random, random);
        fake_cuts_restore(&life->cuts);
        fake_cuts_apply(&life->cuts, &sweep->done, &cut);
        sweep->first = cut;
        broken = life_judge(life, &sweep->truth, &sweep->start);
        sweep->row.states++;
        states_in_all++;
        if (broken != NULL) {
            return broken;
        }
        if (next_random(random, 2) == 0) {
            cut = cut_list_any(&sweep->start, next_random, random);
            fake_cuts_restore(&life->cuts);
            fake_cuts_apply(&life->cuts, &sweep->done, &sweep->first);
            fake_cuts_apply(&life->cuts, &sweep->start, &cut);
            broken = life_judge(life, &sweep->truth, &sweep->second);
            sweep->row.states++;
            states_in_all++;
            if (broken != NULL) {
                return broken;
            }
        }
    }
    live_on(life);
    return NULL;
}

static void grow_old(struct sweep *sweep, uint32_t *random, size_t states)
{
    while (sweep->row.states < states) {
        const struct operation factory = {.codename = "whyred",
                                          .unlocked = next_random(random, 2) == 0};
        const char *broken = NULL;

        sweep->life = life_of(&factory);
        while (broken == NULL && sweep->row.states < states &&
               sweep->life->desk->flow.state.lock_changes < LOCKS_MAX) {
            broken = random_step(sweep, random);
            sweep->row.events += sweep->done.count;
        }
        life_free(sweep->life);
        if (broken != NULL) {
            sweep->row.violations++;
            print_message("after %zu states: %s\n", sweep->row.states, broken);
            return;
        }
    }
}

static void many_random_ones(void **state)
{
    const char *wanted = getenv("FLASHLAB_CUTS");
    size_t states = wanted != NULL ? strtoul(wanted, NULL, 10) : STATES_MIN;
    struct sweep *sweep = test_calloc(1, sizeof *sweep);
    uint32_t random = 20180914;

    grow_old(sweep, &random, states > states_in_all + 500 ? states - states_in_all : 500);
    print_row("random, on old phones", &sweep->row);
    print_message("%zu states in all\n", states_in_all);
    assert_int_equal(sweep->row.violations, 0);
    assert_true(states_in_all >= states);
    cut_list_free(&sweep->done);
    cut_list_free(&sweep->start);
    cut_list_free(&sweep->second);
    test_free(sweep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut),
        cmocka_unit_test(every_request_that_fails),
        cmocka_unit_test(without_flushes_it_is_seen),
        cmocka_unit_test(many_random_ones),
    };

    return cmocka_run_group_tests_name("cuts", tests, NULL, NULL);
}
