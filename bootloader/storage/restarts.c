/* SPDX-License-Identifier: MIT */
/* Counting early restarts: one word of the NOR for each. Stage storage. */
#include "storage/restarts.h"

#include "format/nor_map.h"
#include "iface/nor.h"

#define WORD_BYTES 4

struct list {
    uint32_t offset; /* of its first word, in the NOR */
    uint32_t used;   /* words */
    uint32_t count;  /* restarts since the last word that says well */
};

static enum err read_list(struct nor *nor, const struct state *state, struct list *out_list)
{
    struct list list = {.offset = state->in_half_b ? NOR_STATE_B_OFFSET : NOR_STATE_A_OFFSET};

    list.offset += STATE_RESTARTS_OFFSET;
    for (; list.used < STATE_RESTARTS_MAX; list.used++) {
        uint8_t bytes[WORD_BYTES];
        uint32_t word;

        TRY(nor->ops->read(nor, list.offset + WORD_BYTES * list.used, sizeof bytes, bytes));
        word = le32(bytes);
        if (word == STATE_RESTARTS_FREE) {
            break;
        }
        list.count = word == STATE_RESTARTS_WELL ? 0 : list.count + 1;
    }
    *out_list = list;
    return OK;
}

static enum err append(struct nor *nor, const struct list *list, uint32_t word)
{
    uint32_t offset = list->offset + WORD_BYTES * list->used;
    uint8_t bytes[WORD_BYTES];

    if (list->used >= STATE_RESTARTS_MAX) {
        return E_NOR_RANGE;
    }
    put_le32(bytes, word);
    TRY(nor->ops->program(nor, offset, slice_of(bytes, sizeof bytes)));
    TRY(nor->ops->read(nor, offset, sizeof bytes, bytes));
    return le32(bytes) == word ? OK : E_NOR_PROGRAM;
}

enum err restarts_read(struct nor *nor, struct state *state)
{
    struct list list;

    TRY(read_list(nor, state, &list));
    state->early_restarts = list.count;
    return OK;
}

enum err restarts_add(struct nor *nor, struct state *state)
{
    struct list list;

    TRY(read_list(nor, state, &list));
    if (list.used + 1 >= STATE_RESTARTS_MAX) { /* the last word is for a ROM that is well */
        TRY(state_commit(nor, state));
        TRY(read_list(nor, state, &list));
    }
    TRY(append(nor, &list, STATE_RESTARTS_EARLY));
    state->early_restarts = list.count + 1;
    return OK;
}

enum err restarts_clear(struct nor *nor, struct state *state)
{
    struct list list;

    if (state->early_restarts == 0) {
        return OK;
    }
    TRY(read_list(nor, state, &list));
    TRY(append(nor, &list, STATE_RESTARTS_WELL));
    state->early_restarts = 0;
    return OK;
}
