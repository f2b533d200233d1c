/* SPDX-License-Identifier: MIT */
/* How a command is asked for, and the packets of shell protocol 2. */
#include "adb/adb_shell.h"

#include <string.h>

#define TERM_OPTION "TERM="

static bool is_option(const char *option, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(option, word, length) == 0;
}

static bool take_option(const char *option, size_t length, struct adb_shell_request *request)
{
    size_t prefix = strlen(TERM_OPTION);

    if (is_option(option, length, "v2")) {
        request->packets = true;
    } else if (is_option(option, length, "pty")) {
        request->terminal = true;
    } else if (length > prefix && memcmp(option, TERM_OPTION, prefix) == 0) {
        if (length - prefix >= sizeof(request->term)) {
            return false;
        }
        memcpy(request->term, option + prefix, length - prefix);
        request->term[length - prefix] = '\0';
    } else if (!is_option(option, length, "raw")) {
        return false;
    }
    return true;
}

bool adb_shell_parse(const char *service, struct adb_shell_request *out_request)
{
    static const char exec[] = "exec:";
    static const char shell[] = "shell";
    struct adb_shell_request request = {.term = "dumb"};
    const char *at = service + strlen(shell);

    if (strncmp(service, exec, strlen(exec)) == 0) {
        request.command = service + strlen(exec);
        *out_request = request;
        return true;
    }
    if (strncmp(service, shell, strlen(shell)) != 0) {
        return false;
    }
    while (*at == ',') {
        size_t length = strcspn(++at, ",:");

        if (!take_option(at, length, &request)) {
            return false;
        }
        at += length;
    }
    if (*at != ':') {
        return false;
    }
    request.command = at + 1;
    request.terminal = request.terminal && request.packets;
    *out_request = request;
    return true;
}

bool adb_shell_take(struct adb_shell_parser *parser, struct slice *bytes, uint8_t *out_kind,
                    struct slice *out_piece)
{
    bool begun = false; /* a packet without bytes is a piece too */

    while (parser->have < ADB_SHELL_HEADER_BYTES) {
        if (bytes->size == 0) {
            return false;
        }
        parser->header[parser->have++] = bytes->data[0];
        *bytes = slice_of(bytes->data + 1, bytes->size - 1);
        if (parser->have == ADB_SHELL_HEADER_BYTES) {
            parser->left = le32(parser->header + 1);
            begun = parser->left == 0;
        }
    }
    if (bytes->size == 0 && !begun) {
        return false;
    }
    *out_kind = parser->header[0];
    *out_piece = slice_of(bytes->data, bytes->size < parser->left ? bytes->size : parser->left);
    parser->left -= (uint32_t)out_piece->size;
    parser->have = parser->left == 0 ? 0 : parser->have;
    *bytes = slice_of(bytes->data + out_piece->size, bytes->size - out_piece->size);
    return true;
}

void adb_shell_put(uint8_t out_header[ADB_SHELL_HEADER_BYTES], enum adb_shell_kind kind,
                   size_t size)
{
    out_header[0] = (uint8_t)kind;
    put_le32(out_header + 1, (uint32_t)size);
}

static bool take_number(struct slice *text, char end, uint16_t *out)
{
    uint32_t number = 0;
    size_t at = 0;

    for (; at < text->size && text->data[at] >= '0' && text->data[at] <= '9'; at++) {
        number = 10 * number + (uint32_t)(text->data[at] - '0');
        if (number > UINT16_MAX) {
            return false;
        }
    }
    if (at == 0 || at == text->size || text->data[at] != (uint8_t)end) {
        return false;
    }
    *text = slice_of(text->data + at + 1, text->size - at - 1);
    *out = (uint16_t)number;
    return true;
}

bool adb_shell_window(struct slice text, uint16_t *out_rows, uint16_t *out_columns)
{
    return take_number(&text, 'x', out_rows) && take_number(&text, ',', out_columns);
}
