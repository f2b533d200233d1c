/* SPDX-License-Identifier: MIT */
/*
 * How often in a row the ROM restarted the phone before it was well. Stage storage.
 *
 * A list of words behind the newest state record (format/state_record.h): each early restart
 * programs one more, and so does a ROM that is well. A cut leaves a word that is not written or one
 * that counts as a restart; a commit of the state begins a new list, which counts none.
 */
#ifndef STORAGE_RESTARTS_H
#define STORAGE_RESTARTS_H

#include "storage/state.h"

/*
 * Reads the list into state->early_restarts.
 *
 *   E_NOR_...   the flash failed; the count stays what it was
 */
NODISCARD enum err restarts_read(struct nor *nor, struct state *state);

/*
 * One more. In a list without room the count begins anew.
 *
 *   E_NOR_...   the flash failed; it is not remembered
 */
NODISCARD enum err restarts_add(struct nor *nor, struct state *state);

/*
 * None any more: nothing is written where there was none. Also for the services to the ROM
 * (arch/smc.h), so without the C library.
 *
 *   E_NOR_...   the flash failed; they still count
 */
NODISCARD enum err restarts_clear(struct nor *nor, struct state *state);

#endif
