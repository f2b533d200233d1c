/* SPDX-License-Identifier: MIT */
/*
 * A short sleep. Interrupts stay masked: the timer's only ends the `wfi`, nothing is ever taken.
 */
#include "arch/rest.h"

#include "arch/cpu.h"
#include "arch/memory_map.h"

#define GICD_CTLR       0x000
#define GICD_ISENABLER0 0x100
#define GICD_ICENABLER0 0x180
#define GICC_CTLR       0x000
#define BOTH_GROUPS     3u
#define TIMER_BIT       (1u << 29)

#define TIMER_ENABLE 1u

void cpu_rest(uint32_t us)
{
    uint64_t end = READ_SYSREG(cntpct_el0) + (uint64_t)us * (CPU_COUNTER_HZ / 500000) / 2;

    mmio_write32(MAP_GICD_BASE + GICD_ISENABLER0, TIMER_BIT);
    mmio_write32(MAP_GICC_BASE + GICC_CTLR, BOTH_GROUPS);
    mmio_write32(MAP_GICD_BASE + GICD_CTLR, BOTH_GROUPS);
    WRITE_SYSREG(cntps_cval_el1, end);
    WRITE_SYSREG(cntps_ctl_el1, TIMER_ENABLE);
    cpu_isb();
    cpu_wait();
    WRITE_SYSREG(cntps_ctl_el1, 0);
    cpu_isb();
    mmio_write32(MAP_GICD_BASE + GICD_CTLR, 0);
    mmio_write32(MAP_GICC_BASE + GICC_CTLR, 0);
    mmio_write32(MAP_GICD_BASE + GICD_ICENABLER0, TIMER_BIT);
}
