/* SPDX-License-Identifier: MIT */
/* base/text.h: building text and JSON in too little room. */
#include "tests/unit/check.h"

#include "base/text.h"

static void words_and_numbers(void **state)
{
    char chars[80];
    struct text text = text_in(chars, sizeof chars);

    text_str(&text, "a=");
    text_u64(&text, 0);
    text_char(&text, ' ');
    text_u64(&text, UINT64_MAX);
    text_char(&text, ' ');
    text_hex(&text, 0x1f, 1);
    text_char(&text, ' ');
    text_hex(&text, 0x1f, 4);
    text_char(&text, ' ');
    text_hex(&text, UINT64_MAX, 16);
    text_char(&text, ' ');
    text_bytes_hex(&text, slice_of("\x00\xab", 2));
    assert_string_equal(chars, "a=0 18446744073709551615 1f 001f ffffffffffffffff 00ab");
    assert_int_equal(text.length, strlen(chars));
    assert_false(text.full);
}

static void what_does_not_fit_is_left_out(void **state)
{
    for (size_t size = 1; size < 12; size++) {
        char chars[16];
        struct text text;

        memset(chars, 'x', sizeof chars);
        text = text_in(chars, size);
        text_str(&text, "0123456789");
        assert_int_equal(text.length, size - 1 < 10 ? size - 1 : 10);
        assert_memory_equal(chars, "0123456789", text.length);
        assert_int_equal(chars[text.length], '\0');
        assert_int_equal(text.full, size < 11);
        assert_int_equal(chars[size], 'x');
    }
}

static void json_object(void **state)
{
    char chars[200];
    struct text text = text_in(chars, sizeof chars);

    json_begin(&text);
    json_u64(&text, "t_us", 41210);
    json_str(&text, "stage", "policy");
    json_bool(&text, "yes", true);
    json_bool(&text, "no", false);
    json_end(&text);
    assert_string_equal(chars, "{\"t_us\":41210,\"stage\":\"policy\",\"yes\":true,\"no\":false}");
}

static void json_hostile_strings(void **state)
{
    char chars[200];
    struct text text = text_in(chars, sizeof chars);

    json_begin(&text);
    json_str(&text, "k\n", "a\"b\\c\x01\x7f\xff{");
    json_str(&text, "last", "{");
    json_end(&text);
    assert_string_equal(chars,
                        "{\"k\\u000a\":\"a\\\"b\\\\c\\u0001\\u007f\\u00ff{\",\"last\":\"{\"}");
}

static void copying(void **state)
{
    static const char no_end[4] = {'a', 'b', 'c', 'd'};
    char to[8];

    copy_string(to, sizeof to, no_end, sizeof no_end);
    assert_string_equal(to, "abcd");
    copy_string(to, 3, no_end, sizeof no_end);
    assert_string_equal(to, "ab");
    copy_string(to, 1, no_end, sizeof no_end);
    assert_string_equal(to, "");
    copy_string(to, sizeof to, "xy\0z", 4);
    assert_string_equal(to, "xy");
}

static void comparing(void **state)
{
    assert_true(string_equals("cn\0\0", 4, "cn"));
    assert_true(string_equals("cn", 3, "cn"));
    assert_false(string_equals("cn", 2, "cn")); /* no NUL inside */
    assert_false(string_equals("cnx", 4, "cn"));
    assert_false(string_equals("c\0\0", 4, "cn"));
    assert_true(string_equals("", 1, ""));
    assert_false(string_equals("", 0, ""));
}

static void several_at_once(void **state)
{
    char chars[12];
    struct text text = text_in(chars, sizeof chars);

    text_all(&text, "a", "", "bc", "-");
    text_all(&text, "d");
    assert_string_equal(chars, "abc-d");
    assert_false(text.full);
    text_all(&text, "0123456789", "x");
    assert_string_equal(chars, "abc-d012345");
    assert_true(text.full);
}

static void numbers(void **state)
{
    static const struct {
        const char *digits;
        uint64_t max;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0", 0, true, 0},
        {"007", 7, true, 7},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0}, /* wraps in the last digit, */
        {"99999999999999999999", UINT64_MAX, false, 0}, /* and in the multiplication */
        {"8", 7, false, 0},
        {"", 7, false, 0},
        {"-1", 7, false, 0},
        {"+1", 7, false, 0},
        {" 1", 7, false, 0},
        {"1 ", 7, false, 0},
        {"0x1", 7, false, 0},
        {"1:", 7, false, 0}, /* the digits on both sides of the ten */
        {"1/", 7, false, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice digits = slice_of(cases[i].digits, strlen(cases[i].digits));
        uint64_t value = 77;

        assert_int_equal(text_to_u64(digits, cases[i].max, &value), cases[i].good);
        assert_int_equal(value, cases[i].good ? cases[i].value : 77);
    }
}

static void numbers_up_to_a_mark(void **state)
{
    const char *text = "12:3";
    uint64_t value = 77;

    assert_false(text_take_u64(&text, ',', 99, &value)); /* there is none */
    assert_false(text_take_u64(&text, ':', 11, &value));
    assert_string_equal(text, "12:3");
    assert_int_equal(value, 77);
    assert_true(text_take_u64(&text, ':', 12, &value));
    assert_int_equal(value, 12);
    assert_string_equal(text, "3");
    assert_true(text_take_u64(&text, '\0', 3, &value));
    assert_int_equal(value, 3);
    assert_string_equal(text, ""); /* not beyond its end */
}

static void utf8(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"", true},           {"a word", true},      {"\xe4\xb8\xad", true},   {"\xc3\xa9", true},
        {"\xf0\x9f\x93\xb1", true},                    {"\xf4\x8f\xbf\xbf", true},
        {"\t", false},        {"a\n", false},        {"\x7f", false},          {"\x80", false},
        {"\xc3", false},      {"\xe4\xb8", false},   {"\xf0\x9f\x93", false}, {"\xc3(", false},
        {"\xc0\xaf", false},  {"\xc1\xbf", false},   {"\xe0\x80\x80", false}, {"\xff", false},
        {"\xed\xa0\x80", false},                       {"\xf4\x90\x80\x80", false},
        {"\xf8\x88\x80\x80\x80", false},               {"\xf0\x80\x80\xaf", false},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        if (slice_is_utf8(slice_of(cases[i].text, strlen(cases[i].text))) != cases[i].good) {
            print_error("case %zu\n", i);
            fail();
        }
    }
    assert_false(slice_is_utf8(slice_of("a\0b", 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers), cmocka_unit_test(what_does_not_fit_is_left_out),
        cmocka_unit_test(json_object),       cmocka_unit_test(json_hostile_strings),
        cmocka_unit_test(copying),           cmocka_unit_test(comparing),
        cmocka_unit_test(several_at_once),   cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_up_to_a_mark),
        cmocka_unit_test(utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
