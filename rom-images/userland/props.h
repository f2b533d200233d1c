/* SPDX-License-Identifier: MIT */
/*
 * The ROM's properties: what `getprop` shows and what the home screen is drawn from.
 *
 * They come from the kernel's command line and from /default.prop, in this order, and as on Android
 * the first value of a key stays: a ROM's file cannot talk over what the bootloader said.
 *
 * Both texts are outside data. Lines and words that are no property (no key, odd characters in the
 * key, too long) are left out and counted; control characters in a value become '?'.
 */
#ifndef USERLAND_PROPS_H
#define USERLAND_PROPS_H

#include <stdbool.h>
#include <stddef.h>

#define PROPS_MAX        256
#define PROP_KEY_BYTES   96  /* with the NUL */
#define PROP_VALUE_BYTES 704 /* with the NUL: a hash tree with the longest salt */

struct prop {
    char key[PROP_KEY_BYTES];
    char value[PROP_VALUE_BYTES];
};

struct props {
    struct prop list[PROPS_MAX];
    size_t count;
    size_t left_out; /* what was no property, or had no room; a repeated key is not counted */
};

/* "androidboot.NAME=VALUE" words become ro.boot.NAME; a value may be in double quotes. */
void props_read_cmdline(struct props *props, const char *text, size_t size_bytes);

/* KEY=VALUE lines; spaces around both are dropped, lines that begin with '#' are comments. */
void props_read_file(struct props *props, const char *text, size_t size_bytes);

/* Adds those that follow from others, for example ro.secureboot.lockstate. */
void props_derive(struct props *props);

/*
 * Everything: /proc/cmdline, then /default.prop, then what follows. A missing file is an empty one.
 */
void props_load(struct props *props);

/* The value of `key`, or `fallback` when there is none. Valid as long as *props. */
const char *props_get(const struct props *props, const char *key, const char *fallback);

/* By key. */
void props_sort(struct props *props);

#endif
