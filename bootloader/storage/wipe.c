/* SPDX-License-Identifier: MIT */
/* Erasing user data: every block of it, so that nothing of it can be read again. Stage storage. */
#include "storage/wipe.h"

#include "storage/partition_write.h"

static const char *const user_partitions[] = {"userdata", "metadata", "cache"};

enum err wipe_user_data(const struct gpt *gpt)
{
    for (size_t i = 0; i < ARRAY_COUNT(user_partitions); i++) {
        struct partition partition;

        if (gpt_find(gpt, user_partitions[i], &partition) == OK) {
            TRY(partition_zero(&partition, 0, partition.size_bytes));
            TRY(partition_flush(&partition));
        }
    }
    return OK;
}

enum err wipe_when_pending(struct nor *nor, struct state *state, const struct gpt *gpt)
{
    struct state done = *state;

    if (!state->wipe_pending) {
        return OK;
    }
    TRY(wipe_user_data(gpt));
    done.wipe_pending = false;
    TRY(state_commit(nor, &done));
    *state = done;
    return OK;
}
