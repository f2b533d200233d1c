/* SPDX-License-Identifier: MIT */
/*
 * The table of commands. Stage fastboot. A new command is a row in commands.c.
 */
#ifndef FASTBOOT_COMMANDS_H
#define FASTBOOT_COMMANDS_H

#include "fastboot/reply.h"

/* Finds the command, asks the lock's rules, runs it. Answers once, whatever the command is. */
void commands_run(struct session *session, const char *command);

#endif
