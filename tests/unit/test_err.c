/* SPDX-License-Identifier: MIT */
/* base/err.h: every code has its own name. */
#include "tests/unit/check.h"

static void names_are_the_codes(void **state)
{
    assert_string_equal(err_name(OK), "OK");
    assert_string_equal(err_name(E_SLICE_RANGE), "E_SLICE_RANGE");
    assert_string_equal(err_name(E_GPT_CRC), "E_GPT_CRC");
    assert_string_equal(err_name(E_VBMETA_DUPLICATE), "E_VBMETA_DUPLICATE");
}

static void names_differ(void **state)
{
    for (int a = 0; a < ERR_COUNT; a++) {
        assert_true(strlen(err_name((enum err)a)) != 0);
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(err_name((enum err)a), err_name((enum err)b));
        }
    }
}

static void outside_the_list(void **state)
{
    assert_string_equal(err_name(ERR_COUNT), "E_UNKNOWN");
    assert_string_equal(err_name((enum err) - 1), "E_UNKNOWN");
}

static enum err give(enum err err, int *passed)
{
    TRY(err);
    *passed = 1;
    return OK;
}

static void try_returns_early(void **state)
{
    int passed = 0;

    assert_err(give(E_BLOCK_IO, &passed), E_BLOCK_IO);
    assert_int_equal(passed, 0);
    assert_err(give(OK, &passed), OK);
    assert_int_equal(passed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_codes),
        cmocka_unit_test(names_differ),
        cmocka_unit_test(outside_the_list),
        cmocka_unit_test(try_returns_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
