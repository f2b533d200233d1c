/* SPDX-License-Identifier: MIT */
/*
 * A NOR of which only fuses and journal are there, with short sectors, and what a phone would make
 * of it: counted apart from board/fuses.c.
 */
#ifndef TESTS_FAKE_JOURNAL_H
#define TESTS_FAKE_JOURNAL_H

#include "format/fuses.h"
#include "format/nor_map.h"
#include "storage/state.h"
#include "tests/fake/fake_devices.h"

#define FAKE_JOURNAL_NOR_BYTES    (NOR_STATE_B_OFFSET + NOR_STATE_BYTES)
#define FAKE_JOURNAL_ROLLBACK     (NOR_FUSES_OFFSET + offsetof(struct fuses_record, rollback))
#define FAKE_JOURNAL_LOCK_CHANGES (NOR_FUSES_OFFSET + offsetof(struct fuses_record, lock_changes))

extern uint8_t fake_journal_nor[FAKE_JOURNAL_NOR_BYTES];

/* Blank, with a first record: *out_state. */
void fake_journal_new(struct fake_nor *nor, struct state *out_state);

/* What the next power-on finds. */
NODISCARD enum err fake_journal_read(struct state *out_state);
uint32_t fake_journal_lock_fuses(void);
uint32_t fake_journal_rollback_fuses(void);

/* All but where the record lies. */
bool fake_journal_same(const struct state *a, const struct state *b);

#endif
