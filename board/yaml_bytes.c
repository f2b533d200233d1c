/* SPDX-License-Identifier: MIT */
/* The bytes of a YAML file, before libyaml sees them. Host tools only. */
#include "board/yaml_bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static unsigned line_of_offset(const char *bytes, size_t offset)
{
    unsigned line = 1;

    for (size_t i = 0; i < offset; i++) {
        line += bytes[i] == '\n';
    }
    return line;
}

/* Length of the UTF-8 sequence at `s` if it is well formed (Unicode, table 3-7), else 0. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max, length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t length = forms[i].length;

        if (s[0] < forms[i].first_min || s[0] > forms[i].first_max || length > left) {
            continue;
        }
        if (length > 1 && (s[1] < forms[i].second_min || s[1] > forms[i].second_max)) {
            return 0;
        }
        for (size_t k = 2; k < length; k++) {
            if ((s[k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
    return 0;
}

__attribute__((format(printf, 3, 4))) static bool fail(struct yaml_bytes_fault *fault,
                                                       unsigned line, const char *format, ...)
{
    va_list arguments;

    fault->line = line;
    va_start(arguments, format);
    vsnprintf(fault->words, sizeof(fault->words), format, arguments);
    va_end(arguments);
    return false;
}

bool yaml_bytes_check(const char *bytes, size_t size, struct yaml_bytes_fault *out_fault)
{
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        return fail(out_fault, 1, "begins with a byte order mark: save it as plain UTF-8");
    }
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)bytes[i];
        size_t length = utf8_sequence((const unsigned char *)bytes + i, size - i);

        if (length == 0) {
            return fail(out_fault, line_of_offset(bytes, i),
                        "byte 0x%02x is not UTF-8: save the file as UTF-8", c);
        }
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            return fail(out_fault, line_of_offset(bytes, i),
                        "control character 0x%02x: take it out", c);
        }
        i += length;
    }
    return true;
}
