/* SPDX-License-Identifier: MIT */
/*
 * LZ4: lz4_Block_format.md, in the legacy frame. Stage boot.
 *
 * A block is sequences: a token (lengths of both parts, 15 says: more bytes follow), literals, then
 * where to copy from and how much. The last one ends after its literals.
 */
#include "boot/unpack.h"

#include "format/packed_kernel.h"

#include <string.h>

#define MATCH_MIN  4
#define LENGTH_MAX 15 /* in the token */
#define WORD_BYTES 8
#define LAST_MIN   5 /* literals of the last sequence, unless it is the only one */

/* What a short sequence reads and writes in whole words, whatever its lengths. */
#define SHORT_INPUT (2 * WORD_BYTES + 2)
#define SHORT_ROOM  (LENGTH_MAX + 3 * WORD_BYTES)

/* One block on its way. */
struct block {
    const uint8_t *from;
    const uint8_t *from_end;
    uint8_t *out; /* where the block begins: nothing refers to what is before */
    uint8_t *to;
    uint8_t *to_end;
};

/* Adds the bytes that go on with a length of 15. */
static bool read_length(struct block *block, size_t *length)
{
    uint8_t more;

    if (*length != LENGTH_MAX) {
        return true;
    }
    do {
        if (block->from == block->from_end) {
            return false;
        }
        more = *block->from++;
        *length += more;
    } while (more == 255);
    return true;
}

/* The compiler's own: a load and a store, wherever they point to. */
static inline void copy_word(uint8_t *to, const uint8_t *from)
{
    uint64_t word;

    __builtin_memcpy(&word, from, sizeof word);
    __builtin_memcpy(to, &word, sizeof word);
}

/*
 * Copies a word at a time where both sides have one to spare: what is written too far is written
 * again. A repetition of less than a word is copied by bytes.
 */
static void copy(uint8_t *to, const uint8_t *from, size_t count, bool by_words)
{
    if (by_words) {
        for (size_t i = 0; i < count; i += WORD_BYTES) {
            copy_word(to + i, from + i);
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

static bool take_literals(struct block *block, size_t count)
{
    size_t room = (size_t)(block->to_end - block->to);
    size_t input;

    if (!read_length(block, &count)) {
        return false;
    }
    input = (size_t)(block->from_end - block->from);
    if (count > input || count > room) {
        return false;
    }
    copy(block->to, block->from, count, input - count >= WORD_BYTES && room - count >= WORD_BYTES);
    block->from += count;
    block->to += count;
    return true;
}

static bool take_match(struct block *block, size_t count)
{
    size_t room = (size_t)(block->to_end - block->to);
    size_t distance;

    if (block->from_end - block->from < 2) {
        return false;
    }
    distance = le16(block->from);
    block->from += 2;
    if (!read_length(block, &count)) {
        return false;
    }
    count += MATCH_MIN;
    if (distance == 0 || distance > (size_t)(block->to - block->out) || count > room) {
        return false;
    }
    copy(block->to, block->to - distance, count,
         distance >= WORD_BYTES && room - count >= WORD_BYTES);
    block->to += count;
    return true;
}

/*
 * Nine sequences of ten: lengths that the token holds, and far from both ends. No loops, as every
 * branch costs an emulated processor more than a word too many. False: nothing was taken.
 */
static inline bool take_short(struct block *block, uint8_t token)
{
    const uint8_t *from = block->from;
    uint8_t *to = block->to;
    size_t literals = token >> 4;
    size_t count = token & LENGTH_MAX;
    size_t distance;

    if (literals == LENGTH_MAX || count == LENGTH_MAX || block->from_end - from < SHORT_INPUT ||
        block->to_end - to < SHORT_ROOM) {
        return false;
    }
    distance = le16(from + literals);
    if (distance < WORD_BYTES || distance > (size_t)(to - block->out) + literals) {
        return false;
    }
    copy_word(to, from);
    copy_word(to + WORD_BYTES, from + WORD_BYTES);
    to += literals;
    copy_word(to, to - distance);
    copy_word(to + WORD_BYTES, to - distance + WORD_BYTES);
    copy_word(to + 2 * WORD_BYTES, to - distance + 2 * WORD_BYTES);
    block->from = from + literals + 2;
    block->to = to + count + MATCH_MIN;
    return true;
}

/* False: damaged, or more than `out` takes. */
static bool unpack_block(struct slice packed, struct span out, size_t *out_bytes)
{
    struct block block = {.from = packed.data,
                          .from_end = packed.data + packed.size,
                          .out = out.data,
                          .to = out.data,
                          .to_end = out.data + out.size};

    while (block.from != block.from_end) {
        uint8_t token = *block.from++;
        size_t before = (size_t)(block.to - block.out);

        if (take_short(&block, token)) {
            continue;
        }
        if (!take_literals(&block, token >> 4)) {
            return false;
        }
        if (block.from == block.from_end) {
            *out_bytes = (size_t)(block.to - block.out);
            return before == 0 || *out_bytes - before >= LAST_MIN;
        }
        if (!take_match(&block, token & LENGTH_MAX)) {
            return false;
        }
    }
    return false;
}

/* Nothing but what may stand behind the last block: zeros, or a device tree. */
static bool is_end(struct slice rest)
{
    return slice_is_all(rest, 0) || (rest.size >= 4 && memcmp(rest.data, FDT_MAGIC_BYTES, 4) == 0);
}

/* The next block, behind its size. */
static enum err next_block(struct slice packed, size_t at, struct slice *out_block)
{
    struct slice size;

    if (slice_sub(packed, at, 4, &size) != OK || le32(size.data) > LZ4_BLOCK_PACKED_MAX ||
        slice_sub(packed, at + 4, le32(size.data), out_block) != OK) {
        return E_KERNEL_STREAM;
    }
    return OK;
}

enum err unpack_lz4(struct slice packed, struct span out, struct progress *progress,
                    size_t *out_bytes)
{
    size_t at = sizeof LZ4_LEGACY_MAGIC - 1;
    size_t told = 0;
    size_t used = 0;

    if (packed.size < at) {
        return E_KERNEL_STREAM;
    }
    while (!is_end(slice_of(packed.data + at, packed.size - at))) {
        struct span room = {.data = out.data + used, .size = out.size - used};
        struct slice block;
        size_t count;

        room.size = MIN(room.size, LZ4_BLOCK_BYTES);
        TRY(next_block(packed, at, &block));
        if (!unpack_block(block, room, &count)) {
            return room.size < LZ4_BLOCK_BYTES ? E_KERNEL_LARGE : E_KERNEL_STREAM;
        }
        used += count;
        at += 4 + block.size;
        if (at - told >= UNPACK_PIECE_BYTES) {
            if (!progress_goes_on(progress, at, packed.size)) {
                return E_KERNEL_STOPPED;
            }
            told = at;
        }
    }
    *out_bytes = used;
    return used != 0 ? OK : E_KERNEL_STREAM;
}
