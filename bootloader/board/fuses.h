/* SPDX-License-Identifier: MIT */
/*
 * Reading the fuse sector: format/fuses.h. Stage board.
 */
#ifndef BOARD_FUSES_H
#define BOARD_FUSES_H

#include "base/bytes.h"
#include "board/region.h"
#include "format/fuses.h"

struct fuses {
    char codename[FUSES_CODENAME_BYTES];
    char serial[FUSES_SERIAL_BYTES];
    enum region region;
    uint8_t root_key_sha256[FUSES_KEY_BYTES];
    uint32_t rollback_index;
    uint32_t lock_changes;
};

/*
 * Decodes the record at the start of the sector.
 *
 *   E_SLICE_RANGE     fewer bytes than a record
 *   E_FUSES_BLANK     nothing is burned: the phone never left the factory
 *   E_FUSES_MAGIC, E_FUSES_VERSION, E_FUSES_CRC
 *   E_FUSES_VALUE     a string without an end, an empty codename or serial, an unknown region
 *
 * On error *out_fuses is untouched.
 */
NODISCARD enum err fuses_decode(struct slice sector, struct fuses *out_fuses);

#endif
