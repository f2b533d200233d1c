/* SPDX-License-Identifier: MIT */
/*
 * The firmware's own mistakes: a fault at EL3, or panic() from C. Neither comes back.
 *
 * What is said, and where, is the port's: it sets the reporter at start.
 */
#ifndef ARCH_EXCEPTION_H
#define ARCH_EXCEPTION_H

#include <stdint.h>

/* Says `text` (several lines) to whoever can be told. */
typedef void exception_reporter(const char *text);

void exception_set_reporter(exception_reporter *reporter);

/* A caller's bug was found. */
_Noreturn void panic(const char *why);

/* From entry.S: the registers are in exception_frame. */
_Noreturn void exception_panic(uint64_t vector);

#endif
