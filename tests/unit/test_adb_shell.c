/* SPDX-License-Identifier: MIT */
/* adb/adb_shell.h: how a command is asked for, and shell protocol 2 in any pieces. */
#include "tests/unit/check.h"

#include "adb/adb_shell.h"

#include <stdio.h>
#include <stdlib.h>

static void services(void **state)
{
    static const struct {
        const char *service;
        const char *command; /* NULL: refused */
        bool packets;
        bool terminal;
        const char *term;
    } cases[] = {
        {"shell:", "", false, false, "dumb"},
        {"shell:ls -l, x", "ls -l, x", false, false, "dumb"},
        {"shell,v2:id", "id", true, false, "dumb"},
        {"shell,v2,raw:a:b,c", "a:b,c", true, false, "dumb"},
        {"shell,v2,TERM=xterm-256color,pty:", "", true, true, "xterm-256color"},
        {"shell,pty:x", "x", false, false, "dumb"}, /* no packets: no size for a terminal */
        {"exec:cat", "cat", false, false, "dumb"},
        {"shell", NULL, false, false, ""},
        {"shell,", NULL, false, false, ""},
        {"shell,v2", NULL, false, false, ""},
        {"shell,v3:x", NULL, false, false, ""},
        {"shell,v2,TERM=:x", NULL, false, false, ""},
        {"shell,v2,TERM=0123456789012345678901234567890123456789:x", NULL, false, false, ""},
        {"shel:x", NULL, false, false, ""},
        {"", NULL, false, false, ""},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct adb_shell_request request;
        bool known = adb_shell_parse(cases[i].service, &request);

        if (known != (cases[i].command != NULL)) {
            fail_msg("%s", cases[i].service);
        }
        if (known) {
            assert_string_equal(request.command, cases[i].command);
            assert_string_equal(request.term, cases[i].term);
            assert_int_equal(request.packets, cases[i].packets);
            assert_int_equal(request.terminal, cases[i].terminal);
        }
    }
}

/* "0(hello)4()0(x)", whatever the pieces: those of one packet are put together. */
static void told(struct slice bytes, size_t step, char *out, size_t out_bytes)
{
    struct adb_shell_parser parser = {0};
    int last = -1;

    out[0] = '\0';
    for (size_t at = 0; at < bytes.size; at += step) {
        size_t size = bytes.size - at < step ? bytes.size - at : step;
        uint8_t *copy = test_malloc(size); /* of exactly that size */
        struct slice piece_of_all;
        struct slice piece;
        uint8_t kind;

        memcpy(copy, bytes.data + at, size);
        piece_of_all = slice_of(copy, size);
        while (adb_shell_take(&parser, &piece_of_all, &kind, &piece)) {
            size_t length = strlen(out);

            if (last != kind) {
                snprintf(out + length, out_bytes - length, "|%u:", kind);
                length = strlen(out);
            }
            snprintf(out + length, out_bytes - length, "%.*s", (int)piece.size,
                     (const char *)piece.data);
            last = parser.have == 0 ? -1 : kind;
        }
        assert_int_equal(piece_of_all.size, 0);
        test_free(copy);
    }
}

static void packets_in_pieces(void **state)
{
    static const char bytes[] = "\0\5\0\0\0hello\4\0\0\0\0\5\x0f\0\0\0"
                                "24x80,640x480\0\0\0\1\0\0\0x";
    char out[200];

    for (size_t step = 1; step < sizeof bytes; step++) {
        told(slice_of(bytes, sizeof bytes - 1), step, out, sizeof out);
        assert_string_equal(out, "|0:hello|4:|5:24x80,640x480|0:x");
    }
}

/* A packet that says 4 GiB is passed on as it comes, and never put together. */
static void a_packet_without_end(void **state)
{
    struct adb_shell_parser parser = {0};
    uint8_t kind;
    struct slice piece;
    struct slice bytes = slice_of("\0\xff\xff\xff\xff"
                                  "abc",
                                  8);

    assert_true(adb_shell_take(&parser, &bytes, &kind, &piece));
    assert_int_equal(piece.size, 3);
    assert_false(adb_shell_take(&parser, &bytes, &kind, &piece));
    assert_int_equal(parser.left, UINT32_MAX - 3);
}

static void windows(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"24x80,640x480", true}, {"24x80,", true},   {"65535x1,0x0", true}, {"65536x80,0x0", false},
        {"24x80", false},        {"x80,0x0", false}, {"24", false},         {"", false},
        {"-1x80,0x0", false},    {"24 x80,", false},
    };
    uint16_t rows;
    uint16_t columns;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice text = slice_of(cases[i].text, strlen(cases[i].text));

        assert_int_equal(adb_shell_window(text, &rows, &columns), cases[i].good);
    }
    assert_true(adb_shell_window(slice_of("24x80,", 6), &rows, &columns));
    assert_int_equal(rows, 24);
    assert_int_equal(columns, 80);
}

/* What the phone sends is read by the same rules. */
static void what_is_put_is_taken(void **state)
{
    uint8_t packet[ADB_SHELL_HEADER_BYTES + 3] = {0};
    struct adb_shell_parser parser = {0};
    struct slice bytes = slice_of(packet, sizeof packet);
    struct slice piece;
    uint8_t kind;

    adb_shell_put(packet, ADB_SHELL_STDERR, 3);
    memcpy(packet + ADB_SHELL_HEADER_BYTES, "why", 3);
    assert_true(adb_shell_take(&parser, &bytes, &kind, &piece));
    assert_int_equal(kind, ADB_SHELL_STDERR);
    assert_int_equal(piece.size, 3);
    assert_memory_equal(piece.data, "why", 3);
    assert_int_equal(bytes.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services),
        cmocka_unit_test(packets_in_pieces),
        cmocka_unit_test(a_packet_without_end),
        cmocka_unit_test(windows),
        cmocka_unit_test(what_is_put_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
