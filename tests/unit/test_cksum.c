/* SPDX-License-Identifier: MIT */
/* cksum: what POSIX's command of that name prints. */
#include "tests/unit/check.h"

#include "rom-images/write/cksum.h"

static void knows_what_the_command_prints(void **state)
{
    const struct {
        const char *text;
        uint32_t sum;
    } cases[] = {
        {"", 4294967295u},    {"a", 1220704766},        {"abc", 1219131554},
        {"abcd", 1278160200}, {"123456789", 930766865}, {"The quick brown fox", 2672498166u},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(cksum(slice_of(cases[i].text, strlen(cases[i].text))), cases[i].sum);
    }
}

/* Lengths of more than one byte count too, lowest first. */
static void counts_long_lengths(void **state)
{
    static const uint8_t zeros[65537];

    assert_int_equal(cksum(slice_of(zeros, 256)), 4215202376u);
    assert_int_equal(cksum(slice_of(zeros, 65537)), 4209397455u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_the_command_prints),
        cmocka_unit_test(counts_long_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
