/* SPDX-License-Identifier: MIT */
/* Writes the board overlay of a model. The contract with the firmware: board_dt.h. */
#ifndef BOARD_OVERLAY_WRITE_H
#define BOARD_OVERLAY_WRITE_H

#include "board/model.h"

/*
 * Writes the overlay to the start of `out` and its size to *out_size. False when it does not fit (2
 * KiB always do). The same model gives the same bytes.
 */
bool overlay_write(const struct model *model, enum regime regime, struct span out,
                   size_t *out_size);

#endif
