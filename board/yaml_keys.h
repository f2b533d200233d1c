/* SPDX-License-Identifier: MIT */
/*
 * The keys of a YAML map, declared as a table and read into a struct. Host tools only.
 *
 *     struct panel { uint64_t width_px; char note[32]; };
 *     static const struct yaml_key panel_keys[] = {
 *         YAML_NUMBER(struct panel, width_px, "width_px", YAML_REQUIRED, 480, 1080, "pixels"),
 *         YAML_TEXT(struct panel, note, "note", YAML_OPTIONAL, 1, " -~", "a word for people"),
 *     };
 *     if (!yaml_keys_read(&tree, node, panel_keys, ARRAY_COUNT(panel_keys), &panel)) {
 *         puts(tree.error);
 *     }
 *
 * Unknown keys, missing keys, wrong types and values out of range are refused with file:line and
 * the help of the row. An optional key that is not in the file leaves its field as it was preset.
 */
#ifndef BOARD_YAML_KEYS_H
#define BOARD_YAML_KEYS_H

#include "board/yaml_tree.h"

#include <stdint.h>

enum yaml_type {
    YAML_TYPE_TEXT,    /* char field[]: length in bytes min..max, characters in `allowed` */
    YAML_TYPE_NUMBER,  /* uint64_t: decimal, min..max */
    YAML_TYPE_SIZE,    /* uint64_t bytes, min..max: "64 KiB", "4 MiB", "2 GiB" */
    YAML_TYPE_BOOL,    /* bool: true or false, no other spelling */
    YAML_TYPE_CHOICE,  /* unsigned: place in `choices` */
    YAML_TYPE_CHOICES, /* unsigned: bits 1 << place, of a list (maybe empty) of different choices */
    YAML_TYPE_MAP,     /* const struct yaml_node *: a map of min..max entries */
    YAML_TYPE_LIST,    /* const struct yaml_node *: a list of min..max scalars */
    YAML_TYPE_MAPS,    /* const struct yaml_node *: a list of min..max maps */
};

enum yaml_presence {
    YAML_REQUIRED,
    YAML_OPTIONAL,
};

struct yaml_key {
    const char *name;
    enum yaml_type type;
    enum yaml_presence presence;
    size_t offset; /* of the field in the struct */
    uint64_t min;
    uint64_t max;
    /* YAML_TYPE_TEXT: characters and ranges as in "a-z0-9_" ('-' itself first); NULL: printable */
    const char *allowed;
    const char *const *choices; /* up to 32, then NULL */
    const char *help;           /* what the value is, for messages: "the panel's width in pixels" */
};

#define YAML_TEXT(type, field, name, presence, min, allowed, help)                                 \
    {name, YAML_TYPE_TEXT, presence, offsetof(type, field),                                        \
     min,  sizeof(((type *)0)->field) - 1, allowed, NULL, help}
#define YAML_NUMBER(type, field, name, presence, min, max, help)                                   \
    {name, YAML_TYPE_NUMBER, presence, offsetof(type, field), min, max, NULL, NULL, help}
#define YAML_SIZE(type, field, name, presence, min, max, help)                                     \
    {name, YAML_TYPE_SIZE, presence, offsetof(type, field), min, max, NULL, NULL, help}
#define YAML_BOOL(type, field, name, presence, help)                                               \
    {name, YAML_TYPE_BOOL, presence, offsetof(type, field), 0, 0, NULL, NULL, help}
#define YAML_CHOICE(type, field, name, presence, choices, help)                                    \
    {name, YAML_TYPE_CHOICE, presence, offsetof(type, field), 0, 0, NULL, choices, help}
#define YAML_CHOICES(type, field, name, presence, choices, help)                                   \
    {name, YAML_TYPE_CHOICES, presence, offsetof(type, field), 0, 0, NULL, choices, help}
#define YAML_MAP(type, field, name, presence, min, max, help)                                      \
    {name, YAML_TYPE_MAP, presence, offsetof(type, field), min, max, NULL, NULL, help}
#define YAML_LIST(type, field, name, presence, min, max, help)                                     \
    {name, YAML_TYPE_LIST, presence, offsetof(type, field), min, max, NULL, NULL, help}
#define YAML_MAPS(type, field, name, presence, min, max, help)                                     \
    {name, YAML_TYPE_MAPS, presence, offsetof(type, field), min, max, NULL, NULL, help}

/*
 * Reads `map` into `out` by the table. Rows are checked in the table's order, after unknown keys.
 *
 * False: tree->error says why, and `out` may be half filled.
 */
bool yaml_keys_read(struct yaml_tree *tree, const struct yaml_node *map,
                    const struct yaml_key *keys, size_t key_count, void *out);

/*
 * Checks one scalar as a text: not empty, no number or boolean without quotes, printable.
 * For entries of a YAML_TYPE_LIST, or of a map whose keys are free. `what` is for the message.
 */
bool yaml_keys_text(struct yaml_tree *tree, const struct yaml_node *node, const char *what);

#endif
