/* SPDX-License-Identifier: MIT */
/* fw_cfg: the directory of files, and one file read or written. */
#include "driver/fw_cfg.h"

#include "arch/cpu.h"
#include "base/text.h"
#include "driver/deadline.h"

#include <string.h>

#define DMA_ADDRESS 16 /* register, written as one big-endian 64-bit number */
#define FILE_DIR    0x19u
#define NO_FILE     0xfffeu /* reads as zeros */

#define DMA_ERROR  1u
#define DMA_READ   2u
#define DMA_SELECT 8u
#define DMA_WRITE  16u

/* In the DMA memory: the control block, then the data. */
#define DATA_OFFSET    64
#define DATA_BYTES     (FW_CFG_DMA_BYTES - DATA_OFFSET)
#define DMA_TIMEOUT_US 100000

#define ENTRY_BYTES  64 /* size 32, selector 16, reserved 16, name 56 */
#define NAME_OFFSET  8
#define ENTRIES_MAX  1024
#define ENTRIES_ONCE (DATA_BYTES / ENTRY_BYTES)

struct entry {
    uint32_t size;
    uint32_t selector;
};

static enum err transfer_to(struct fw_cfg *fw_cfg, uint32_t control, uint32_t size,
                            uint64_t address)
{
    struct deadline deadline = deadline_in(DMA_TIMEOUT_US);

    put_be32(fw_cfg->dma, control);
    put_be32(fw_cfg->dma + 4, size);
    put_be64(fw_cfg->dma + 8, address);
    cpu_barrier();
    mmio_write64(fw_cfg->base + DMA_ADDRESS, __builtin_bswap64((uint64_t)(uintptr_t)fw_cfg->dma));
    for (;;) {
        uint32_t left;

        cpu_barrier();
        left = __builtin_bswap32(*(volatile uint32_t *)(void *)fw_cfg->dma);
        if (left == 0) {
            return OK;
        }
        if ((left & DMA_ERROR) != 0 || deadline_is_over(&deadline)) {
            return E_FW_CFG_DEVICE;
        }
    }
}

static enum err transfer(struct fw_cfg *fw_cfg, uint32_t control, uint32_t size)
{
    return transfer_to(fw_cfg, control, size, (uint64_t)(uintptr_t)(fw_cfg->dma + DATA_OFFSET));
}

/* Many entries a transfer: each costs the host more than the bytes do. */
static enum err find(struct fw_cfg *fw_cfg, const char *name, struct entry *out_entry)
{
    const uint8_t *data = fw_cfg->dma + DATA_OFFSET;
    uint32_t left;

    TRY(transfer(fw_cfg, FILE_DIR << 16 | DMA_SELECT | DMA_READ, 4));
    left = be32(data) < ENTRIES_MAX ? be32(data) : ENTRIES_MAX;
    while (left != 0) {
        uint32_t count = MIN(left, ENTRIES_ONCE);

        TRY(transfer(fw_cfg, DMA_READ, count * ENTRY_BYTES));
        for (const uint8_t *entry = data; entry != data + count * ENTRY_BYTES;
             entry += ENTRY_BYTES) {
            if (string_equals((const char *)entry + NAME_OFFSET, FW_CFG_NAME_BYTES, name)) {
                *out_entry = (struct entry){.size = be32(entry),
                                            .selector = (uint32_t)entry[4] << 8 | entry[5]};
                return OK;
            }
        }
        left -= count;
    }
    return E_FW_CFG_ABSENT;
}

void fw_cfg_init(struct fw_cfg *fw_cfg, uintptr_t base, uint8_t *dma)
{
    *fw_cfg = (struct fw_cfg){.base = base, .dma = dma};
}

enum err fw_cfg_read(struct fw_cfg *fw_cfg, const char *name, struct span room, size_t *out_count)
{
    struct entry entry;

    TRY(find(fw_cfg, name, &entry));
    if (entry.size > room.size || entry.size > DATA_BYTES) {
        return E_FW_CFG_SIZE;
    }
    TRY(transfer(fw_cfg, entry.selector << 16 | DMA_SELECT | DMA_READ, entry.size));
    memcpy(room.data, fw_cfg->dma + DATA_OFFSET, entry.size);
    *out_count = entry.size;
    return OK;
}

enum err fw_cfg_write(struct fw_cfg *fw_cfg, const char *name, struct slice bytes)
{
    struct entry entry;

    TRY(find(fw_cfg, name, &entry));
    if (entry.size != bytes.size || bytes.size > DATA_BYTES) {
        return E_FW_CFG_SIZE;
    }
    memcpy(fw_cfg->dma + DATA_OFFSET, bytes.data, bytes.size);
    return transfer(fw_cfg, entry.selector << 16 | DMA_SELECT | DMA_WRITE, (uint32_t)bytes.size);
}

enum err fw_cfg_clear(struct fw_cfg *fw_cfg, struct span room)
{
    return transfer_to(fw_cfg, NO_FILE << 16 | DMA_SELECT | DMA_READ, (uint32_t)room.size,
                       (uint64_t)(uintptr_t)room.data);
}
