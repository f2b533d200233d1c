/* SPDX-License-Identifier: MIT */
/*
 * Erasing user data, as the lock asks for. Stage storage.
 */
#ifndef STORAGE_WIPE_H
#define STORAGE_WIPE_H

#include "storage/gpt.h"
#include "storage/state.h"

struct nor;

/* Zeroes userdata, cache and metadata, those of them that the table has, whole and flushed. */
NODISCARD enum err wipe_user_data(const struct gpt *gpt);

/*
 * Does what a change of the lock left to be done: with state->wipe_pending wipes, then commits that
 * it is done. Otherwise does nothing. To be called before anything reads user data; cut anywhere,
 * it is still pending or it is done.
 *
 *   E_BLOCK_..., E_NOR_...   it is still pending
 */
NODISCARD enum err wipe_when_pending(struct nor *nor, struct state *state, const struct gpt *gpt);

#endif
