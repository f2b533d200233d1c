/* SPDX-License-Identifier: MIT */
/* Fuses and journal of a phone. */
#include "tests/fake/fake_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records are shorter, and erasing 256 KiB each time would take all the time. */
#define SMALL_SECTOR 1024

uint8_t fake_journal_nor[FAKE_JOURNAL_NOR_BYTES];

void fake_journal_new(struct fake_nor *nor, struct state *out_state)
{
    memset(fake_journal_nor + NOR_FUSES_OFFSET, 0xff, FAKE_JOURNAL_NOR_BYTES - NOR_FUSES_OFFSET);
    fake_nor_init(nor, fake_journal_nor, FAKE_JOURNAL_NOR_BYTES);
    nor->nor.sector_bytes = SMALL_SECTOR;
    *out_state = (struct state){.unlock_ability = true, .nonce_counter = 7};
    if (state_commit(&nor->nor, out_state) != OK) {
        fprintf(stderr, "fake journal: no first record\n");
        abort();
    }
}

static uint32_t burned(uint32_t offset, uint32_t size)
{
    uint32_t count = 0;

    for (uint32_t bit = 0; bit < 8 * size; bit++) {
        if ((fake_journal_nor[offset + bit / 8] >> bit % 8 & 1) == 0) {
            count = bit + 1;
        }
    }
    return count;
}

uint32_t fake_journal_lock_fuses(void)
{
    return burned(FAKE_JOURNAL_LOCK_CHANGES, FUSES_LOCK_CHANGES_BYTES);
}

uint32_t fake_journal_rollback_fuses(void)
{
    return burned(FAKE_JOURNAL_ROLLBACK, FUSES_ROLLBACK_BYTES);
}

enum err fake_journal_read(struct state *out_state)
{
    return state_decode(
        slice_of(fake_journal_nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
        slice_of(fake_journal_nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)),
        fake_journal_lock_fuses(), out_state);
}

bool fake_journal_same(const struct state *a, const struct state *b)
{
    return a->unlocked == b->unlocked && a->unlock_ability == b->unlock_ability &&
           a->wipe_pending == b->wipe_pending && a->lock_changes == b->lock_changes &&
           a->nonce_counter == b->nonce_counter &&
           memcmp(a->user_key_sha256, b->user_key_sha256, sizeof a->user_key_sha256) == 0 &&
           memcmp(a->rollback, b->rollback, sizeof a->rollback) == 0;
}
