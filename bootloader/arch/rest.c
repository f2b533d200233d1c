/* SPDX-License-Identifier: MIT */
/*
 * A sleep. Interrupts stay masked: one that is pending only ends the `wfi`, nothing is ever taken.
 */
#include "arch/rest.h"

#include "arch/cpu.h"
#include "arch/memory_map.h"

#include <stddef.h>

#define GICD_CTLR       0x000
#define GICD_ISENABLER  0x100
#define GICD_ICENABLER  0x180
#define GICC_CTLR       0x000
#define BOTH_GROUPS     3u

#define TIMER_ENABLE 1u

/* Those that end a rest, as the controller's words have them: 32 interrupts a word. */
static const uint32_t waking[] = {
    1u << 29, /* the secure timer */
    UINT32_MAX << MAP_VIRTIO_IRQ % 32,
    UINT32_MAX >> (32 - (MAP_VIRTIO_IRQ + MAP_VIRTIO_COUNT) % 32),
};

static void set_waking(uintptr_t which)
{
    for (size_t i = 0; i < sizeof waking / sizeof *waking; i++) {
        mmio_write32(MAP_GICD_BASE + which + 4 * i, waking[i]);
    }
}

void cpu_rest(uint32_t us)
{
    uint64_t end = READ_SYSREG(cntpct_el0) + (uint64_t)us * (CPU_COUNTER_HZ / 500000) / 2;

    set_waking(GICD_ISENABLER);
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
    set_waking(GICD_ICENABLER);
}
