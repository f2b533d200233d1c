/* SPDX-License-Identifier: MIT */
/*
 * policy/slot_policy.h: every state of both slots with every kind of ROM in them, switched on again
 * and again without the ROM ever reporting a success.
 */
#include "tests/unit/check.h"

#include "policy/slot_policy.h"

#define KIND_COUNT  4
#define STATE_COUNT 512 /* priority, tries, successful, verity corrupted */
#define POWER_ONS   20

/* What policy says of the ROM in a slot. */
static const enum reason kinds[KIND_COUNT] = {REASON_OK, REASON_BAD_SIGNATURE, REASON_ROLLBACK,
                                              REASON_REGION_MISMATCH};

static struct slot slot_of(unsigned state)
{
    return (struct slot){
        .priority = state & 15,
        .tries = state >> 4 & 7,
        .successful = (state >> 7 & 1) != 0,
        .verity_corrupted = (state >> 8 & 1) != 0,
    };
}

/* What Android says of a slot, apart from slot_is_bootable. */
static bool may_boot(const struct slot *slot)
{
    if (slot->priority == 0 || slot->verity_corrupted) {
        return false;
    }
    return slot->successful || slot->tries > 0;
}

/* One power-on: looks at slots until one may run. SLOT_NONE: nothing does. */
static size_t power_on(struct slots *slots, const enum reason *roms, unsigned *writes)
{
    struct slot_trial trial = {.refused = {false}};
    struct slots next;
    size_t chosen = slot_policy_next(slots, &trial);

    for (unsigned looks = 0; chosen != SLOT_NONE && roms[chosen] != REASON_OK; looks++) {
        assert_true(looks < SLOT_COUNT);
        slot_policy_refuse(&trial, chosen, roms[chosen]);
        chosen = slot_policy_next(slots, &trial);
    }
    if (chosen != SLOT_NONE && slot_policy_record(slots, &trial, chosen, &next)) {
        *slots = next;
        ++*writes;
    }
    return chosen;
}

static void check_states(const struct slots *before, const enum reason *roms)
{
    struct slots slots = *before;
    unsigned boots[SLOT_COUNT] = {0};
    bool might = false;
    bool booted = false;

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        might |= may_boot(&before->list[i]) && roms[i] == REASON_OK;
    }
    for (unsigned n = 0; n < POWER_ONS; n++) {
        unsigned writes = 0;
        size_t chosen = power_on(&slots, roms, &writes);

        assert_true(writes <= 1);
        if (chosen == SLOT_NONE) {
            assert_int_equal(writes, 0);
            break;
        }
        booted = true;
        assert_true(roms[chosen] == REASON_OK && may_boot(&before->list[chosen]));
        assert_true(slots.active == chosen);
        boots[chosen]++;
        if (before->list[chosen].successful) {
            break; /* and so for ever */
        }
        assert_true(boots[chosen] <= before->list[chosen].tries);
        assert_true(writes == 1);
    }
    assert_true(booted == might);
}

static void every_state_of_both_slots(void **state)
{
    unsigned count = 0;

    for (unsigned a = 0; a < STATE_COUNT; a++) {
        for (unsigned b = 0; b < STATE_COUNT; b++) {
            struct slots slots = {.list = {slot_of(a), slot_of(b)}};

            for (unsigned roms = 0; roms < KIND_COUNT * KIND_COUNT; roms++) {
                const enum reason in[SLOT_COUNT] = {kinds[roms % KIND_COUNT],
                                                    kinds[roms / KIND_COUNT]};

                check_states(&slots, in);
                count++;
            }
        }
    }
    print_message("%u states of two slots\n", count);
}

static void the_higher_priority_goes_first(void **state)
{
    struct slot_trial none = {.refused = {false}};
    struct slots slots = {.list = {{.priority = 3, .tries = 1}, {.priority = 4, .tries = 1}}};

    assert_int_equal(slot_policy_next(&slots, &none), 1);
    slots.list[0].priority = 4;
    assert_int_equal(slot_policy_next(&slots, &none), 0);
    slots.list[0].priority = 15;
    assert_int_equal(slot_policy_next(&slots, &none), 0);
}

static void the_record_says_why(void **state)
{
    struct slot_trial trial = {.refused = {false}};
    struct slots slots = {
        .list = {{.priority = 15, .successful = true}, {.priority = 7, .tries = 3}}};
    struct slots next;

    slot_policy_refuse(&trial, 0, REASON_BAD_SIGNATURE);
    assert_true(slot_policy_record(&slots, &trial, 1, &next));
    assert_int_equal(next.list[0].unbootable, SLOT_UNBOOTABLE_REFUSED);
    assert_false(slot_is_bootable(&next.list[0]) || next.list[0].successful);
    assert_int_equal(next.list[1].tries, 2);
    assert_int_equal(next.active, 1);

    slot_policy_refuse(&trial, 0, REASON_NO_ROM);
    assert_true(slot_policy_record(&slots, &trial, 1, &next));
    assert_int_equal(next.list[0].unbootable, SLOT_UNBOOTABLE_NO_ROM);

    trial = (struct slot_trial){.refused = {false}};
    slots.list[0] = (struct slot){.priority = 15};
    assert_true(slot_policy_record(&slots, &trial, 1, &next));
    assert_int_equal(next.list[0].unbootable, SLOT_UNBOOTABLE_NO_TRIES);

    slots.list[0] = (struct slot){.priority = 15, .successful = true, .verity_corrupted = true};
    assert_true(slot_policy_record(&slots, &trial, 1, &next));
    assert_int_equal(next.list[0].unbootable, SLOT_UNBOOTABLE_VERITY);
}

static void a_healthy_phone_writes_nothing(void **state)
{
    struct slot_trial none = {.refused = {false}};
    struct slots slots = {
        .active = 1, .list = {{.priority = 14, .tries = 7}, {.priority = 15, .successful = true}}};
    struct slots next;

    assert_false(slot_policy_record(&slots, &none, 1, &next));
    slots.active = 0;
    assert_true(slot_policy_record(&slots, &none, 1, &next));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_higher_priority_goes_first),
        cmocka_unit_test(the_record_says_why),
        cmocka_unit_test(a_healthy_phone_writes_nothing),
        cmocka_unit_test(every_state_of_both_slots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
