/* SPDX-License-Identifier: MIT */
/* The NOR flash. JEDEC "CFI", Intel extended command set (0001). */
#include "driver/pflash.h"

#include "arch/cpu.h"
#include "driver/deadline.h"

#define BOTH(command) ((uint32_t)(command) << 16 | (command))

#define READ_ARRAY   BOTH(0xff)
#define CLEAR_STATUS BOTH(0x50)
#define PROGRAM_WORD BOTH(0x40)
#define ERASE_SETUP  BOTH(0x20)
#define ERASE_GO     BOTH(0xd0)

#define STATUS_READY BOTH(0x80)
#define TIMEOUT_US   2000000

static struct pflash *self(struct nor *nor)
{
    return CONTAINER_OF(nor, struct pflash, nor);
}

static bool inside(const struct nor *nor, uint32_t offset, size_t length)
{
    return offset <= nor->size_bytes && length <= nor->size_bytes - offset;
}

/* Until both chips are ready, and with no error. Leaves the array readable. */
static bool ready(struct pflash *flash, uintptr_t address)
{
    struct deadline deadline = deadline_in(TIMEOUT_US);
    uint32_t status;

    do {
        status = mmio_read32(address);
    } while ((status & STATUS_READY) != STATUS_READY && !deadline_is_over(&deadline));
    mmio_write32(flash->base, CLEAR_STATUS);
    mmio_write32(flash->base, READ_ARRAY);
    return status == STATUS_READY;
}

static enum err pflash_read(struct nor *nor, uint32_t offset, size_t length, void *out)
{
    struct pflash *flash = self(nor);
    uint8_t *to = out;

    if (!inside(nor, offset, length)) {
        return E_NOR_RANGE;
    }
    while (length != 0) {
        uint32_t word = mmio_read32(flash->base + (offset & ~3u));
        uint32_t skip = offset & 3u;
        size_t count = MIN(4 - skip, length);

        for (size_t i = 0; i < count; i++) {
            *to++ = (uint8_t)(word >> 8 * (skip + i));
        }
        offset += (uint32_t)count;
        length -= count;
    }
    return OK;
}

static enum err program_word(struct pflash *flash, uint32_t offset, uint32_t word)
{
    uintptr_t address = flash->base + offset;

    if ((word & ~mmio_read32(address)) != 0) {
        return E_NOR_PROGRAM;
    }
    mmio_write32(address, PROGRAM_WORD);
    mmio_write32(address, word);
    if (!ready(flash, address) || mmio_read32(address) != word) {
        return E_NOR_PROGRAM;
    }
    return OK;
}

static enum err pflash_program(struct nor *nor, uint32_t offset, struct slice bytes)
{
    if (!inside(nor, offset, bytes.size) || offset % 4 != 0 || bytes.size % 4 != 0) {
        return E_NOR_RANGE;
    }
    for (uint32_t i = 0; i < bytes.size; i += 4) {
        TRY(program_word(self(nor), offset + i, le32(bytes.data + i)));
    }
    return OK;
}

static enum err pflash_erase(struct nor *nor, uint32_t offset)
{
    struct pflash *flash = self(nor);
    uintptr_t address = flash->base + offset;

    if (offset % nor->sector_bytes != 0 || !inside(nor, offset, nor->sector_bytes)) {
        return E_NOR_RANGE;
    }
    mmio_write32(address, ERASE_SETUP);
    mmio_write32(address, ERASE_GO);
    if (!ready(flash, address)) {
        return E_NOR_ERASE;
    }
    for (uint32_t i = 0; i < nor->sector_bytes; i += 4) {
        if (mmio_read32(address + i) != UINT32_MAX) {
            return E_NOR_ERASE;
        }
    }
    return OK;
}

static const struct nor_ops ops = {
    .read = pflash_read,
    .program = pflash_program,
    .erase = pflash_erase,
};

void pflash_init(struct pflash *flash, uintptr_t base, uint32_t size_bytes, uint32_t sector_bytes)
{
    flash->nor = (struct nor){.ops = &ops, .size_bytes = size_bytes, .sector_bytes = sector_bytes};
    flash->base = base;
}
