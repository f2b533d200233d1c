/* SPDX-License-Identifier: MIT */
/* The ROM's properties: what `getprop` shows and what the home screen is drawn from. */
#include "props.h"

#include "base/words.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_BYTES_MAX 65536

#define CMDLINE_PREFIX "androidboot."
#define BOOT_PREFIX    "ro.boot."

struct piece {
    const char *text;
    size_t size;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct piece trimmed(struct piece piece)
{
    while (piece.size != 0 && is_space(piece.text[0])) {
        piece.text++;
        piece.size--;
    }
    while (piece.size != 0 && is_space(piece.text[piece.size - 1])) {
        piece.size--;
    }
    return piece;
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._-:@", c) != NULL);
}

static bool is_key(struct piece key)
{
    if (key.size == 0) {
        return false;
    }
    for (size_t i = 0; i < key.size; i++) {
        if (!is_key_char(key.text[i])) {
            return false;
        }
    }
    return true;
}

static const struct prop *find(const struct props *props, struct piece key)
{
    for (size_t i = 0; i < props->count; i++) {
        const char *have = props->list[i].key;

        if (strlen(have) == key.size && memcmp(have, key.text, key.size) == 0) {
            return &props->list[i];
        }
    }
    return NULL;
}

/* `prefix` and then `key` is the key. */
static void add(struct props *props, const char *prefix, struct piece key, struct piece value)
{
    char whole[PROP_KEY_BYTES];
    size_t prefix_size = strlen(prefix);
    struct piece full = {whole, prefix_size + key.size};
    struct prop *prop;

    if (!is_key(key) || full.size >= sizeof(whole) || value.size >= PROP_VALUE_BYTES) {
        props->left_out++;
        return;
    }
    memcpy(whole, prefix, prefix_size);
    memcpy(whole + prefix_size, key.text, key.size);
    if (find(props, full) != NULL) {
        return;
    }
    if (props->count == PROPS_MAX) {
        props->left_out++;
        return;
    }
    prop = &props->list[props->count++];
    memcpy(prop->key, whole, full.size);
    prop->key[full.size] = '\0';
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.text[i];

        prop->value[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    prop->value[value.size] = '\0';
}

/* Splits at the first '='; without one it is no property. */
static void add_pair(struct props *props, const char *prefix, struct piece pair)
{
    const char *equals = memchr(pair.text, '=', pair.size);
    struct piece key;
    struct piece value;

    if (equals == NULL) {
        props->left_out++;
        return;
    }
    key = (struct piece){pair.text, (size_t)(equals - pair.text)};
    value = (struct piece){equals + 1, pair.size - key.size - 1};
    add(props, prefix, trimmed(key), trimmed(value));
}

/* Quotes may be around a value or, as the kernel has it, around a whole word. */
static void read_word(struct props *props, struct slice word)
{
    const size_t prefix_size = sizeof(CMDLINE_PREFIX) - 1;
    char plain[sizeof(CMDLINE_PREFIX) + PROP_KEY_BYTES + PROP_VALUE_BYTES];
    size_t size = words_plain(word, (struct span){(uint8_t *)plain, sizeof(plain)});

    if (!words_begins(word, CMDLINE_PREFIX)) {
        return;
    }
    if (size > sizeof(plain)) {
        props->left_out++;
        return;
    }
    add_pair(props, BOOT_PREFIX, (struct piece){plain + prefix_size, size - prefix_size});
}

void props_read_cmdline(struct props *props, const char *text, size_t size_bytes)
{
    struct words words = {slice_of(text, size_bytes)};
    struct slice word;

    while (words_next(&words, &word)) {
        read_word(props, word);
    }
}

void props_read_file(struct props *props, const char *text, size_t size_bytes)
{
    size_t start = 0;

    while (start < size_bytes) {
        const char *end = memchr(text + start, '\n', size_bytes - start);
        size_t length = end == NULL ? size_bytes - start : (size_t)(end - (text + start));
        struct piece line = trimmed((struct piece){text + start, length});

        if (line.size != 0 && line.text[0] != '#') {
            add_pair(props, "", line);
        }
        start += length + 1;
    }
}

void props_derive(struct props *props)
{
    static const struct {
        const char *from;
        const char *to;
    } same[] = {
        {"ro.boot.vbmeta.device_state", "ro.secureboot.lockstate"},
        {"ro.boot.serialno", "ro.serialno"},
    };

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        const char *value = props_get(props, same[i].from, NULL);

        if (value != NULL) {
            add(props, "", (struct piece){same[i].to, strlen(same[i].to)},
                (struct piece){value, strlen(value)});
        }
    }
}

typedef void read_text_fn(struct props *props, const char *text, size_t size_bytes);

static void read_path(struct props *props, const char *path, char *text, read_text_fn *read_text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got;

    if (fd < 0) {
        return;
    }
    while (size < TEXT_BYTES_MAX && (got = read(fd, text + size, TEXT_BYTES_MAX - size)) > 0) {
        size += (size_t)got;
    }
    close(fd);
    read_text(props, text, size);
}

void props_load(struct props *props)
{
    static char text[TEXT_BYTES_MAX];

    read_path(props, "/proc/cmdline", text, props_read_cmdline);
    /* Before the file, so that the file cannot say another lock state. */
    props_derive(props);
    read_path(props, "/default.prop", text, props_read_file);
}

const char *props_get(const struct props *props, const char *key, const char *fallback)
{
    const struct prop *prop = find(props, (struct piece){key, strlen(key)});

    return prop == NULL ? fallback : prop->value;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct prop *)a)->key, ((const struct prop *)b)->key);
}

void props_sort(struct props *props)
{
    qsort(props->list, props->count, sizeof(props->list[0]), by_key);
}
