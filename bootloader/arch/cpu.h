/* SPDX-License-Identifier: MIT */
/*
 * The processor (ARMv8-A, Cortex-A53): system registers, barriers, device registers, the counter.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdint.h>

#define CPU_COUNTER_HZ 62500000 /* QEMU's virt machine; the firmware sets CNTFRQ_EL0 to this */

#define READ_SYSREG(name)                                                                          \
    __extension__({                                                                                \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #name : "=r"(value_));                                         \
        value_;                                                                                    \
    })

#define WRITE_SYSREG(name, value)                                                                  \
    __asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(value)) : "memory")

static inline void cpu_isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

/* Everything before it is seen, by devices too, before anything after it. */
static inline void cpu_barrier(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static inline void cpu_wait(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

static inline uint64_t cpu_now_us(void)
{
    cpu_isb();
    return READ_SYSREG(cntpct_el0) * 2 / (CPU_COUNTER_HZ / 500000);
}

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

static inline void mmio_write64(uintptr_t address, uint64_t value)
{
    *(volatile uint64_t *)address = value;
}

#endif
