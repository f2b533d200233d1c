/* SPDX-License-Identifier: MIT */
/* The keys of a YAML map, declared as a table and read into a struct. Host tools only. */
#include "board/yaml_keys.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What one row's reader works on. */
struct field {
    struct yaml_tree *tree;
    const struct yaml_node *node;
    const struct yaml_key *key;
    void *out;
};

#define KIB 1024u

static const char *kind_name(enum yaml_kind kind)
{
    static const char *const names[] = {"a single value", "a list", "a map"};

    return names[kind];
}

static bool expect_kind(struct yaml_tree *tree, const struct yaml_node *node, enum yaml_kind kind,
                        const char *name, const char *help)
{
    if (node->kind == kind) {
        return true;
    }
    return yaml_tree_fail(tree, node->line, "%s must be %s (%s), not %s", name, kind_name(kind),
                          help, kind_name(node->kind));
}

/* Would another reader of YAML take this unquoted scalar for a number? */
static bool looks_like_number(const char *text)
{
    if (*text == '+' || *text == '-') {
        text++;
    }
    if (text[0] == '0' && text[1] == 'x') {
        return strspn(text + 2, "0123456789abcdefABCDEF_") == strlen(text + 2);
    }
    text += *text == '.';
    return *text >= '0' && *text <= '9' && strspn(text, "0123456789_.:eE+") == strlen(text);
}

/* The words that YAML 1.1 reads as a boolean or as nothing. */
static bool looks_like_word_of_yaml(const char *text)
{
    static const char *const words[] = {"y",     "n",    "yes", "no",   "on",   "off",  "true",
                                        "false", "null", "~",   ".inf", ".nan", "-.inf"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *word = words[i];
        size_t k = 0;

        while (word[k] != '\0' && (text[k] == word[k] || text[k] + ('a' - 'A') == word[k])) {
            k++;
        }
        if (word[k] == '\0' && text[k] == '\0') {
            return true;
        }
    }
    return false;
}

bool yaml_keys_text(struct yaml_tree *tree, const struct yaml_node *node, const char *what)
{
    if (!expect_kind(tree, node, YAML_KIND_SCALAR, what, "a text")) {
        return false;
    }
    if (node->text[0] == '\0') {
        return yaml_tree_fail(tree, node->line, "%s is empty: write a text", what);
    }
    if (!node->quoted && (looks_like_number(node->text) || looks_like_word_of_yaml(node->text))) {
        return yaml_tree_fail(tree, node->line,
                              "%s must be a text, and YAML reads %.40s as something else: "
                              "put quotes round it",
                              what, node->text);
    }
    for (const char *c = node->text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return yaml_tree_fail(tree, node->line,
                                  "%s has a control character or a line break: "
                                  "write it in one line",
                                  what);
        }
    }
    return true;
}

/* Is `c` in a list of characters and ranges such as "a-z0-9_"? */
static bool is_allowed(char c, const char *allowed)
{
    while (*allowed != '\0') {
        char last = allowed[0];

        if (allowed[1] == '-' && allowed[2] != '\0') {
            last = allowed[2];
        }
        if (c >= allowed[0] && c <= last) {
            return true;
        }
        allowed += last == allowed[0] ? 1 : 3;
    }
    return false;
}

static bool read_text(const struct field *field)
{
    const struct yaml_key *key = field->key;
    const char *text = field->node->text;
    size_t length;

    if (!yaml_keys_text(field->tree, field->node, key->name)) {
        return false;
    }
    length = strlen(text);
    if (length < key->min || length > key->max) {
        return yaml_tree_fail(field->tree, field->node->line,
                              "%s is %zu bytes long: %" PRIu64 " to %" PRIu64 " are allowed (%s)",
                              key->name, length, key->min, key->max, key->help);
    }
    for (const char *c = text; key->allowed != NULL && *c != '\0'; c++) {
        if (!is_allowed(*c, key->allowed)) {
            return yaml_tree_fail(
                field->tree, field->node->line,
                "%s \"%.60s\" has a character that is not allowed: use only [%s] (%s)", key->name,
                text, key->allowed, key->help);
        }
    }
    memcpy(field->out, text, length + 1);
    return true;
}

/* Decimal digits up to `end`, no sign, no leading zero. */
static bool parse_decimal(const char *text, const char *end, uint64_t *out_value)
{
    if (*text == '0' && end - text > 1) {
        return false;
    }
    return text_to_u64(slice_of(text, (size_t)(end - text)), UINT64_MAX, out_value);
}

static bool read_number(const struct field *field)
{
    const struct yaml_key *key = field->key;
    const struct yaml_node *node = field->node;
    uint64_t value;

    if (!expect_kind(field->tree, node, YAML_KIND_SCALAR, key->name, "a number")) {
        return false;
    }
    if (node->quoted || !parse_decimal(node->text, node->text + strlen(node->text), &value)) {
        return yaml_tree_fail(
            field->tree, node->line,
            "%s must be a whole decimal number without quotes (%s), not \"%.40s\"", key->name,
            key->help, node->text);
    }
    if (value < key->min || value > key->max) {
        return yaml_tree_fail(field->tree, node->line,
                              "%s is %" PRIu64 ": %" PRIu64 " to %" PRIu64 " are allowed (%s)",
                              key->name, value, key->min, key->max, key->help);
    }
    memcpy(field->out, &value, sizeof(value));
    return true;
}

/* "64 KiB" in bytes. */
static bool parse_size(const char *text, uint64_t *out_bytes)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {
        {" KiB", KIB},
        {" MiB", KIB * KIB},
        {" GiB", (uint64_t)KIB * KIB * KIB},
    };
    size_t digits = strspn(text, "0123456789");
    uint64_t count;

    if (!parse_decimal(text, text + digits, &count)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(text + digits, units[i].name) == 0) {
            return !__builtin_mul_overflow(count, units[i].bytes, out_bytes);
        }
    }
    return false;
}

static bool read_size(const struct field *field)
{
    const struct yaml_key *key = field->key;
    const struct yaml_node *node = field->node;
    uint64_t bytes;

    if (!expect_kind(field->tree, node, YAML_KIND_SCALAR, key->name, "a size")) {
        return false;
    }
    if (!parse_size(node->text, &bytes)) {
        return yaml_tree_fail(
            field->tree, node->line,
            "%s \"%.40s\" is not a size (%s): write a number, a space and a unit, "
            "KiB, MiB or GiB",
            key->name, node->text, key->help);
    }
    if (bytes < key->min || bytes > key->max) {
        return yaml_tree_fail(field->tree, node->line,
                              "%s is %" PRIu64 " KiB: %" PRIu64 " to %" PRIu64
                              " KiB are allowed (%s)",
                              key->name, bytes / KIB, key->min / KIB, key->max / KIB, key->help);
    }
    memcpy(field->out, &bytes, sizeof(bytes));
    return true;
}

static bool read_bool(const struct field *field)
{
    const struct yaml_node *node = field->node;
    bool value;

    if (!expect_kind(field->tree, node, YAML_KIND_SCALAR, field->key->name, "true or false")) {
        return false;
    }
    value = strcmp(node->text, "true") == 0;
    if (node->quoted || (!value && strcmp(node->text, "false") != 0)) {
        return yaml_tree_fail(field->tree, node->line,
                              "%s must be true or false (%s), not \"%.40s\"", field->key->name,
                              field->key->help, node->text);
    }
    memcpy(field->out, &value, sizeof(value));
    return true;
}

/* The place of the node's text in the row's choices. */
static bool find_choice(const struct field *field, const struct yaml_node *node,
                        unsigned *out_place)
{
    const char *const *choices = field->key->choices;
    char list[200] = "";

    if (!expect_kind(field->tree, node, YAML_KIND_SCALAR, field->key->name, field->key->help)) {
        return false;
    }
    for (unsigned i = 0; choices[i] != NULL; i++) {
        size_t used = strlen(list);

        if (strcmp(node->text, choices[i]) == 0) {
            *out_place = i;
            return true;
        }
        snprintf(list + used, sizeof(list) - used, "%s%s", used == 0 ? "" : ", ", choices[i]);
    }
    return yaml_tree_fail(field->tree, node->line, "%s knows no \"%.40s\": it takes %s (%s)",
                          field->key->name, node->text, list, field->key->help);
}

static bool read_choice(const struct field *field)
{
    unsigned place;

    if (!find_choice(field, field->node, &place)) {
        return false;
    }
    memcpy(field->out, &place, sizeof(place));
    return true;
}

static bool read_choices(const struct field *field)
{
    unsigned bits = 0;

    if (!expect_kind(field->tree, field->node, YAML_KIND_LIST, field->key->name,
                     field->key->help)) {
        return false;
    }
    for (const struct yaml_node *entry = field->node->first; entry != NULL; entry = entry->next) {
        unsigned place;

        if (!find_choice(field, entry, &place)) {
            return false;
        }
        if ((bits & 1u << place) != 0) {
            return yaml_tree_fail(field->tree, entry->line, "%s has \"%s\" twice: take one out",
                                  field->key->name, entry->text);
        }
        bits |= 1u << place;
    }
    memcpy(field->out, &bits, sizeof(bits));
    return true;
}

/*
 * A map or list that the caller goes through: here only its kind, its length and its entries' kind.
 */
static bool take_node(const struct field *field, enum yaml_kind kind,
                      const enum yaml_kind *entry_kind)
{
    const struct yaml_key *key = field->key;
    const struct yaml_node *node = field->node;

    if (!expect_kind(field->tree, node, kind, key->name, key->help)) {
        return false;
    }
    if (node->count < key->min || node->count > key->max) {
        return yaml_tree_fail(field->tree, node->line,
                              "%s has %zu entries: %" PRIu64 " to %" PRIu64 " are allowed (%s)",
                              key->name, node->count, key->min, key->max, key->help);
    }
    for (const struct yaml_node *entry = node->first; entry_kind != NULL && entry != NULL;
         entry = entry->next) {
        if (entry->kind != *entry_kind) {
            return yaml_tree_fail(field->tree, entry->line,
                                  "an entry of %s must be %s (%s), not %s", key->name,
                                  kind_name(*entry_kind), key->help, kind_name(entry->kind));
        }
    }
    memcpy(field->out, &node, sizeof(node));
    return true;
}

static bool read_map(const struct field *field)
{
    return take_node(field, YAML_KIND_MAP, NULL);
}

static bool read_list(const struct field *field)
{
    static const enum yaml_kind scalar = YAML_KIND_SCALAR;

    return take_node(field, YAML_KIND_LIST, &scalar);
}

static bool read_maps(const struct field *field)
{
    static const enum yaml_kind map = YAML_KIND_MAP;

    return take_node(field, YAML_KIND_LIST, &map);
}

static bool (*const readers[])(const struct field *) = {
    [YAML_TYPE_TEXT] = read_text,     [YAML_TYPE_NUMBER] = read_number,
    [YAML_TYPE_SIZE] = read_size,     [YAML_TYPE_BOOL] = read_bool,
    [YAML_TYPE_CHOICE] = read_choice, [YAML_TYPE_CHOICES] = read_choices,
    [YAML_TYPE_MAP] = read_map,       [YAML_TYPE_LIST] = read_list,
    [YAML_TYPE_MAPS] = read_maps,
};

static bool refuse_unknown(struct yaml_tree *tree, const struct yaml_node *map,
                           const struct yaml_key *keys, size_t key_count)
{
    char list[300] = "";

    for (size_t i = 0; i < key_count; i++) {
        size_t used = strlen(list);

        snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", keys[i].name);
    }
    for (const struct yaml_node *entry = map->first; entry != NULL; entry = entry->next) {
        size_t i = 0;

        while (i < key_count && strcmp(keys[i].name, entry->key) != 0) {
            i++;
        }
        if (i == key_count) {
            return yaml_tree_fail(tree, entry->key_line, "unknown key \"%.40s\": known here are %s",
                                  entry->key, list);
        }
    }
    return true;
}

bool yaml_keys_read(struct yaml_tree *tree, const struct yaml_node *map,
                    const struct yaml_key *keys, size_t key_count, void *out)
{
    if (!expect_kind(tree, map, YAML_KIND_MAP, map->key != NULL ? map->key : "this",
                     "keys and values") ||
        !refuse_unknown(tree, map, keys, key_count)) {
        return false;
    }
    for (size_t i = 0; i < key_count; i++) {
        struct field field = {
            .tree = tree,
            .node = yaml_tree_find(map, keys[i].name),
            .key = &keys[i],
            .out = (char *)out + keys[i].offset,
        };

        if (field.node == NULL && keys[i].presence == YAML_REQUIRED) {
            return yaml_tree_fail(tree, map->line, "the key \"%s\" is missing: %s", keys[i].name,
                                  keys[i].help);
        }
        if (field.node != NULL && !readers[keys[i].type](&field)) {
            return false;
        }
    }
    return true;
}
