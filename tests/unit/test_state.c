/* SPDX-License-Identifier: MIT */
/* storage/state.h: the newer valid record counts; what cannot be read is locked. */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "format/fuses.h"
#include "format/state_record.h"
#include "storage/state.h"

static void seal(struct state_record *record)
{
    put_le32(record->crc32, crc32(slice_of(record, offsetof(struct state_record, crc32))));
}

static struct state_record record_of(uint64_t sequence, uint32_t lock, uint32_t ability)
{
    struct state_record record = {0};

    memcpy(record.magic, STATE_MAGIC, sizeof record.magic);
    put_le32(record.version, STATE_VERSION);
    put_le32(record.lock, lock);
    put_le32(record.unlock_ability, ability);
    put_le64(record.sequence, sequence);
    seal(&record);
    return record;
}

static enum err decode(const struct state_record *a, const struct state_record *b,
                       struct state *out_state)
{
    return state_decode(slice_of(a, sizeof *a), slice_of(b, sizeof *b), 0, out_state);
}

static const struct state_record blank = {0};

static void the_newer_counts(void **state)
{
    struct state_record locked = record_of(7, STATE_FLAG_LOCKED, 1);
    struct state_record unlocked = record_of(8, STATE_FLAG_UNLOCKED, 0);
    struct state out;

    assert_err(decode(&locked, &unlocked, &out), OK);
    assert_true(out.unlocked && !out.unlock_ability && out.sequence == 8);
    assert_err(decode(&unlocked, &locked, &out), OK);
    assert_true(out.unlocked && out.sequence == 8);
    put_le64(unlocked.sequence, 6);
    seal(&unlocked);
    assert_err(decode(&unlocked, &locked, &out), OK);
    assert_true(!out.unlocked && out.unlock_ability && out.sequence == 7);
}

static void one_is_enough(void **state)
{
    struct state_record unlocked = record_of(1, STATE_FLAG_UNLOCKED, 1);
    struct state out;

    assert_err(decode(&unlocked, &blank, &out), OK);
    assert_true(out.unlocked);
    assert_err(decode(&blank, &unlocked, &out), OK);
    assert_true(out.unlocked);
}

static void a_tie_is_locked(void **state)
{
    struct state_record locked = record_of(5, STATE_FLAG_LOCKED, 0);
    struct state_record unlocked = record_of(5, STATE_FLAG_UNLOCKED, 1);
    struct state out;

    assert_err(decode(&unlocked, &locked, &out), OK);
    assert_false(out.unlocked);
    assert_err(decode(&locked, &unlocked, &out), OK);
    assert_false(out.unlocked);
}

/* Whatever number a record has, the commit after it counts. */
static void the_sequence_goes_round(void **state)
{
    static const uint64_t sequences[] = {0, INT64_MAX, UINT64_MAX};

    for (size_t i = 0; i < ARRAY_COUNT(sequences); i++) {
        struct state_record old = record_of(sequences[i], STATE_FLAG_LOCKED, 1);
        struct state_record next = record_of(sequences[i] + 1, STATE_FLAG_UNLOCKED, 1);
        struct state out;

        assert_err(decode(&old, &next, &out), OK);
        assert_true(out.unlocked && out.in_half_b);
        assert_err(decode(&next, &old, &out), OK);
        assert_true(out.unlocked && !out.in_half_b);
    }
}

static void only_one_value_unlocks(void **state)
{
    static const uint32_t values[] = {
        0, 1, UINT32_MAX, STATE_FLAG_LOCKED, STATE_FLAG_UNLOCKED ^ 1, 0x4b4c4e55, 0x554e4c00,
    };

    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        struct state_record record = record_of(1, values[i], values[i]);
        struct state out = {.unlocked = true};

        assert_err(decode(&record, &blank, &out), OK);
        assert_false(out.unlocked);
        assert_int_equal(out.unlock_ability, values[i] == 1);
    }
}

static void every_flipped_bit_is_seen(void **state)
{
    struct state_record old = record_of(3, STATE_FLAG_LOCKED, 1);

    for (size_t bit = 0; bit < 8 * sizeof old; bit++) {
        struct state_record torn = record_of(4, STATE_FLAG_UNLOCKED, 0);
        struct state out;

        ((uint8_t *)&torn)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_err(decode(&torn, &old, &out), OK);
        assert_true(!out.unlocked && out.unlock_ability && out.sequence == 3);
        assert_err(decode(&torn, &blank, &out), E_STATE_NONE);
    }
}

static void nothing_valid_is_the_safe_state(void **state)
{
    struct state_record ones;
    struct state_record next = record_of(9, STATE_FLAG_UNLOCKED, 1);
    struct state_record good = record_of(9, STATE_FLAG_UNLOCKED, 1);
    struct state out = {.unlocked = true, .unlock_ability = true, .sequence = 9};

    memset(&ones, 0xff, sizeof ones);
    assert_err(decode(&ones, &blank, &out), E_STATE_NONE);
    assert_true(!out.unlocked && !out.unlock_ability && out.sequence == 0);

    put_le32(next.version, STATE_VERSION + 1);
    seal(&next);
    out.unlocked = true;
    assert_err(decode(&next, &next, &out), E_STATE_NONE);
    assert_false(out.unlocked);

    out.unlocked = true;
    assert_err(state_decode(slice_of(&good, sizeof good - 1), slice_of(&good, 0), 0, &out),
               E_STATE_NONE);
    assert_false(out.unlocked);
}

/* The fuses count changes of the lock: the record of the change under way is one ahead, no more. */
static void the_fuses_vouch_for_the_record(void **state)
{
    static const struct {
        uint32_t fuses;
        uint32_t record;
        enum err err;
    } cases[] = {
        {4, 3, E_STATE_REPLAYED},
        {4, 4, OK},
        {4, 5, OK},
        {4, 6, E_STATE_REPLAYED},
        {4, UINT32_MAX, E_STATE_REPLAYED},
        {FUSES_LOCK_CHANGES_MAX, FUSES_LOCK_CHANGES_MAX, OK},
        {FUSES_LOCK_CHANGES_MAX, FUSES_LOCK_CHANGES_MAX + 1, E_STATE_REPLAYED}, /* no such fuse */
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct state_record record = record_of(9, STATE_FLAG_UNLOCKED, 1);
        struct state out;

        put_le32(record.lock_changes, cases[i].record);
        seal(&record);
        assert_err(state_decode(slice_of(&record, sizeof record), slice_of(&blank, sizeof blank),
                                cases[i].fuses, &out),
                   cases[i].err);
        assert_int_equal(out.unlocked, cases[i].err == OK);
        assert_int_equal(out.wipe_pending, cases[i].err != OK);
        assert_int_equal(out.sequence, 9); /* the next commit is the newer one */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newer_counts),
        cmocka_unit_test(one_is_enough),
        cmocka_unit_test(a_tie_is_locked),
        cmocka_unit_test(the_sequence_goes_round),
        cmocka_unit_test(only_one_value_unlocks),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(nothing_valid_is_the_safe_state),
        cmocka_unit_test(the_fuses_vouch_for_the_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
