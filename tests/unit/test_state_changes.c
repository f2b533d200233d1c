/* SPDX-License-Identifier: MIT */
/* storage/state.h: changes of the lock, and a NOR that does not do what it is told. */
#include "tests/unit/check.h"

#include "storage/fuse_burn.h"
#include "tests/fake/fake_journal.h"

/* A phone of which only the flash counts. */
struct phone_flash {
    struct fake_nor nor;
    struct state state; /* what the firmware holds in memory */
};

/* AVB's stored indexes are the old owner's: they begin anew. */
static void a_change_of_the_lock_forgets_stored_indexes(void **state)
{
    struct phone_flash phone;
    struct state found;

    fake_journal_new(&phone.nor, &phone.state);
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        phone.state.rollback[i] = 7 + i;
    }
    assert_err(state_commit(&phone.nor.nor, &phone.state), OK);
    assert_err(state_change_lock(&phone.nor.nor, &phone.state, true), OK);
    assert_err(fake_journal_read(&found), OK);
    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        assert_int_equal(found.rollback[i] + phone.state.rollback[i], 0);
    }
}

/* What is told as done is there: a NOR that drops changes without a word is found out. */
static void a_nor_that_drops_changes(void **state)
{
    struct phone_flash phone;
    struct state before;

    fake_journal_new(&phone.nor, &phone.state);
    before = phone.state;
    phone.nor.dropping = true;
    assert_err(state_commit(&phone.nor.nor, &phone.state), E_NOR_PROGRAM);
    assert_err(state_change_lock(&phone.nor.nor, &phone.state, true), E_NOR_PROGRAM);
    assert_err(fuse_burn_rollback(&phone.nor.nor, 5), E_NOR_PROGRAM);
    assert_true(fake_journal_same(&phone.state, &before));
    assert_err(fake_journal_read(&phone.state), OK);
    assert_true(fake_journal_same(&phone.state, &before));
}

/*
 * The fuse of a change could not be burned, and the phone stays on: the next change makes up for it
 * first. Wherever that is cut, the journal is never two changes before the fuses.
 */
static void a_second_change_while_the_fuse_is_behind(void **state)
{
    for (unsigned at = 1; at <= 6; at++) {
        struct phone_flash phone;
        struct state found;

        fake_journal_new(&phone.nor, &phone.state);
        fake_nor_power_on(&phone.nor, 3, FAKE_CUT_BEFORE); /* erase, program, and then the fuse */
        assert_true(state_change_lock(&phone.nor.nor, &phone.state, true) != OK);
        assert_int_equal(phone.state.lock_changes, 1);
        assert_int_equal(fake_journal_lock_fuses(), 0);
        fake_nor_power_on(&phone.nor, at, FAKE_CUT_BEFORE);
        (void)!state_change_lock(&phone.nor.nor, &phone.state, false);
        assert_err(fake_journal_read(&found), OK);
        assert_true(found.wipe_pending);
        assert_int_equal(found.unlocked, found.lock_changes == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_the_lock_forgets_stored_indexes),
        cmocka_unit_test(a_nor_that_drops_changes),
        cmocka_unit_test(a_second_change_while_the_fuse_is_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
