/* SPDX-License-Identifier: MIT */
/*
 * Burning fuses: the two unary counts of format/fuses.h, the only ones that the firmware burns.
 * Stage storage.
 *
 * Reads first and never tries to bring a bit back, then reads what was burned. Bits below the
 * highest burned one that are not burned (a half-burned step) are burned too.
 *
 *   E_FUSE_CAPACITY   more than there are fuses; nothing was burned
 *   E_NOR_...         the flash failed
 *
 * A count that is already reached burns nothing and is OK.
 */
#ifndef STORAGE_FUSE_BURN_H
#define STORAGE_FUSE_BURN_H

#include "base/bytes.h"

struct nor;

NODISCARD enum err fuse_burn_rollback(struct nor *nor, uint64_t index);
NODISCARD enum err fuse_burn_lock_changes(struct nor *nor, uint32_t count);

#endif
