/* SPDX-License-Identifier: MIT */
/*
 * A command that runs for a stream of adbd: busybox's sh, on pipes or on a terminal. What it says
 * goes out as the other side takes it; what is typed is acknowledged when the command has taken it.
 */
#ifndef USERLAND_ADB_COMMAND_H
#define USERLAND_ADB_COMMAND_H

#include "adb/adb_session.h"
#include "adb/adb_shell.h"

#include <poll.h>
#include <sys/types.h>

#define ADB_COMMAND_POLLS 3

struct adb_command {
    struct adb_stream *stream; /* NULL: a free place */
    struct adb_shell_request request;
    pid_t pid; /* 0: it has ended, with `status` */
    int status;
    bool told; /* its status is on the way */
    int input; /* what is typed; -1: nothing more. On a terminal the same as output */
    int output;
    int errors; /* -1: they come with the output, or have ended */
    struct adb_shell_parser parser;
    bool closing; /* the input closes when all of it is taken */
    size_t typed_at;
    size_t typed_end;
    uint8_t typed[ADB_PAYLOAD_MAX];
};

/* Starts it. False: it could not be; the place is free again. */
bool adb_command_start(struct adb_command *command, struct adb_stream *stream,
                       const struct adb_shell_request *request);

/* Ends it, with everything that it started; its stream is the session's to close. */
void adb_command_stop(struct adb_command *command);

/* What was typed. False: more than the other side may send. */
bool adb_command_type(struct adb_command *command, struct slice bytes);

/* What it waits for; fds of -1 where it waits for nothing. */
void adb_command_polls(const struct adb_command *command, struct pollfd out[ADB_COMMAND_POLLS]);

/* Does what can be done; closes the stream at the end. */
void adb_command_work(struct adb_command *command, struct adb_session *session,
                      const struct pollfd polls[ADB_COMMAND_POLLS]);

/* It said all, and has not ended: somebody must look again. */
bool adb_command_lingers(const struct adb_command *command);

#endif
