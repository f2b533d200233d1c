/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controller (GICv2): every interrupt is given to the non-secure world, and the ROM's
 * kernel may set its priorities. The firmware itself polls.
 */
#include "arch/gic.h"

#include "arch/cpu.h"
#include "arch/memory_map.h"

#define GICD_IGROUPR 0x080
#define GICD_TYPER   0x004
#define TYPER_LINES  0x1f /* interrupts, 32 a word, less one word */
#define GICC_PMR     0x004
#define GICC_PMR_ALL 0xff

void gic_start(void)
{
    uintptr_t last = mmio_read32(MAP_GICD_BASE + GICD_TYPER) & TYPER_LINES;

    for (uintptr_t i = 0; i <= last; i++) {
        mmio_write32(MAP_GICD_BASE + GICD_IGROUPR + 4 * i, UINT32_MAX);
    }
    mmio_write32(MAP_GICC_BASE + GICC_PMR, GICC_PMR_ALL);
}
