/* SPDX-License-Identifier: MIT */
/*
 * A flat map of the lower 4 GiB for EL3 (ARMv8-A, chapter D5; 4 KiB granule, three levels).
 *
 * The firmware's own 2 MiB have a right for each page: text executes, read-only data does not
 * change, the page under the stack is not there. RAM is normal, cached and non-secure, as the ROM
 * and virtio see it, and nothing in it executes at EL3. Everything else is devices.
 *
 * Runs with the MMU off: no call to anything that expects unaligned access.
 */
#include "arch/mmu.h"

#include "arch/cpu.h"
#include "arch/memory_map.h"

#define ENTRIES 512
#define GIB     0x40000000ul
#define BLOCK   0x200000ul /* 2 MiB, what one entry of the second level maps */
#define PAGE    0x1000ul

#define DESC_BLOCK     1ul
#define DESC_TABLE     3ul
#define DESC_PAGE      3ul
#define DESC_DEVICE    (0ul << 2)
#define DESC_NORMAL    (1ul << 2)
#define DESC_NS        (1ul << 5)
#define DESC_READ_ONLY (1ul << 7)
#define DESC_SHARED    (3ul << 8)
#define DESC_ACCESSED  (1ul << 10)
#define DESC_NO_EXEC   (1ul << 54)

#define DEVICE (DESC_DEVICE | DESC_ACCESSED | DESC_NO_EXEC)
#define MEMORY (DESC_NORMAL | DESC_SHARED | DESC_ACCESSED)

#define MAIR_VALUE 0xff04ul /* 0: Device-nGnRE, 1: normal, write-back */
/* 32-bit addresses in and out, 4 KiB pages, walks cached and shared; bits 31 and 23 read as one. */
#define TCR_VALUE    (1ul << 31 | 1ul << 23 | 3ul << 12 | 1ul << 10 | 1ul << 8 | 32ul)
#define SCTLR_MMU    (1ul << 0)
#define SCTLR_DCACHE (1ul << 2)
#define SCTLR_ICACHE (1ul << 12)
#define SCTLR_RES1   0x30c50830ul

/* From boot.ld: addresses, not objects. */
extern char page_tables[], image_start[], text_end[], rodata_end[], stack_guard[];

static uint64_t page_rights(uint64_t address)
{
    if (address == (uint64_t)stack_guard) {
        return 0;
    }
    if (address < (uint64_t)text_end) {
        return MEMORY | DESC_READ_ONLY | DESC_PAGE;
    }
    if (address < (uint64_t)rodata_end) {
        return MEMORY | DESC_READ_ONLY | DESC_NO_EXEC | DESC_PAGE;
    }
    return MEMORY | DESC_NO_EXEC | DESC_PAGE;
}

static void map_firmware(uint64_t *pages)
{
    for (uint64_t i = 0; i < ENTRIES; i++) {
        uint64_t address = MAP_SECURE_RAM_BASE + i * PAGE;
        uint64_t rights = page_rights(address);

        pages[i] = rights == 0 ? 0 : address | rights;
    }
}

static void map_first_gib(uint64_t *blocks, const uint64_t *firmware_pages)
{
    for (uint64_t i = 0; i < ENTRIES; i++) {
        blocks[i] = i * BLOCK | DEVICE | DESC_BLOCK;
    }
    blocks[MAP_SECURE_RAM_BASE / BLOCK] = (uint64_t)firmware_pages | DESC_TABLE;
}

void mmu_start(void)
{
    uint64_t *top = (uint64_t *)page_tables;
    uint64_t *blocks = top + ENTRIES;
    uint64_t *pages = blocks + ENTRIES;

    for (uint64_t i = 0; i < ENTRIES; i++) {
        top[i] = 0;
    }
    map_firmware(pages);
    map_first_gib(blocks, pages);
    top[0] = (uint64_t)blocks | DESC_TABLE;
    top[MAP_RAM_BASE / GIB] = MAP_RAM_BASE | MEMORY | DESC_NS | DESC_NO_EXEC | DESC_BLOCK;

    WRITE_SYSREG(mair_el3, MAIR_VALUE);
    WRITE_SYSREG(tcr_el3, TCR_VALUE);
    WRITE_SYSREG(ttbr0_el3, (uint64_t)top);
    __asm__ volatile("tlbi alle3");
    cpu_barrier();
    cpu_isb();
    WRITE_SYSREG(sctlr_el3, SCTLR_RES1 | SCTLR_MMU | SCTLR_DCACHE | SCTLR_ICACHE);
    cpu_isb();
}
