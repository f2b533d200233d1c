/* SPDX-License-Identifier: MIT */
/*
 * The NOR of one phone as it leaves the factory: firmware, overlay, fuses, state.
 * Layouts: bootloader/format/nor_map.h, fuses.h, state_record.h. Host tools only.
 */
#ifndef BOARD_NOR_WRITE_H
#define BOARD_NOR_WRITE_H

#include "board/model.h"

/* What the firmware may look at. Behind it the NOR file is a hole: see nor_write. */
#define NOR_WRITE_BYTES 0x200000

/* One phone. Everything belongs to the caller. */
struct nor_spec {
    const struct model *model;
    enum regime regime;
    enum region region;    /* one that the model was made for */
    const char *serial;    /* nor_serial_is_good() */
    struct slice firmware; /* at most NOR_FIRMWARE_BYTES */
    struct slice root_key; /* AVB public key: nor_root_key_is_good() */
    bool unlocked;
    uint32_t rollback_index; /* 0 to 8 * FUSES_ROLLBACK_BYTES */
};

/* 1 to 31 letters and digits: it goes into kernel command lines and host names of tools. */
bool nor_serial_is_good(const char *serial);

/* An RSA key of 2048, 4096 or 8192 bits in AVB's form: bits, n0inv, modulus, r squared. */
bool nor_root_key_is_good(struct slice key);

/*
 * Fills `out`, the first NOR_WRITE_BYTES of the NOR; what nothing is burned in is 0xff. The file
 * itself is NOR_BYTES long: its rest is left a hole, which reads as zeros (programmed) instead of
 * 0xff (blank). No firmware looks there, and 62 MiB of 0xff would cost each phone time and space.
 *
 * False when a part does not fit or the spec is out of range.
 */
bool nor_write(const struct nor_spec *spec, uint8_t out[NOR_WRITE_BYTES]);

#endif
