/* SPDX-License-Identifier: MIT */
/* base/crc32.h against known values. */
#include "tests/unit/check.h"

#include "base/crc32.h"

static void known_values(void **state)
{
    static const uint8_t zeros[32];

    assert_true(crc32(slice_of("", 0)) == 0);
    assert_true(crc32(slice_of("123456789", 9)) == 0xcbf43926);
    assert_true(crc32(slice_of("a", 1)) == 0xe8b7be43);
    assert_true(crc32(slice_of(zeros, sizeof zeros)) == 0x190a55ad);
}

static void pieces_give_the_whole(void **state)
{
    for (size_t cut = 0; cut <= 9; cut++) {
        uint32_t crc = crc32_update(0, slice_of("123456789", cut));

        crc = crc32_update(crc, slice_of("123456789" + cut, 9 - cut));
        assert_true(crc == 0xcbf43926);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(pieces_give_the_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
