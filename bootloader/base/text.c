/* SPDX-License-Identifier: MIT */
/* Text built up in a buffer of fixed size. Part of base/. */
#include "base/text.h"

#include <string.h>

static const char digits_hex[] = "0123456789abcdef";

struct text text_in(char *chars, size_t size)
{
    chars[0] = '\0';
    return (struct text){.chars = chars, .size = size};
}

void text_char(struct text *text, char c)
{
    if (text->length + 1 >= text->size) {
        text->full = true;
        return;
    }
    text->chars[text->length++] = c;
    text->chars[text->length] = '\0';
}

void text_str(struct text *text, const char *str)
{
    while (*str != '\0') {
        text_char(text, *str++);
    }
}

void text_u64(struct text *text, uint64_t value)
{
    char reversed[20];
    size_t count = 0;

    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count != 0) {
        text_char(text, reversed[--count]);
    }
}

void text_hex(struct text *text, uint64_t value, unsigned digits)
{
    unsigned wanted = 1;

    while (wanted < 16 && value >> (4 * wanted) != 0) {
        wanted++;
    }
    if (wanted < digits) {
        wanted = digits;
    }
    while (wanted != 0) {
        wanted--;
        text_char(text, wanted < 16 ? digits_hex[value >> (4 * wanted) & 15] : '0');
    }
}

void text_bytes_hex(struct text *text, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        text_hex(text, bytes.data[i], 2);
    }
}

void text_list(struct text *text, const char *const *strs)
{
    while (*strs != NULL) {
        text_str(text, *strs++);
    }
}

bool text_to_u64(struct slice digits, uint64_t max, uint64_t *out_value)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits.size; i++) {
        unsigned digit = (unsigned)digits.data[i] - '0';

        if (digit > 9 || !mul_u64(value, 10, &value) || !add_u64(value, digit, &value)) {
            return false;
        }
    }
    if (digits.size == 0 || value > max) {
        return false;
    }
    *out_value = value;
    return true;
}

bool text_take_u64(const char **text, char end, uint64_t max, uint64_t *out_value)
{
    const char *behind = strchr(*text, end);

    if (behind == NULL || !text_to_u64(slice_of(*text, (size_t)(behind - *text)), max, out_value)) {
        return false;
    }
    *text = end == '\0' ? behind : behind + 1;
    return true;
}

void json_begin(struct text *text)
{
    text_char(text, '{');
}

static void json_string(struct text *text, const char *value)
{
    text_char(text, '"');
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;

        if (c < 0x20 || c > 0x7e) {
            text_str(text, "\\u");
            text_hex(text, c, 4);
            continue;
        }
        if (c == '"' || c == '\\') {
            text_char(text, '\\');
        }
        text_char(text, (char)c);
    }
    text_char(text, '"');
}

static void json_key(struct text *text, const char *key)
{
    if (text->length != 0 && text->chars[text->length - 1] != '{') {
        text_char(text, ',');
    }
    json_string(text, key);
    text_char(text, ':');
}

void json_str(struct text *text, const char *key, const char *value)
{
    json_key(text, key);
    json_string(text, value);
}

void json_u64(struct text *text, const char *key, uint64_t value)
{
    json_key(text, key);
    text_u64(text, value);
}

void json_bool(struct text *text, const char *key, bool value)
{
    json_key(text, key);
    text_str(text, value ? "true" : "false");
}

void json_end(struct text *text)
{
    text_char(text, '}');
}

void copy_string(char *to, size_t to_size, const char *from, size_t from_size)
{
    size_t length = strnlen(from, from_size);

    if (length >= to_size) {
        length = to_size - 1;
    }
    memcpy(to, from, length);
    to[length] = '\0';
}

bool string_equals(const char *field, size_t size, const char *str)
{
    size_t length = strlen(str);

    return length < size && memcmp(field, str, length + 1) == 0;
}

/* Takes one character off the front of *rest. */
static bool take_utf8(struct slice *rest)
{
    static const uint32_t least[] = {0x20, 0x80, 0x800, 0x10000}; /* by the bytes that follow */
    uint32_t code = rest->data[0];
    size_t more = code < 0x80 ? 0 : code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;

    if (more >= rest->size || (code >= 0x80 && code < 0xc0)) {
        return false;
    }
    code &= more == 0 ? 0x7f : 0x3fu >> more;
    for (size_t i = 1; i <= more; i++) {
        if ((rest->data[i] & 0xc0) != 0x80) {
            return false;
        }
        code = code << 6 | (rest->data[i] & 0x3f);
    }
    *rest = slice_of(rest->data + more + 1, rest->size - more - 1);
    return code >= least[more] && code <= 0x10ffff && code != 0x7f && code >> 11 != 0xd800 >> 11;
}

bool slice_is_utf8(struct slice bytes)
{
    while (bytes.size != 0) {
        if (!take_utf8(&bytes)) {
            return false;
        }
    }
    return true;
}
