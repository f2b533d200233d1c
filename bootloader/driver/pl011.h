/* SPDX-License-Identifier: MIT */
/*
 * The serial line (PL011), polled. QEMU: -serial ...; the second -serial is the secure UART.
 *
 * QEMU needs no baud rate; the ROM's kernel sets it up again.
 */
#ifndef DRIVER_PL011_H
#define DRIVER_PL011_H

#include "iface/link.h"

struct pl011 {
    struct link link;
    uintptr_t base;
};

void pl011_init(struct pl011 *uart, uintptr_t base);

#endif
