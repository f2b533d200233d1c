/* SPDX-License-Identifier: MIT */
/*
 * Power-off and reset: lines 0 and 1 of the secure GPIO block (PL061).
 *
 * QEMU: -M virt,secure=on
 */
#ifndef DRIVER_SECURE_GPIO_H
#define DRIVER_SECURE_GPIO_H

#include <stdint.h>

#define SECURE_GPIO_OFF   0
#define SECURE_GPIO_RESET 1

/* Raises one line. */
void secure_gpio_raise(uintptr_t base, unsigned line);

#endif
