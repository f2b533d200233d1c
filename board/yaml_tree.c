/* SPDX-License-Identifier: MIT */
/*
 * A YAML file as a tree that remembers where everything stands, on libyaml's events.
 * Host tools only.
 *
 * YAML 1.1, as libyaml reads it. Lines count from 1.
 */
#include "board/yaml_tree.h"
#include "board/yaml_bytes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

/* Memory of the tree: a chain, so that all of it is freed at once. */
struct yaml_block {
    struct yaml_block *next;
    max_align_t bytes[];
};

struct reader {
    struct yaml_tree *tree;
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; empty (YAML_NO_EVENT) before the first */
};

static bool read_value(struct reader *reader, unsigned depth, struct yaml_node **out_node);

bool yaml_tree_fail(struct yaml_tree *tree, unsigned line, const char *format, ...)
{
    char place[16] = "";
    char message[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (line != 0) {
        snprintf(place, sizeof(place), "%u:", line);
    }
    snprintf(tree->error, sizeof(tree->error), "%.500s:%s %s", tree->file, place, message);
    for (char *c = tree->error; *c != '\0'; c++) {
        /* What a file holds must not reach a terminal as a control sequence. */
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    return false;
}

static void *tree_alloc(struct yaml_tree *tree, size_t size)
{
    struct yaml_block *block = calloc(1, sizeof(*block) + size);

    if (block == NULL) {
        yaml_tree_fail(tree, 0, "out of memory");
        return NULL;
    }
    block->next = tree->blocks;
    tree->blocks = block;
    return block->bytes;
}

void yaml_tree_free(struct yaml_tree *tree)
{
    while (tree->blocks != NULL) {
        struct yaml_block *block = tree->blocks;

        tree->blocks = block->next;
        free(block);
    }
    tree->root = NULL;
}

static unsigned event_line(const struct reader *reader)
{
    return (unsigned)reader->event.start_mark.line + 1;
}

/* What libyaml says is for people who know its grammar: the hint says what usually causes it. */
static bool fail_syntax(struct reader *reader)
{
    static const struct {
        const char *problem;
        const char *hint;
    } hints[] = {
        {"cannot start any token",
         "indent with spaces, not tabs; put quotes round a text that begins "
         "with @, ` or %"},
        {"could not find expected ':'", "write \"key: value\", with a space after the colon"},
        {"did not find expected key", "entries of one map must be indented alike"},
        {"mapping values are not allowed", "put quotes round a text that holds \": \""},
        {"did not find expected ',' or", "close every bracket, with a comma between entries"},
        {"unexpected end of stream", "close the quotes"},
        {"did not find expected <document start>",
         "only one document is allowed; check the indentation"},
        {"undefined alias", "aliases (*name) are not allowed: write the value out"},
    };
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "not YAML";

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (strstr(problem, hints[i].problem) != NULL) {
            return yaml_tree_fail(reader->tree, (unsigned)parser->problem_mark.line + 1, "%s: %s",
                                  problem, hints[i].hint);
        }
    }
    return yaml_tree_fail(reader->tree, (unsigned)parser->problem_mark.line + 1,
                          "%s: this is not YAML; compare with another file of this folder",
                          problem);
}

static bool next_event(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    memset(&reader->event, 0, sizeof(reader->event));
    if (!yaml_parser_parse(&reader->parser, &reader->event)) {
        return fail_syntax(reader);
    }
    return true;
}

static bool refuse_anchor_and_tag(struct reader *reader, const yaml_char_t *anchor,
                                  const yaml_char_t *tag)
{
    if (anchor != NULL) {
        return yaml_tree_fail(reader->tree, event_line(reader),
                              "anchor &%.40s: anchors are not allowed: write each value out",
                              (const char *)anchor);
    }
    if (tag != NULL) {
        return yaml_tree_fail(reader->tree, event_line(reader),
                              "tag %.40s: tags are not allowed: leave it out", (const char *)tag);
    }
    return true;
}

/* A copy of the current scalar. */
static char *take_text(struct reader *reader)
{
    const char *value = (const char *)reader->event.data.scalar.value;
    size_t length = reader->event.data.scalar.length;
    char *copy;

    if (memchr(value, '\0', length) != NULL) {
        yaml_tree_fail(reader->tree, event_line(reader),
                       "a text with a NUL (\\0) in it: take it out");
        return NULL;
    }
    copy = tree_alloc(reader->tree, length + 1);
    if (copy != NULL) {
        memcpy(copy, value, length);
    }
    return copy;
}

static bool read_scalar(struct reader *reader, struct yaml_node *node)
{
    node->kind = YAML_KIND_SCALAR;
    node->quoted = reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = take_text(reader);
    return node->text != NULL && refuse_anchor_and_tag(reader, reader->event.data.scalar.anchor,
                                                       reader->event.data.scalar.tag);
}

static bool append(struct reader *reader, struct yaml_node *parent, struct yaml_node ***tail,
                   struct yaml_node *entry)
{
    if (parent->count == YAML_TREE_ENTRIES_MAX) {
        return yaml_tree_fail(reader->tree, entry->line, "more than %d entries in one %s",
                              YAML_TREE_ENTRIES_MAX,
                              parent->kind == YAML_KIND_MAP ? "map" : "list");
    }
    parent->count++;
    **tail = entry;
    *tail = &entry->next;
    return true;
}

static bool read_list(struct reader *reader, unsigned depth, struct yaml_node *list)
{
    struct yaml_node **tail = &list->first;

    list->kind = YAML_KIND_LIST;
    if (!refuse_anchor_and_tag(reader, reader->event.data.sequence_start.anchor,
                               reader->event.data.sequence_start.tag)) {
        return false;
    }
    for (;;) {
        struct yaml_node *entry;

        if (!next_event(reader)) {
            return false;
        }
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) {
            return true;
        }
        if (!read_value(reader, depth, &entry) || !append(reader, list, &tail, entry)) {
            return false;
        }
    }
}

/* The current event as a key of `map`; NULL when it cannot be one. */
static const char *read_key(struct reader *reader, const struct yaml_node *map)
{
    const struct yaml_node *twin;
    const char *key;

    if (reader->event.type == YAML_ALIAS_EVENT) {
        yaml_tree_fail(reader->tree, event_line(reader),
                       "aliases (*name) are not allowed: write the value out");
        return NULL;
    }
    if (reader->event.type != YAML_SCALAR_EVENT) {
        yaml_tree_fail(reader->tree, event_line(reader),
                       "a key must be a plain word, not a list or a map");
        return NULL;
    }
    key = take_text(reader);
    if (key == NULL || !refuse_anchor_and_tag(reader, reader->event.data.scalar.anchor,
                                              reader->event.data.scalar.tag)) {
        return NULL;
    }
    if (*key == '\0') {
        yaml_tree_fail(reader->tree, event_line(reader), "an empty key: give it a name");
        return NULL;
    }
    twin = yaml_tree_find(map, key);
    if (twin != NULL) {
        yaml_tree_fail(reader->tree, event_line(reader),
                       "\"%.60s\" is here twice, first in line %u: take one out", key,
                       twin->key_line);
        return NULL;
    }
    return key;
}

static bool read_map(struct reader *reader, unsigned depth, struct yaml_node *map)
{
    struct yaml_node **tail = &map->first;

    map->kind = YAML_KIND_MAP;
    if (!refuse_anchor_and_tag(reader, reader->event.data.mapping_start.anchor,
                               reader->event.data.mapping_start.tag)) {
        return false;
    }
    for (;;) {
        struct yaml_node *entry;
        const char *key;
        unsigned key_line;

        if (!next_event(reader)) {
            return false;
        }
        if (reader->event.type == YAML_MAPPING_END_EVENT) {
            return true;
        }
        key_line = event_line(reader);
        key = read_key(reader, map);
        if (key == NULL || !next_event(reader) || !read_value(reader, depth, &entry)) {
            return false;
        }
        entry->key = key;
        entry->key_line = key_line;
        if (!append(reader, map, &tail, entry)) {
            return false;
        }
    }
}

/* The value that starts with the current event. Recursion ends at YAML_TREE_DEPTH_MAX. */
static bool read_value(struct reader *reader, unsigned depth, struct yaml_node **out_node)
{
    struct yaml_node *node = tree_alloc(reader->tree, sizeof(*node));
    yaml_event_type_t type = reader->event.type;

    if (node == NULL) {
        return false;
    }
    *out_node = node;
    node->line = event_line(reader);
    if (type == YAML_SCALAR_EVENT) {
        return read_scalar(reader, node);
    }
    if (type == YAML_ALIAS_EVENT) {
        return yaml_tree_fail(reader->tree, node->line,
                              "alias *%.40s: aliases are not allowed: write the value out",
                              (const char *)reader->event.data.alias.anchor);
    }
    if (depth == YAML_TREE_DEPTH_MAX) {
        return yaml_tree_fail(reader->tree, node->line,
                              "more than %d maps and lists inside each other", YAML_TREE_DEPTH_MAX);
    }
    if (type == YAML_SEQUENCE_START_EVENT) {
        return read_list(reader, depth + 1, node);
    }
    if (type == YAML_MAPPING_START_EVENT) {
        return read_map(reader, depth + 1, node);
    }
    return yaml_tree_fail(reader->tree, node->line, "a value is missing here");
}

static bool read_document(struct reader *reader)
{
    struct yaml_tree *tree = reader->tree;

    /* stream start, then document start or, in an empty file, stream end */
    if (!next_event(reader) || !next_event(reader)) {
        return false;
    }
    if (reader->event.type == YAML_STREAM_END_EVENT) {
        return yaml_tree_fail(tree, 1, "the file is empty: it must hold \"key: value\" lines");
    }
    if (!next_event(reader) || !read_value(reader, 0, &tree->root)) {
        return false;
    }
    if (tree->root->kind != YAML_KIND_MAP) {
        return yaml_tree_fail(tree, tree->root->line,
                              "the file must hold \"key: value\" lines, not a %s",
                              tree->root->kind == YAML_KIND_LIST ? "list" : "single text");
    }
    /* document end, then stream end */
    if (!next_event(reader) || !next_event(reader)) {
        return false;
    }
    if (reader->event.type != YAML_STREAM_END_EVENT) {
        return yaml_tree_fail(tree, event_line(reader),
                              "a second document: only one is allowed in a file");
    }
    return true;
}

bool yaml_tree_parse(struct yaml_tree *tree, const char *file, const void *bytes, size_t size)
{
    struct reader reader = {.tree = tree};
    struct yaml_bytes_fault fault;
    bool good;

    *tree = (struct yaml_tree){.file = file};
    if (size > YAML_TREE_BYTES_MAX) {
        return yaml_tree_fail(tree, 0, "larger than %d KiB: is this the right file?",
                              YAML_TREE_BYTES_MAX / 1024);
    }
    if (!yaml_bytes_check(bytes, size, &fault)) {
        return yaml_tree_fail(tree, fault.line, "%s", fault.words);
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        return yaml_tree_fail(tree, 0, "out of memory");
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, bytes, size);
    good = read_document(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    return good;
}

bool yaml_tree_load(struct yaml_tree *tree, const char *file)
{
    struct stat status;
    char *bytes;
    FILE *stream;
    size_t size;
    bool good;

    *tree = (struct yaml_tree){.file = file};
    if (stat(file, &status) != 0) {
        return yaml_tree_fail(tree, 0, "%s: is the name right?", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return yaml_tree_fail(tree, 0, "not a file: name one .yaml file");
    }
    stream = fopen(file, "rb");
    if (stream == NULL) {
        return yaml_tree_fail(tree, 0, "cannot be read: %s", strerror(errno));
    }
    bytes = malloc(YAML_TREE_BYTES_MAX + 1);
    size = bytes != NULL ? fread(bytes, 1, YAML_TREE_BYTES_MAX + 1, stream) : 0;
    good = bytes != NULL && ferror(stream) == 0;
    fclose(stream);
    good =
        good ? yaml_tree_parse(tree, file, bytes, size) : yaml_tree_fail(tree, 0, "cannot be read");
    free(bytes);
    return good;
}

const struct yaml_node *yaml_tree_find(const struct yaml_node *map, const char *key)
{
    for (const struct yaml_node *entry = map->first; entry != NULL; entry = entry->next) {
        if (strcmp(entry->key, key) == 0) {
            return entry;
        }
    }
    return NULL;
}
