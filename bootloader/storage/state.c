/* SPDX-License-Identifier: MIT */
/* Decoding the state journal: the newer valid record counts. Stage storage. */
#include "storage/state.h"

#include "base/crc32.h"
#include "format/state_record.h"

#include <stddef.h>
#include <string.h>

static bool decode_record(struct slice half, struct state *out_state)
{
    const struct state_record *record = (const struct state_record *)half.data;
    size_t crc_offset = offsetof(struct state_record, crc32);

    if (half.size < sizeof *record ||
        memcmp(record->magic, STATE_MAGIC, sizeof record->magic) != 0 ||
        le32(record->version) != STATE_VERSION ||
        crc32(slice_of(half.data, crc_offset)) != le32(record->crc32)) {
        return false;
    }
    *out_state = (struct state){
        .unlocked = le32(record->lock) == STATE_FLAG_UNLOCKED,
        .unlock_ability = le32(record->unlock_ability) == 1,
        .sequence = le64(record->sequence),
    };
    return true;
}

/* Two records of one sequence do not come from this firmware: then the locked one counts. */
static const struct state *newer(const struct state *a, const struct state *b)
{
    if (a->sequence == b->sequence) {
        return a->unlocked ? b : a;
    }
    return a->sequence > b->sequence ? a : b;
}

enum err state_decode(struct slice half_a, struct slice half_b, struct state *out_state)
{
    struct state a;
    struct state b;
    bool valid_a = decode_record(half_a, &a);
    bool valid_b = decode_record(half_b, &b);

    if (!valid_a && !valid_b) {
        *out_state = (struct state){.unlocked = false, .unlock_ability = false};
        return E_STATE_NONE;
    }
    if (valid_a && valid_b) {
        *out_state = *newer(&a, &b);
    } else {
        *out_state = valid_a ? a : b;
    }
    return OK;
}
