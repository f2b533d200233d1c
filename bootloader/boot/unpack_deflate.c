/* SPDX-License-Identifier: MIT */
/*
 * Deflate, by zlib's inflateBack(): it takes its memory from us and gives what it unpacked in
 * pieces. Stage boot.
 */
#include "boot/unpack.h"

#define Z_SOLO /* nothing of an operating system */
#include <string.h>
#include <zlib.h>

#define WINDOW_BITS  15
#define WINDOW_BYTES (1u << WINDOW_BITS)

/* zlib's own memory, handed out piece by piece and taken back at the end only. */
struct heap {
    struct span left;
};

static voidpf take_memory(voidpf opaque, uInt count, uInt size)
{
    struct heap *heap = opaque;
    size_t wanted = ((size_t)count * size + 15) & ~(size_t)15;
    uint8_t *taken = heap->left.data;

    if (wanted > heap->left.size) {
        return NULL;
    }
    heap->left.data += wanted;
    heap->left.size -= wanted;
    return taken;
}

static void give_back(voidpf opaque, voidpf taken)
{
}

/* All input was there from the beginning: asked for more, there is none. */
static unsigned no_more(void *context, z_const unsigned char **out_next)
{
    *out_next = NULL;
    return 0;
}

struct sink {
    struct span out;
    size_t used;
    bool full;
};

static int put(void *context, unsigned char *bytes, unsigned count)
{
    struct sink *sink = context;

    if (count > sink->out.size - sink->used) {
        sink->full = true;
        return 1;
    }
    memcpy(sink->out.data + sink->used, bytes, count);
    sink->used += count;
    return 0;
}

enum err unpack_deflate(struct slice packed, struct span out, struct span scratch, size_t *out_used,
                        size_t *out_bytes)
{
    struct sink sink = {.out = out};
    struct heap heap;
    z_stream stream = {.zalloc = take_memory, .zfree = give_back, .opaque = &heap};

    if (scratch.size < UNPACK_SCRATCH_BYTES || packed.size > UINT32_MAX) {
        return E_SLICE_RANGE;
    }
    heap.left = (struct span){scratch.data + WINDOW_BYTES, scratch.size - WINDOW_BYTES};
    if (inflateBackInit(&stream, WINDOW_BITS, scratch.data) != Z_OK) {
        return E_SLICE_RANGE;
    }
    stream.next_in = (z_const Bytef *)packed.data;
    stream.avail_in = (uInt)packed.size;
    if (inflateBack(&stream, no_more, NULL, put, &sink) != Z_STREAM_END) {
        return sink.full ? E_KERNEL_LARGE : E_KERNEL_STREAM;
    }
    *out_used = packed.size - stream.avail_in;
    *out_bytes = sink.used;
    return OK;
}
