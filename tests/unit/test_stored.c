/* SPDX-License-Identifier: MIT */
/* flow/stored.h: the stored indexes rise when a ROM is started, once, and last. */
#include "tests/unit/check.h"

#include "flow/stored.h"
#include "format/nor_map.h"
#include "tests/fake/fake_phone.h"

struct fixture {
    struct fake_phone phone;
    struct flow flow;
};

/* A locked phone that is about to start a ROM whose boot is chained, with that index. */
static void start(struct fixture *f, uint64_t index)
{
    const struct fake_phone_spec spec = {.codename = "whyred", .made_for = REGION_CN};
    const uint8_t *nor;

    fake_phone_make(&spec, &f->phone);
    nor = f->phone.nor.bytes;
    f->flow = (struct flow){
        .phone = &f->phone.phone,
        .board = {.protections = PROTECTION_BOOTLOADER_LOCK | PROTECTION_VERIFIED_BOOT},
        .candidate.verified = {.verdict = VERDICT_AUTHENTIC, .chained[1] = {true, index}}};
    assert_err(state_decode(slice_of(nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                            slice_of(nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)), 0,
                            &f->flow.state),
               OK);
    f->phone.nor.changes = 0;
}

/* What the next start finds. */
static uint64_t remembered(const struct fixture *f)
{
    const uint8_t *nor = f->phone.nor.bytes;
    struct state state;

    assert_err(state_decode(slice_of(nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                            slice_of(nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)), 0,
                            &state),
               OK);
    assert_false(state.unlocked);
    return state.rollback[1];
}

static void rises_once(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    start(f, 5);
    flow_raise_stored(&f->flow);
    assert_true(remembered(f) == 5 && f->flow.state.rollback[1] == 5);
    assert_int_not_equal(f->phone.nor.changes, 0);
    f->phone.nor.changes = 0;
    flow_raise_stored(&f->flow);
    f->flow.candidate.verified.chained[1].index = 4;
    flow_raise_stored(&f->flow);
    assert_int_equal(f->phone.nor.changes, 0);
    assert_true(remembered(f) == 5);
    fake_phone_free(&f->phone);
    test_free(f);
}

static void nothing_to_raise_is_not_written(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    start(f, 0);
    flow_raise_stored(&f->flow);
    f->flow.candidate.verified.chained[1].index = 9;
    f->flow.candidate.verified.verdict = VERDICT_BAD_HASH;
    flow_raise_stored(&f->flow);
    f->flow.candidate.verified.verdict = VERDICT_AUTHENTIC;
    f->flow.state.unlocked = true;
    flow_raise_stored(&f->flow);
    assert_int_equal(f->phone.nor.changes, 0);
    fake_phone_free(&f->phone);
    test_free(f);
}

static void slots_wait_for_a_success(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    start(f, 3);
    f->flow.board.slot_count = 2;
    f->flow.walk.record.active = 1;
    f->flow.walk.record.list[0].successful = true;
    flow_raise_stored(&f->flow);
    assert_int_equal(f->phone.nor.changes, 0);
    f->flow.walk.record.list[1].successful = true;
    flow_raise_stored(&f->flow);
    assert_true(remembered(f) == 3);
    fake_phone_free(&f->phone);
    test_free(f);
}

static void a_flash_that_fails(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    start(f, 3);
    f->phone.nor.failing = true;
    flow_raise_stored(&f->flow);
    f->phone.nor.failing = false;
    assert_true(f->flow.state.rollback[1] == 0 && remembered(f) == 0);
    fake_phone_free(&f->phone);
    test_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rises_once),
        cmocka_unit_test(nothing_to_raise_is_not_written),
        cmocka_unit_test(slots_wait_for_a_success),
        cmocka_unit_test(a_flash_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
