/* SPDX-License-Identifier: MIT */
/* The secure GPIO block. Arm DDI 0190, chapter 3: the address' bits 9 to 2 mask the data. */
#include "driver/secure_gpio.h"

#include "arch/cpu.h"

#define GPIODATA(line) (4u << (line))
#define GPIODIR        0x400

void secure_gpio_raise(uintptr_t base, unsigned line)
{
    mmio_write32(base + GPIODIR, 1u << line);
    mmio_write32(base + GPIODATA(line), 0);
    mmio_write32(base + GPIODATA(line), 1u << line);
}
