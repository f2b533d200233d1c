/* SPDX-License-Identifier: MIT */
/* The size of the stack that faults are told on; assembly reads it too. */
#ifndef ARCH_EXCEPTION_STACK_H
#define ARCH_EXCEPTION_STACK_H

#define EXCEPTION_STACK_BYTES 32768

#endif
