/* SPDX-License-Identifier: MIT */
/*
 * A YAML file as a tree that remembers where everything stands. Host tools only (boardc, romc).
 *
 * The YAML that people write for this lab is a small part of the language: maps, lists and scalars,
 * in one document of UTF-8. The rest is refused, because it hides mistakes or can be made to
 * explode: anchors, aliases, tags, duplicate keys, keys that are not scalars,
 * several documents, NULs.
 *
 * What the values mean is declared as a table of keys: yaml_keys.h.
 */
#ifndef BOARD_YAML_TREE_H
#define BOARD_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#define YAML_TREE_BYTES_MAX   0x100000 /* of a file */
#define YAML_TREE_DEPTH_MAX   16       /* maps and lists inside each other */
#define YAML_TREE_ENTRIES_MAX 1024     /* of one map or list */

enum yaml_kind {
    YAML_KIND_SCALAR,
    YAML_KIND_LIST,
    YAML_KIND_MAP,
};

/* Nodes and their texts belong to the tree and live as long as it does. */
struct yaml_node {
    enum yaml_kind kind;
    unsigned line;           /* of the value; from 1 */
    const char *text;        /* of a scalar: UTF-8 without NULs inside; else NULL */
    bool quoted;             /* the scalar stood in quotes: it is a text, whatever it looks like */
    const char *key;         /* the value's key, when it is in a map; else NULL */
    unsigned key_line;       /* of the key */
    struct yaml_node *first; /* of a list or map: the first entry, in the file's order */
    struct yaml_node *next;  /* the next entry of the list or map that this one is in */
    size_t count;            /* of a list or map: entries */
};

struct yaml_tree {
    const char *file;       /* as the caller named it; must outlive the tree */
    struct yaml_node *root; /* always a map */
    char error[1024];       /* after a failure: "file:line: what is wrong, and what would help" */
    struct yaml_block *blocks; /* memory, private */
};

/*
 * Reads and parses `file` (at most YAML_TREE_BYTES_MAX bytes, a map at the top).
 *
 * False: tree->error says why. Either way end with yaml_tree_free.
 */
bool yaml_tree_load(struct yaml_tree *tree, const char *file);

/* The same from bytes in memory; `file` is the name for messages. */
bool yaml_tree_parse(struct yaml_tree *tree, const char *file, const void *bytes, size_t size);

void yaml_tree_free(struct yaml_tree *tree);

/* The entry of `map` with that key, or NULL. */
const struct yaml_node *yaml_tree_find(const struct yaml_node *map, const char *key);

/*
 * Sets tree->error to "file:line: " and the message, and returns false. For the caller's own
 * checks, those that no table can state. Line 0 leaves the line out.
 */
bool yaml_tree_fail(struct yaml_tree *tree, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
