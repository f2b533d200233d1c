/* SPDX-License-Identifier: MIT */
/*
 * A short sleep of the processor, ended by its secure timer (PPI 29): the host's processor rests
 * too.
 */
#ifndef ARCH_REST_H
#define ARCH_REST_H

#include <stdint.h>

/* Interrupt controller and timer are as before afterwards. */
void cpu_rest(uint32_t us);

#endif
