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

#define SECURE_TIMER (1u << 29)

/* Those that end a rest, as the controller's words have them: 32 interrupts a word. */
struct waking {
    uint32_t words[3];
};

static const struct waking timer_and_devices = {{
    SECURE_TIMER,
    UINT32_MAX << MAP_VIRTIO_IRQ % 32,
    UINT32_MAX >> (32 - (MAP_VIRTIO_IRQ + MAP_VIRTIO_COUNT) % 32),
}};

static void set_waking(const struct waking *waking, uintptr_t which)
{
    for (size_t i = 0; i < sizeof waking->words / sizeof *waking->words; i++) {
        if (waking->words[i] != 0) {
            mmio_write32(MAP_GICD_BASE + which + 4 * i, waking->words[i]);
        }
    }
}

static void rest(const struct waking *waking, uint32_t us)
{
    uint64_t end = READ_SYSREG(cntpct_el0) + (uint64_t)us * (CPU_COUNTER_HZ / 500000) / 2;

    set_waking(waking, GICD_ISENABLER);
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
    set_waking(waking, GICD_ICENABLER);
}

void cpu_rest(uint32_t us)
{
    rest(&timer_and_devices, us);
}

void cpu_rest_for_device(uint32_t us, uintptr_t virtio_base)
{
    uintptr_t irq = MAP_VIRTIO_IRQ + (virtio_base - MAP_VIRTIO_BASE) / MAP_VIRTIO_STRIDE;
    struct waking waking = {{SECURE_TIMER}};

    waking.words[irq / 32] |= 1u << irq % 32;
    rest(&waking, us);
}
