/* SPDX-License-Identifier: MIT */
/*
 * How a command is asked for, and the packets of shell protocol 2, which keep its output, its
 * errors and its exit status apart. Pure. AOSP, packages/modules/adb: shell_protocol.h.
 *
 *   shell:COMMAND                        protocol 1: bytes, and an end
 *   shell,v2,TERM=xterm,raw:COMMAND      protocol 2; `pty` instead of `raw`: on a terminal
 *   exec:COMMAND                         as protocol 1
 *
 * A packet: one byte of its kind, four of its length (little endian), that many bytes.
 */
#ifndef USERLAND_ADB_SHELL_H
#define USERLAND_ADB_SHELL_H

#include "base/bytes.h"

#define ADB_SHELL_HEADER_BYTES 5
#define ADB_SHELL_TERM_BYTES   32

enum adb_shell_kind {
    ADB_SHELL_STDIN = 0,
    ADB_SHELL_STDOUT = 1,
    ADB_SHELL_STDERR = 2,
    ADB_SHELL_EXIT = 3,
    ADB_SHELL_CLOSE_STDIN = 4,
    ADB_SHELL_WINDOW_SIZE = 5, /* "ROWSxCOLUMNS,WIDTHxHEIGHT" */
};

struct adb_shell_request {
    bool packets;  /* protocol 2 */
    bool terminal; /* and on one */
    char term[ADB_SHELL_TERM_BYTES];
    const char *command; /* inside `service`; "": an interactive shell */
};

/* False: the service is no shell, or has an option that is not known. */
bool adb_shell_parse(const char *service, struct adb_shell_request *out_request);

struct adb_shell_parser {
    size_t have; /* of the header */
    uint32_t left;
    uint8_t header[ADB_SHELL_HEADER_BYTES];
};

/*
 * Takes bytes from the front of *bytes: a whole packet's, or what has come of a long one. True with
 * a piece of that kind, maybe of no bytes; false when all are taken.
 */
bool adb_shell_take(struct adb_shell_parser *parser, struct slice *bytes, uint8_t *out_kind,
                    struct slice *out_piece);

void adb_shell_put(uint8_t out_header[ADB_SHELL_HEADER_BYTES], enum adb_shell_kind kind,
                   size_t size);

/* "24x80,640x480". False: it is none. */
bool adb_shell_window(struct slice text, uint16_t *out_rows, uint16_t *out_columns);

#endif
