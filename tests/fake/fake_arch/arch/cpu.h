/* SPDX-License-Identifier: MIT */
/*
 * In place of bootloader/arch/cpu.h, for drivers on this machine:
 * the device's registers are a fake's.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdint.h>

/* Each of these lets the fake go on. */
void cpu_barrier(void);
uint64_t cpu_now_us(void);
uint32_t mmio_read32(uintptr_t address);
void mmio_write32(uintptr_t address, uint32_t value);
void mmio_write64(uintptr_t address, uint64_t value);

#endif
