/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes board/yaml_tree.h and yaml_keys.h: a tree has ends on all sides, an error names the file,
 * and every type of key meets every kind of value.
 */
#include "tests/fuzz/fuzz.h"

#include "board/yaml_keys.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct values {
    char text[16];
    uint64_t number;
    uint64_t size;
    bool yes;
    unsigned choice;
    unsigned choices;
    const struct yaml_node *map;
    const struct yaml_node *list;
    const struct yaml_node *maps;
};

static const char *const words[] = {"cn", "global", NULL};
static const struct yaml_key keys[] = {
    YAML_TEXT(struct values, text, "t", YAML_OPTIONAL, 1, "a-z0-9_", "a text"),
    YAML_NUMBER(struct values, number, "n", YAML_OPTIONAL, 1, 100, "a number"),
    YAML_SIZE(struct values, size, "s", YAML_OPTIONAL, 4096, 1u << 30, "a size"),
    YAML_BOOL(struct values, yes, "b", YAML_OPTIONAL, "true or false"),
    YAML_CHOICE(struct values, choice, "c", YAML_OPTIONAL, words, "a market"),
    YAML_CHOICES(struct values, choices, "cs", YAML_OPTIONAL, words, "markets"),
    YAML_MAP(struct values, map, "m", YAML_OPTIONAL, 1, 3, "a map"),
    YAML_LIST(struct values, list, "l", YAML_OPTIONAL, 1, 3, "a list"),
    YAML_MAPS(struct values, maps, "ms", YAML_OPTIONAL, 1, 3, "maps"),
};

static size_t walk(const struct yaml_node *node, unsigned depth)
{
    size_t count = 0;

    fuzz_assert(depth <= YAML_TREE_DEPTH_MAX && node->line != 0);
    fuzz_assert((node->kind == YAML_KIND_SCALAR) == (node->text != NULL));
    for (const struct yaml_node *entry = node->first; entry != NULL; entry = entry->next) {
        fuzz_assert((node->kind == YAML_KIND_MAP) == (entry->key != NULL));
        fuzz_assert(walk(entry, depth + 1) <= YAML_TREE_ENTRIES_MAX);
        count++;
    }
    fuzz_assert(count == node->count);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_tree tree;
    struct values values = {.number = 1};
    bool read;

    read = yaml_tree_parse(&tree, "x.yaml", data, size);
    if (read) {
        fuzz_assert(tree.root->kind == YAML_KIND_MAP);
        (void)walk(tree.root, 0);
        read = yaml_keys_read(&tree, tree.root, keys, COUNT(keys), &values);
    }
    fuzz_assert(read || memcmp(tree.error, "x.yaml:", 7) == 0);
    yaml_tree_free(&tree);
    return 0;
}
