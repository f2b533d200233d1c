/* SPDX-License-Identifier: MIT */
/* board/region.h: the markets by name, and what a kernel is told of them. */
#include "tests/unit/check.h"

#include "board/region.h"

static void names(void **state)
{
    assert_string_equal(region_name(REGION_UNKNOWN), "unknown");
    assert_string_equal(region_name(REGION_CN), "cn");
    assert_string_equal(region_name(REGION_GLOBAL), "global");
    assert_string_equal(region_name((enum region)77), "unknown");
    assert_null(region_hwc(REGION_UNKNOWN));
    assert_string_equal(region_hwc(REGION_CN), "CN");
    assert_string_equal(region_hwc(REGION_GLOBAL), "GLOBAL");
    assert_null(region_hwc((enum region)77));
}

static void from_names(void **state)
{
    static const struct {
        const char *field;
        size_t size;
        enum region region;
    } cases[] = {
        {"cn", 3, REGION_CN},
        {"cn\0\0\0\0", 6, REGION_CN},
        {"global", 7, REGION_GLOBAL},
        {"cn", 2, REGION_UNKNOWN},     /* no NUL */
        {"global", 6, REGION_UNKNOWN}, /* no NUL */
        {"", 1, REGION_UNKNOWN},
        {"", 0, REGION_UNKNOWN},
        {"CN", 3, REGION_UNKNOWN},
        {"cnx", 4, REGION_UNKNOWN},
        {"c", 2, REGION_UNKNOWN},
        {"cn ", 4, REGION_UNKNOWN},
        {"global_eea", 11, REGION_UNKNOWN},
        {"unknown", 8, REGION_UNKNOWN}, /* the name of nothing names nothing */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(region_from_name(cases[i].field, cases[i].size), cases[i].region);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(from_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
