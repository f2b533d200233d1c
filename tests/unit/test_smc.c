/* SPDX-License-Identifier: MIT */
/* arch/smc.h: what a ROM can ask of EL3, and how often. */
#include "tests/unit/check.h"

#include "arch/exception.h"
#include "arch/smc.h"
#include "arch/smc_services.h"
#include "tests/fake/fake_devices.h"

#include <stdlib.h>

#define NOT_SUPPORTED UINT64_MAX

static struct boot_record record;
static uint64_t raised_to;
static unsigned raises;
static enum err raise_err;
static unsigned wells;
static struct fake_power power;
static jmp_buf after_reset; /* a fake phone goes on after it */
static bool resetting;

_Noreturn void panic(const char *why)
{
    if (resetting) {
        longjmp(after_reset, 1);
    }
    fail_msg("panic: %s", why);
    abort();
}

static enum err raise_rollback(uint64_t index)
{
    raises++;
    raised_to = index;
    return raise_err;
}

static void rom_is_well(void)
{
    wells++;
}

static void start(struct boot_record of_this_boot)
{
    const struct smc_backend backend = {.power = &power.power,
                                        .record = &record,
                                        .raise_rollback = raise_rollback,
                                        .rom_is_well = rom_is_well};

    fake_power_init(&power);
    wells = 0;
    record = of_this_boot;
    raises = 0;
    raised_to = 0;
    raise_err = OK;
    smc_start(&backend);
}

/* The answer; no other register may change. */
static uint64_t call(uint64_t id, uint64_t argument)
{
    struct smc_frame frame = {.x = {id, argument, 2, 3, 4, 5, 6, 7}};
    struct smc_frame before = frame;

    smc_handle(&frame);
    assert_memory_equal(&frame.x[1], &before.x[1], sizeof frame - sizeof frame.x[0]);
    return frame.x[0];
}

static void success_burns_once(void **state)
{
    start((struct boot_record){.authentic = true, .rollback = 3, .rollback_to = 5});
    assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 60), FLASHLAB_SUCCESS_RAISED);
    assert_int_equal(raised_to, 5); /* the record's, whatever the ROM would like */
    assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 0), FLASHLAB_SUCCESS_UNCHANGED);
    assert_int_equal(raises, 1);
}

static void success_that_burns_nothing(void **state)
{
    static const struct {
        struct boot_record record;
        uint64_t answer;
    } cases[] = {
        {{.authentic = true, .rollback = 5, .rollback_to = 5}, FLASHLAB_SUCCESS_UNCHANGED},
        {{.authentic = true, .rollback = 5, .rollback_to = 4}, FLASHLAB_SUCCESS_UNCHANGED},
        {{.authentic = true}, FLASHLAB_SUCCESS_UNCHANGED},
        {{.rollback = 3, .rollback_to = 5}, FLASHLAB_SUCCESS_NOT_AUTHENTIC},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        start(cases[i].record);
        assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 9), cases[i].answer);
        assert_int_equal(raises, 0);
    }
}

/* Told as it is; and the next time it is tried again. */
static void a_burn_that_fails(void **state)
{
    start((struct boot_record){.authentic = true, .rollback = 3, .rollback_to = 5});
    raise_err = E_NOR_PROGRAM;
    assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 0), FLASHLAB_SUCCESS_FAILED);
    raise_err = OK;
    assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 0), FLASHLAB_SUCCESS_RAISED);
    assert_int_equal(raises, 2);
}

static void what_was_true_at_the_start(void **state)
{
    for (uint32_t boot_state = FLASHLAB_STATE_RED; boot_state <= FLASHLAB_STATE_UNVERIFIED;
         boot_state++) {
        start((struct boot_record){.boot_state = boot_state, .unlocked = boot_state % 2 != 0});
        assert_int_equal(call(FLASHLAB_SMC_STATE, 0), boot_state);
        assert_int_equal(call(FLASHLAB_SMC_LOCK, 0),
                         boot_state % 2 != 0 ? FLASHLAB_LOCK_UNLOCKED : FLASHLAB_LOCK_LOCKED);
    }
    assert_int_equal(call(FLASHLAB_SMC_VERSION, 0), FLASHLAB_SMC_VERSION_1_0);
}

static void nothing_else_answers(void **state)
{
    static const uint32_t known[] = {
        0x84000000, 0x84000006, 0x84000008, 0x84000009, 0x8400000a,
        FLASHLAB_SMC_VERSION, FLASHLAB_SMC_SUCCESS, FLASHLAB_SMC_LOCK, FLASHLAB_SMC_STATE,
    };
    static const uint32_t others[] = {
        0, 1, UINT32_MAX, 0x04000000, 0xc4000000, 0x84000001, 0x8400000b, 0x83000004, 0x82000001,
        0xc3000001,
    };

    start((struct boot_record){.authentic = true, .rollback_to = 5});
    for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
        assert_int_equal(call(0x8400000a, known[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        assert_int_equal(call(others[i], 0), NOT_SUPPORTED);
        assert_int_equal(call(0x8400000a, others[i]), NOT_SUPPORTED);
    }
    assert_int_equal(raises, 0);
}

static enum restart reset_by_rom(void)
{
    resetting = true;
    if (setjmp(after_reset) == 0) {
        (void)call(0x84000009, 0);
    }
    resetting = false;
    assert_int_equal(power.resets, 1);
    return power.restart;
}

/* Which restarts are early: those of an installed ROM that is not well, soon after its start. */
static void early_restarts(void **state)
{
    start((struct boot_record){.is_rom = true, .entered_us = 1000});
    power.now_us = 2000;
    assert_int_equal(reset_by_rom(), RESTART_EARLY);

    start((struct boot_record){.is_rom = true, .entered_us = 1000});
    power.now_us = 1000 + 121000000;
    assert_int_equal(reset_by_rom(), RESTART_PLAIN);

    start((struct boot_record){.is_rom = false});
    assert_int_equal(reset_by_rom(), RESTART_PLAIN);

    /* Well is well, whether the ROM was verified or not. */
    start((struct boot_record){.is_rom = true});
    assert_int_equal(call(FLASHLAB_SMC_SUCCESS, 0), FLASHLAB_SUCCESS_NOT_AUTHENTIC);
    assert_int_equal(wells, 1);
    assert_int_equal(reset_by_rom(), RESTART_PLAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_burns_once),         cmocka_unit_test(success_that_burns_nothing),
        cmocka_unit_test(a_burn_that_fails),          cmocka_unit_test(what_was_true_at_the_start),
        cmocka_unit_test(nothing_else_answers),       cmocka_unit_test(early_restarts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
