/* SPDX-License-Identifier: MIT */
/* Large pieces of memory, used again. */
#include "tests/fake/fake_memory.h"

#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECES_MAX  32
#define ALIGN_BYTES 0x200000

static struct piece {
    void *bytes;
    size_t size;
    bool taken;
} pieces[PIECES_MAX];

/* One of this size that nobody has; of size 0: a place for a new one. NULL: none. */
static struct piece *find(size_t size)
{
    for (size_t i = 0; i < PIECES_MAX; i++) {
        if (pieces[i].size == size && !pieces[i].taken) {
            return &pieces[i];
        }
    }
    return NULL;
}

static void *get(size_t size)
{
    void *bytes = NULL;

    if (posix_memalign(&bytes, ALIGN_BYTES, size) != 0) {
        fprintf(stderr, "fake memory: none of %zu bytes\n", size);
        abort();
    }
    return bytes;
}

void *fake_memory_take(size_t size)
{
    struct piece *piece = size != 0 ? find(size) : NULL;

    if (piece != NULL) {
        ASAN_UNPOISON_MEMORY_REGION(piece->bytes, size);
        piece->taken = true;
        return piece->bytes;
    }
    piece = size != 0 ? find(0) : NULL;
    if (piece == NULL) {
        return get(size != 0 ? size : 1);
    }
    *piece = (struct piece){.bytes = get(size), .size = size, .taken = true};
    return piece->bytes;
}

void fake_memory_give(void *bytes)
{
    for (size_t i = 0; bytes != NULL && i < PIECES_MAX; i++) {
        if (pieces[i].bytes == bytes) {
            ASAN_POISON_MEMORY_REGION(bytes, pieces[i].size);
            pieces[i].taken = false;
            return;
        }
    }
    free(bytes);
}
