/* SPDX-License-Identifier: MIT */
/* The root shell on the phone's serial line (ttyAMA0; QEMU: -serial). */
#ifndef USERLAND_CONSOLE_H
#define USERLAND_CONSOLE_H

#include <sys/types.h>

/*
 * Starts /bin/sh in a session of its own with the serial line as its controlling terminal, so that
 * Ctrl-C and job control work. `prompt` is what it asks with. Returns its process, or -1.
 */
pid_t console_start_shell(const char *prompt);

#endif
