/* SPDX-License-Identifier: MIT */
/* board/yaml_tree.h and yaml_keys.h: what is read, and that the rest is refused with its line. */
#include "tests/unit/check.h"

#include "board/yaml_keys.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool parse(struct yaml_tree *tree, const char *text)
{
    return yaml_tree_parse(tree, "x.yaml", text, strlen(text));
}

/* tree->error is "x.yaml:LINE: ...FRAGMENT..." */
static void assert_error(const struct yaml_tree *tree, const char *name, unsigned line,
                         const char *fragment)
{
    char start[32];

    snprintf(start, sizeof start, line != 0 ? "x.yaml:%u: " : "x.yaml: ", line);
    if (strncmp(tree->error, start, strlen(start)) != 0 || strstr(tree->error, fragment) == NULL) {
        print_error("%s: got \"%s\", expected %s ... %s\n", name, tree->error, start, fragment);
        fail();
    }
}

static void reads_maps_lists_and_texts(void **state)
{
    struct yaml_tree tree;
    const struct yaml_node *list;

    assert_true(parse(&tree, "# note\n"
                             "a: 1\n"
                             "b:\n"
                             "  - {name: x, size: 64 KiB}\n"
                             "  - \"two words\"\n"
                             "c: \xe5\xb0\x8f\xe7\xb1\xb3\n"));
    assert_int_equal(tree.root->count, 3);
    assert_string_equal(yaml_tree_find(tree.root, "a")->text, "1");
    assert_int_equal(yaml_tree_find(tree.root, "a")->line, 2);
    assert_int_equal(yaml_tree_find(tree.root, "b")->key_line, 3);
    assert_string_equal(yaml_tree_find(tree.root, "c")->text, "\xe5\xb0\x8f\xe7\xb1\xb3");
    assert_null(yaml_tree_find(tree.root, "d"));
    list = yaml_tree_find(tree.root, "b");
    assert_int_equal(list->kind, YAML_KIND_LIST);
    assert_int_equal(list->count, 2);
    assert_string_equal(yaml_tree_find(list->first, "size")->text, "64 KiB");
    assert_int_equal(list->first->line, 4);
    assert_string_equal(list->first->next->text, "two words");
    assert_true(list->first->next->quoted && !yaml_tree_find(list->first, "name")->quoted);
    assert_null(list->first->next->next);
    yaml_tree_free(&tree);
}

static void refuses_other_yaml(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        unsigned line;
        const char *fragment;
    } cases[] = {
        {"empty", "", 1, "empty"},
        {"only a comment", "# x\n", 1, "empty"},
        {"a list", "- a\n- b\n", 1, "not a list"},
        {"a text", "hello\n", 1, "not a single text"},
        {"anchor of a text", "a: &x 1\n", 1, "anchors are not allowed"},
        {"anchor of a map", "a: &x {b: 1}\n", 1, "anchors are not allowed"},
        {"anchor of a list", "a: &x [1]\n", 1, "anchors are not allowed"},
        {"anchor of a key", "&x a: 1\n", 1, "anchors are not allowed"},
        {"anchor of everything", "&x\na: 1\n", 1, "anchors are not allowed"},
        {"alias", "a: 1\nb: *x\n", 2, "aliases are not allowed"},
        {"alias as a key", "a: 1\n*x : 1\n", 2, "aliases"},
        {"tag", "a: !!str 1\n", 1, "tags are not allowed"},
        {"tag of a map", "a: !x {b: 1}\n", 1, "tags are not allowed"},
        {"a key twice", "a: 1\nb: 2\na: 3\n", 3, "twice, first in line 1"},
        {"a quoted key twice", "a: 1\n\"a\": 3\n", 2, "twice"},
        {"a key twice, deep", "a:\n  - {b: 1, b: 2}\n", 2, "twice"},
        {"a map as key", "? {a: 1}\n: 2\n", 1, "a key must be a plain word"},
        {"a list as key", "? [a]\n: 2\n", 1, "a key must be a plain word"},
        {"an empty key", "\"\": 2\n", 1, "empty key"},
        {"two documents", "a: 1\n---\nb: 1\n", 2, "second document"},
        {"NUL in quotes", "a: \"x\\0y\"\n", 1, "NUL"},
        {"NUL in a key", "\"x\\0y\": 1\n", 1, "NUL"},
        {"tab", "a:\n\tb: 1\n", 2, "spaces, not tabs"},
        {"open bracket", "a: [1, 2\nb: 3\n", 2, "bracket"},
        {"open quotes", "a: \"x\nb: 3\n", 3, "quotes"},
        {"no colon", "a: 1\nb\nc: 2\n", 3, "space after the colon"},
        {"colon in a text", "a: b: c\n", 1, "quotes"},
        {"indented apart", "a: 1\n   b: 1\n", 2, "quotes"},
        {"escape", "a: 1\nb: \x1b[2J\n", 2, "control character 0x1b"},
        {"delete", "a: \x7f\n", 1, "control character 0x7f"},
        {"latin 1", "a: 1\nb: \xe9t\xe9\n", 2, "byte 0xe9 is not UTF-8"},
        {"cut UTF-8", "a: \xe5\xb0", 1, "not UTF-8"},
        {"overlong UTF-8", "a: \xc0\xaf\n", 1, "not UTF-8"},
        {"surrogate", "a: \xed\xa0\x80\n", 1, "not UTF-8"},
        {"beyond Unicode", "a: \xf4\x90\x80\x80\n", 1, "not UTF-8"},
        {"byte order mark",
         "\xef\xbb\xbf"
         "a: 1\n",
         1, "byte order mark"},
        {"UTF-16",
         "\xff\xfe"
         "a",
         1, "not UTF-8"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct yaml_tree tree;

        if (parse(&tree, cases[i].text)) {
            print_error("%s: accepted\n", cases[i].name);
            fail();
        }
        assert_error(&tree, cases[i].name, cases[i].line, cases[i].fragment);
        yaml_tree_free(&tree);
    }
}

static void refuses_a_nul(void **state)
{
    struct yaml_tree tree;

    assert_false(yaml_tree_parse(&tree, "x.yaml", "a: 1\nb: \0\n", 10));
    assert_error(&tree, "NUL", 2, "control character 0x00");
    yaml_tree_free(&tree);
}

/* "a: [[[...]]]" with `depth` lists: with the map at the top 16 are allowed. */
static void depth(void **state)
{
    for (unsigned lists = 0; lists < 300; lists++) {
        struct yaml_tree tree;
        char text[700] = "a: 1";

        memset(text + 3, '[', lists);
        memset(text + 3 + lists, ']', lists);
        assert_int_equal(parse(&tree, text), lists <= YAML_TREE_DEPTH_MAX - 1);
        if (lists >= YAML_TREE_DEPTH_MAX) {
            assert_error(&tree, "depth", 1, "inside each other");
        }
        yaml_tree_free(&tree);
    }
}

static void sizes(void **state)
{
    char *text = malloc(YAML_TREE_BYTES_MAX + 1);
    struct yaml_tree tree;

    memset(text, '#', YAML_TREE_BYTES_MAX + 1);
    memcpy(text, "a: 1\n", 5);
    assert_true(yaml_tree_parse(&tree, "x.yaml", text, YAML_TREE_BYTES_MAX));
    yaml_tree_free(&tree);
    assert_false(yaml_tree_parse(&tree, "x.yaml", text, YAML_TREE_BYTES_MAX + 1));
    assert_error(&tree, "size", 0, "larger than 1024 KiB");
    yaml_tree_free(&tree);
    /* A megabyte of brackets, quotes or keys ends soon. */
    memset(text, '[', YAML_TREE_BYTES_MAX);
    assert_false(yaml_tree_parse(&tree, "x.yaml", text, YAML_TREE_BYTES_MAX));
    yaml_tree_free(&tree);
    memset(text, '{', YAML_TREE_BYTES_MAX);
    assert_false(yaml_tree_parse(&tree, "x.yaml", text, YAML_TREE_BYTES_MAX));
    yaml_tree_free(&tree);
    free(text);
}

static void entries(void **state)
{
    for (unsigned count = YAML_TREE_ENTRIES_MAX; count <= YAML_TREE_ENTRIES_MAX + 1; count++) {
        char *text = malloc(16 * (size_t)count);
        size_t used = 0;
        struct yaml_tree tree;

        for (unsigned i = 0; i < count; i++) {
            used += (size_t)snprintf(text + used, 16, "k%u: 1\n", i);
        }
        assert_int_equal(yaml_tree_parse(&tree, "x.yaml", text, used),
                         count == YAML_TREE_ENTRIES_MAX);
        yaml_tree_free(&tree);
        free(text);
    }
}

/* Every prefix of a good file: read or refused with a line, never more than the bytes. */
static void every_length(void **state)
{
    static const char text[] =
        "a: \"x\\u00e9y\"\nb:\n  - {c: 1, d: [2, 'z']}\n  - |\n    e\nf: \xe5\xb0\x8f\n";

    for (size_t size = 0; size < sizeof text; size++) {
        char *bytes = malloc(size + 1);
        struct yaml_tree tree;

        memcpy(bytes, text, size);
        if (!yaml_tree_parse(&tree, "x.yaml", bytes, size)) {
            assert_error(&tree, "prefix", tree.error[7] == '1' ? 1 : (unsigned)atoi(tree.error + 7),
                         ": ");
        }
        yaml_tree_free(&tree);
        free(bytes);
    }
}

struct example {
    char word[8];
    char any[16];
    uint64_t number;
    uint64_t size;
    bool flag;
    unsigned choice;
    unsigned choices;
    const struct yaml_node *map;
    const struct yaml_node *list;
    const struct yaml_node *maps;
};

static const char *const colours[] = {"red", "green", "blue", NULL};

static const struct yaml_key keys[] = {
    YAML_TEXT(struct example, word, "word", YAML_REQUIRED, 2, "-a-z0", "a short word"),
    YAML_TEXT(struct example, any, "any", YAML_OPTIONAL, 1, NULL, "a text"),
    YAML_NUMBER(struct example, number, "number", YAML_OPTIONAL, 3, 5, "a small number"),
    YAML_SIZE(struct example, size, "size", YAML_OPTIONAL, 4096, 1ull << 40, "a size"),
    YAML_BOOL(struct example, flag, "flag", YAML_OPTIONAL, "a flag"),
    YAML_CHOICE(struct example, choice, "choice", YAML_OPTIONAL, colours, "a colour"),
    YAML_CHOICES(struct example, choices, "choices", YAML_OPTIONAL, colours, "colours"),
    YAML_MAP(struct example, map, "map", YAML_OPTIONAL, 1, 2, "a map"),
    YAML_LIST(struct example, list, "list", YAML_OPTIONAL, 1, 2, "a list"),
    YAML_MAPS(struct example, maps, "maps", YAML_OPTIONAL, 1, 2, "a list of maps"),
};

static bool read_keys(struct yaml_tree *tree, const char *text, struct example *out)
{
    return parse(tree, text) && yaml_keys_read(tree, tree->root, keys, COUNT(keys), out);
}

static void keys_are_read(void **state)
{
    struct yaml_tree tree;
    struct example example = {.number = 77};

    assert_true(read_keys(&tree, "word: a-0\nany: 8a7b-2018-06\n", &example));
    assert_string_equal(example.word, "a-0");
    assert_string_equal(example.any, "8a7b-2018-06");
    assert_int_equal(example.number, 77);
    yaml_tree_free(&tree);
    assert_true(read_keys(&tree,
                          "word: abcdefg\nany: \"12\"\nnumber: 5\nsize: 3 GiB\nflag: true\n"
                          "choice: green\nchoices: [blue, red]\nmap: {x: 1}\nlist: [1, 2]\n"
                          "maps: [{a: 1}]\n",
                          &example));
    assert_string_equal(example.word, "abcdefg");
    assert_string_equal(example.any, "12");
    assert_int_equal(example.number, 5);
    assert_true(example.size == 3ull << 30);
    assert_true(example.flag);
    assert_int_equal(example.choice, 1);
    assert_int_equal(example.choices, 5);
    assert_string_equal(example.map->first->key, "x");
    assert_int_equal(example.list->count, 2);
    assert_string_equal(example.maps->first->first->text, "1");
    yaml_tree_free(&tree);
}

static void keys_are_refused(void **state)
{
    static const struct {
        const char *text; /* after "word: ok\n" */
        const char *fragment;
    } cases[] = {
        {"wort: x", "unknown key \"wort\": known here are word, any"},
        {"any: ''", "any is empty"},
        {"any:", "any is empty"},
        {"any: 12", "put quotes round it"},
        {"any: 0x1f", "put quotes round it"},
        {"any: -1.5e3", "put quotes round it"},
        {"any: .5", "put quotes round it"},
        {"any: 1_000", "put quotes round it"},
        {"any: 12:30", "put quotes round it"},
        {"any: yes", "put quotes round it"},
        {"any: NULL", "put quotes round it"},
        {"any: ~", "put quotes round it"},
        {"any: [a]", "any must be a single value (a text), not a list"},
        {"any: 0123456789abcdefg", "1 to 15 are allowed"},
        {"any: \"a\\nb\"", "line break"},
        {"any: \"a\\eb\"", "control character"},
        {"number: 2", "number is 2: 3 to 5"},
        {"number: 6", "number is 6: 3 to 5"},
        {"number: '4'", "without quotes"},
        {"number: 04", "whole decimal number"},
        {"number: +4", "whole decimal number"},
        {"number: -4", "whole decimal number"},
        {"number: 4.0", "whole decimal number"},
        {"number: 0x4", "whole decimal number"},
        {"number: four", "whole decimal number"},
        {"number:", "whole decimal number"},
        {"number: 18446744073709551620", "whole decimal number"},
        {"number: {a: 4}", "not a map"},
        {"size: 4096", "a number, a space and a unit"},
        {"size: 4KiB", "a number, a space and a unit"},
        {"size: 4 kB", "a number, a space and a unit"},
        {"size: 4 MB", "a number, a space and a unit"},
        {"size: 4 MiB ish", "a number, a space and a unit"},
        {"size: 04 MiB", "a number, a space and a unit"},
        {"size: 1.5 GiB", "a number, a space and a unit"},
        {"size: -1 GiB", "a number, a space and a unit"},
        {"size: 17179869184 GiB", "a number, a space and a unit"},
        {"size: 3 KiB", "4 to 1073741824 KiB"},
        {"size: 0 KiB", "4 to 1073741824 KiB"},
        {"size: 1025 GiB", "4 to 1073741824 KiB"},
        {"size: [4 KiB]", "not a list"},
        {"flag: yes", "must be true or false"},
        {"flag: 'true'", "must be true or false"},
        {"flag: 1", "must be true or false"},
        {"flag: [true]", "not a list"},
        {"choice: pink", "it takes red, green, blue"},
        {"choice: re", "it takes red, green, blue"},
        {"choice: [red]", "not a list"},
        {"choices: red", "choices must be a list"},
        {"choices: [pink]", "it takes red, green, blue"},
        {"choices: [red, blue, red]", "has \"red\" twice"},
        {"choices: [[red]]", "not a list"},
        {"map: 1", "map must be a map"},
        {"map: {}", "map has 0 entries: 1 to 2"},
        {"map: {a: 1, b: 1, c: 1}", "map has 3 entries: 1 to 2"},
        {"list: {a: 1}", "list must be a list"},
        {"list: []", "list has 0 entries"},
        {"list: [1, 2, 3]", "list has 3 entries"},
        {"list: [[1]]", "an entry of list must be a single value"},
        {"maps: [a]", "an entry of maps must be a map"},
        {"maps: {a: 1}", "maps must be a list"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct example example = {0};
        struct yaml_tree tree;
        char text[100];

        snprintf(text, sizeof text, "word: ok\n%s\n", cases[i].text);
        if (read_keys(&tree, text, &example)) {
            print_error("%s: accepted\n", cases[i].text);
            fail();
        }
        assert_error(&tree, cases[i].text, 2, cases[i].fragment);
        yaml_tree_free(&tree);
    }
}

static void words(void **state)
{
    static const struct {
        const char *text;
        const char *fragment;
    } cases[] = {
        {"any: x", "the key \"word\" is missing: a short word"},
        {"word: x", "word is 1 bytes long: 2 to 7"},
        {"word: abcdefgh", "word is 8 bytes long: 2 to 7"},
        {"word: a1", "use only [-a-z0]"},
        {"word: a/b", "use only [-a-z0]"},
        {"word: Ab", "use only [-a-z0]"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct example example = {0};
        struct yaml_tree tree;

        assert_false(read_keys(&tree, cases[i].text, &example));
        assert_error(&tree, cases[i].text, 1, cases[i].fragment);
        yaml_tree_free(&tree);
    }
}

/* What a file holds does not reach a terminal as it is. */
static void messages_are_harmless(void **state)
{
    struct example example = {0};
    struct yaml_tree tree;

    assert_false(read_keys(&tree, "word: ok\n\"\\e[2J\\n\": 1\n", &example));
    assert_error(&tree, "escape", 2, "unknown key \"?[2J?\"");
    yaml_tree_free(&tree);
}

static void files(void **state)
{
    struct yaml_tree tree;

    assert_false(yaml_tree_load(&tree, "/nowhere/x.yaml"));
    assert_non_null(strstr(tree.error, "/nowhere/x.yaml: No such file"));
    yaml_tree_free(&tree);
    assert_false(yaml_tree_load(&tree, "/"));
    assert_non_null(strstr(tree.error, "not a file"));
    yaml_tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_maps_lists_and_texts),
        cmocka_unit_test(refuses_other_yaml),
        cmocka_unit_test(refuses_a_nul),
        cmocka_unit_test(depth),
        cmocka_unit_test(sizes),
        cmocka_unit_test(entries),
        cmocka_unit_test(every_length),
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(keys_are_refused),
        cmocka_unit_test(words),
        cmocka_unit_test(messages_are_harmless),
        cmocka_unit_test(files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
