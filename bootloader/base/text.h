/* SPDX-License-Identifier: MIT */
/*
 * Text built up in a buffer of fixed size: words, numbers, one JSON object. Part of base/.
 *
 * The text always ends in a NUL. What does not fit is left out and remembered in `full`, so that a
 * caller may build first and look once at the end.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

struct text {
    char *chars;   /* the caller's buffer */
    size_t size;   /* its size in bytes, at least 1 */
    size_t length; /* without the NUL */
    bool full;     /* something was left out */
};

/* An empty text in `chars`. */
struct text text_in(char *chars, size_t size);

void text_char(struct text *text, char c);
void text_str(struct text *text, const char *str);
void text_u64(struct text *text, uint64_t value);
/* Hexadecimal, at least `digits` wide, without a prefix. */
void text_hex(struct text *text, uint64_t value, unsigned digits);
void text_bytes_hex(struct text *text, struct slice bytes);

/* Several of them, one behind the other: text_all(&text, "a", name, "b"). None is NULL. */
#define text_all(text, ...) text_list(text, (const char *const[]){__VA_ARGS__, NULL})
void text_list(struct text *text, const char *const *strs);

/*
 * A decimal number of at most `max`: nothing but digits, and at least one. False, and nothing
 * written, for anything else.
 */
NODISCARD bool text_to_u64(struct slice digits, uint64_t max, uint64_t *out_value);
/* The same up to `end`; *text then stands behind it, or on the NUL that it is. */
NODISCARD bool text_take_u64(const char **text, char end, uint64_t max, uint64_t *out_value);

/*
 * One flat JSON object: json_begin, any number of fields, json_end. Strings are escaped; bytes that
 * are not printable ASCII come out as \u00XX, so that hostile names cannot break the line.
 */
void json_begin(struct text *text);
void json_str(struct text *text, const char *key, const char *value);
void json_u64(struct text *text, const char *key, uint64_t value);
void json_bool(struct text *text, const char *key, bool value);
void json_end(struct text *text);

/*
 * Copies a string that may lack its NUL (at most `from_size` bytes) into `to`;
 * cuts what does not fit.
 */
void copy_string(char *to, size_t to_size, const char *from, size_t from_size);

/* True when `field`, of `size` bytes, holds `str` followed by a NUL inside the field. */
bool string_equals(const char *field, size_t size, const char *str);

/* Is it well-formed UTF-8 (RFC 3629) without control characters? */
bool slice_is_utf8(struct slice bytes);

#endif
