/* SPDX-License-Identifier: MIT */
/*
 * report.h: one event, a JSON line and a line of words; nothing that a ROM says can break either.
 */
#include "tests/unit/check.h"

#include "flow/report.h"
#include "tests/fake/fake_devices.h"

struct desk {
    struct fake_power power;
    struct fake_link log;
    struct fake_link trace;
    struct fake_link secure_trace;
    struct phone phone;
};

static struct desk *desk(void)
{
    static struct desk one;

    memset(&one, 0, sizeof one);
    fake_power_init(&one.power);
    fake_link_init(&one.log);
    fake_link_init(&one.trace);
    fake_link_init(&one.secure_trace);
    one.power.now_us = 41210;
    one.phone.power = &one.power.power;
    one.phone.log = &one.log.link;
    one.phone.trace = &one.trace.link;
    one.phone.secure_trace = &one.secure_trace.link;
    return &one;
}

static void tells_twice(void **state)
{
    struct desk *at = desk();
    struct report report;

    report_begin(&report, &at->phone, "policy", "region");
    report_str(&report, "made_for", "cn");
    report_u64(&report, "index", UINT64_MAX);
    report_bool(&report, "listed", false);
    report_end(&report);
    assert_string_equal(at->trace.chars,
                        "{\"t_us\":41210,\"stage\":\"policy\",\"event\":\"region\","
                        "\"made_for\":\"cn\",\"index\":18446744073709551615,"
                        "\"listed\":false}\n");
    assert_string_equal(
        at->log.chars, "[41 ms] policy: region made_for=cn index=18446744073709551615 listed=no\n");
}

/* So that the lab can tell it from a ROM's line: the very same bytes, and only of what decides. */
static void what_decides_goes_where_no_rom_writes(void **state)
{
    struct desk *at = desk();
    struct report report;

    report_begin(&report, &at->phone, "policy", "region");
    report_end(&report);
    assert_string_equal(at->secure_trace.chars, "");
    at->trace.length = 0;
    report_begin(&report, &at->phone, "flow", "verdict");
    report_end(&report);
    assert_string_equal(at->secure_trace.chars,
                        "{\"t_us\":41211,\"stage\":\"flow\",\"event\":\"verdict\"}\n");
    assert_int_equal(at->trace.length, at->secure_trace.length);
    assert_memory_equal(at->trace.chars, at->secure_trace.chars, at->trace.length);
    at->phone.secure_trace = NULL;
    report_end(&report);
}

static void hostile_words_stay_inside(void **state)
{
    struct desk *at = desk();
    struct report report;

    report_begin(&report, &at->phone, "verify", "claims");
    report_str(&report, "rom", "\"},{\\\x1b[2J\n\xff{");
    report_end(&report);
    assert_string_equal(strstr(at->trace.chars, "\"rom\""),
                        "\"rom\":\"\\\"},{\\\\\\u001b[2J\\u000a\\u00ff{\"}\n");
    assert_string_equal(strstr(at->log.chars, "rom="), "rom=\"},{\\?[2J??{\n");
}

/* A line that is cut in the middle would be no JSON: better none. */
static void a_line_that_does_not_fit_is_left_out(void **state)
{
    struct desk *at = desk();
    struct report report;
    char words[REPORT_BYTES];

    memset(words, '"', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    report_begin(&report, &at->phone, "verify", "claims");
    report_str(&report, "rom", words);
    report_end(&report);
    assert_string_equal(at->trace.chars, "");
    assert_string_equal(at->log.chars, "");
}

static void nobody_listens(void **state)
{
    struct desk *at = desk();
    struct report report;

    at->phone.trace = NULL;
    at->log.closed = true;
    report_begin(&report, &at->phone, "flow", "power-on");
    report_end(&report);
    at->phone.log = NULL;
    report_begin(&report, &at->phone, "flow", "power-on");
    report_end(&report);
    assert_string_equal(at->trace.chars, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_twice),
        cmocka_unit_test(what_decides_goes_where_no_rom_writes),
        cmocka_unit_test(hostile_words_stay_inside),
        cmocka_unit_test(a_line_that_does_not_fit_is_left_out),
        cmocka_unit_test(nobody_listens),
    };

    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
