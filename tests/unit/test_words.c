/* SPDX-License-Identifier: MIT */
/* base/words.h: words end where the kernel ends them, whatever stands in quotes. */
#include "tests/unit/check.h"

#include "base/words.h"

/* The words of `text`, each without its quotes, with '|' between. */
static const char *said(const char *text)
{
    static char all[256];
    struct words words = {slice_of(text, strlen(text))};
    struct slice word;
    size_t length = 0;

    while (words_next(&words, &word)) {
        struct span room = {(uint8_t *)all + length, sizeof all - length - 2};

        length += words_plain(word, room);
        all[length++] = words_is_open(word) ? '!' : '|';
    }
    all[length] = '\0';
    return all;
}

static void where_words_end(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"", ""},
        {"  \t\n", ""},
        {"a", "a|"},
        {" a  b ", "a|b|"},
        {"a\tb\nc\vd\fe\rf", "a|b|c|d|e|f|"},
        {"a\xa0"
         "b",
         "a|b|"},
        {"a=\"b c\" d", "a=b c|d|"},
        {"\"a b\"", "a b|"},
        {"\"\" x", "|x|"},
        {"andr\"\"oid", "android|"},
        {"a\" \"b c", "a b|c|"},
        {"a \"b c", "a|b c!"},
        {"a\"", "a!"},
        {"\"a\" \"b\"\"", "a|b!"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_string_equal(said(cases[i].text), cases[i].said);
    }
}

static void what_a_word_begins_with(void **state)
{
    static const struct {
        const char *word;
        bool begins;
    } cases[] = {
        {"androidboot.", true},
        {"androidboot.x", true},
        {"androidboot", false},
        {"\"androidboot.x\"", true},
        {"andr\"\"oidboot.", true},
        {"\"\"\"androidboot.", true},
        {"xandroidboot.", false},
        {"", false},
        {"\"\"", false},
        {"Androidboot.", false},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice word = slice_of(cases[i].word, strlen(cases[i].word));

        assert_int_equal(words_begins(word, "androidboot."), cases[i].begins);
    }
    assert_true(words_begins(slice_of("a", 1), ""));
}

static void room_that_is_too_small(void **state)
{
    uint8_t room[3] = {0, 0, 7};

    assert_int_equal(words_plain(slice_of("\"abc\"", 5), (struct span){room, 2}), 3);
    assert_memory_equal(room, "ab\7", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_words_end),
        cmocka_unit_test(what_a_word_begins_with),
        cmocka_unit_test(room_that_is_too_small),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
