/* SPDX-License-Identifier: MIT */
/* storage/fuse_burn.h: how far fuses can be burned. Power cuts meanwhile: test_state_cuts.c. */
#include "tests/unit/check.h"

#include "storage/fuse_burn.h"
#include "tests/fake/fake_journal.h"

/* A phone of which only the flash counts. */
struct phone_flash {
    struct fake_nor nor;
    struct state state; /* what the firmware holds in memory */
};

static void nothing_beyond_the_fuses(void **state)
{
    struct phone_flash phone;

    fake_journal_new(&phone.nor, &phone.state);
    phone.nor.changes = 0;
    assert_err(fuse_burn_rollback(&phone.nor.nor, FUSES_ROLLBACK_MAX + 1), E_FUSE_CAPACITY);
    assert_err(fuse_burn_rollback(&phone.nor.nor, UINT64_MAX), E_FUSE_CAPACITY);
    assert_err(fuse_burn_lock_changes(&phone.nor.nor, FUSES_LOCK_CHANGES_MAX + 1), E_FUSE_CAPACITY);
    assert_err(fuse_burn_rollback(&phone.nor.nor, 0), OK);
    assert_int_equal(phone.nor.changes, 0);
    assert_err(fuse_burn_rollback(&phone.nor.nor, 9), OK);
    assert_err(fuse_burn_rollback(&phone.nor.nor, 3), OK);
    assert_int_equal(fake_journal_rollback_fuses(), 9);
    assert_int_equal(phone.nor.changes, 1);
}

/* Also those below, and those that a torn step left out. */
static void every_fuse_below_is_burned(void **state)
{
    static const uint8_t expected[FUSES_ROLLBACK_BYTES] = {0, 0, 0, 0, 0, 0xfe, 0xff, 0xff};
    struct phone_flash phone;

    fake_journal_new(&phone.nor, &phone.state);
    fake_journal_nor[FAKE_JOURNAL_ROLLBACK + 3] = 0xbf;
    assert_err(fuse_burn_rollback(&phone.nor.nor, 41), OK);
    assert_memory_equal(fake_journal_nor + FAKE_JOURNAL_ROLLBACK, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_beyond_the_fuses),
        cmocka_unit_test(every_fuse_below_is_burned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
