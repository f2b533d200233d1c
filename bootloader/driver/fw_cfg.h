/* SPDX-License-Identifier: MIT */
/*
 * What QEMU hands the machine beside its devices: small named files (fw_cfg, MMIO, with DMA). Big
 * endian. QEMU: docs/specs/fw_cfg.rst.
 *
 * QEMU: -fw_cfg name=opt/NAME,string=TEXT; some devices bring files of their own ("etc/ramfb")
 *
 *   E_FW_CFG_ABSENT   no file of that name
 *   E_FW_CFG_SIZE     the file has not the size that was expected
 *   E_FW_CFG_DEVICE   the device failed, or gave no answer
 */
#ifndef DRIVER_FW_CFG_H
#define DRIVER_FW_CFG_H

#include "base/bytes.h"

#define FW_CFG_DMA_BYTES  4096
#define FW_CFG_NAME_BYTES 56 /* with its NUL */

struct fw_cfg {
    uintptr_t base;
    uint8_t *dma;
};

/* `dma` is FW_CFG_DMA_BYTES of memory that the device reaches, aligned to 8. */
void fw_cfg_init(struct fw_cfg *fw_cfg, uintptr_t base, uint8_t *dma);

/* Reads a whole file, of 0 to room.size bytes; E_FW_CFG_SIZE when it is larger. */
NODISCARD enum err fw_cfg_read(struct fw_cfg *fw_cfg, const char *name, struct span room,
                               size_t *out_count);

/* Fills at most 4 GiB of the memory that the device reaches with zeros, in one go. */
NODISCARD enum err fw_cfg_clear(struct fw_cfg *fw_cfg, struct span room);

/* Writes a whole file of exactly bytes.size bytes. */
NODISCARD enum err fw_cfg_write(struct fw_cfg *fw_cfg, const char *name, struct slice bytes);

#endif
