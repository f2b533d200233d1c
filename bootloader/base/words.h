/* SPDX-License-Identifier: MIT */
/*
 * The words of a kernel command line, as the kernel itself cuts them (Linux, lib/cmdline.c): white
 * space ends a word, but not between double quotes; a quote may stand anywhere, and is not part of
 * what the word says. One reader for the firmware, which leaves out what an image must not say, and
 * for the ROM, which reads what was said: they cannot differ.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include "base/bytes.h"

struct words {
    struct slice rest;
};

/* The next word with its quotes; false when there is none. */
bool words_next(struct words *words, struct slice *out_word);

/* A quote is left open: the word would swallow whatever is put behind it. */
bool words_is_open(struct slice word);

/*
 * What the word says, without its quotes, to `out`; returns how many bytes that is, which may be
 * more than there is room for.
 */
size_t words_plain(struct slice word, struct span out);

/* Does it say something that begins with `prefix`? At most WORDS_PREFIX_MAX characters. */
#define WORDS_PREFIX_MAX 32
bool words_begins(struct slice word, const char *prefix);

#endif
