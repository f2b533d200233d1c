/* SPDX-License-Identifier: MIT */
/* The words of a kernel command line. Part of base/. */
#include "base/words.h"

#include <string.h>

/* The kernel's isspace(): Latin-1, so a no-break space too. */
static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

static size_t leading_space(struct slice text)
{
    size_t count = 0;

    while (count < text.size && is_space(text.data[count])) {
        count++;
    }
    return count;
}

static struct slice rest_from(struct slice text, size_t at)
{
    return slice_of(text.data + at, text.size - at);
}

bool words_next(struct words *words, struct slice *out_word)
{
    struct slice text = rest_from(words->rest, leading_space(words->rest));
    bool quoted = false;
    size_t length = 0;

    while (length < text.size && (quoted || !is_space(text.data[length]))) {
        quoted ^= text.data[length] == '"';
        length++;
    }
    *out_word = slice_of(text.data, length);
    words->rest = rest_from(text, length);
    return length != 0;
}

bool words_is_open(struct slice word)
{
    bool quoted = false;

    for (size_t i = 0; i < word.size; i++) {
        quoted ^= word.data[i] == '"';
    }
    return quoted;
}

size_t words_plain(struct slice word, struct span out)
{
    size_t size = 0;

    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] == '"') {
            continue;
        }
        if (size < out.size) {
            out.data[size] = word.data[i];
        }
        size++;
    }
    return size;
}

bool words_begins(struct slice word, const char *prefix)
{
    uint8_t plain[WORDS_PREFIX_MAX];
    size_t length = strlen(prefix);

    return words_plain(word, (struct span){plain, sizeof plain}) >= length &&
           length <= sizeof plain && memcmp(plain, prefix, length) == 0;
}
