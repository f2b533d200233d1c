/* SPDX-License-Identifier: MIT */
/*
 * Deflate, by zlib's inflateBack(): it takes its memory and its input from us, and gives what it
 * unpacked in pieces. Stage boot.
 *
 * The input goes in pieces, too: a block of 45 bytes can say nothing but two new codes, and building
 * their tables is the dearest thing that a byte of a packed kernel can ask for.
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

struct source {
    struct slice packed;
    size_t given;
    struct progress *progress;
    bool stopped;
};

/* The next piece; 0: there is none. */
static unsigned give(void *context, z_const unsigned char **out_next)
{
    struct source *source = context;
    size_t count = MIN(source->packed.size - source->given, UNPACK_PIECE_BYTES);

    if (source->given != 0 && count != 0 &&
        !progress_goes_on(source->progress, source->given, source->packed.size)) {
        source->stopped = true;
        count = 0;
    }
    *out_next = (z_const unsigned char *)source->packed.data + source->given;
    source->given += count;
    return (unsigned)count;
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

enum err unpack_deflate(struct slice packed, struct span out, struct span scratch,
                        struct progress *progress, size_t *out_used, size_t *out_bytes)
{
    struct source source = {.packed = packed, .progress = progress};
    struct sink sink = {.out = out};
    struct heap heap;
    z_stream stream = {.zalloc = take_memory, .zfree = give_back, .opaque = &heap};

    if (scratch.size < UNPACK_SCRATCH_BYTES) {
        return E_SLICE_RANGE;
    }
    heap.left = (struct span){scratch.data + WINDOW_BYTES, scratch.size - WINDOW_BYTES};
    if (inflateBackInit(&stream, WINDOW_BITS, scratch.data) != Z_OK) {
        return E_SLICE_RANGE;
    }
    if (inflateBack(&stream, give, &source, put, &sink) != Z_STREAM_END) {
        return source.stopped ? E_KERNEL_STOPPED : sink.full ? E_KERNEL_LARGE : E_KERNEL_STREAM;
    }
    *out_used = source.given - stream.avail_in;
    *out_bytes = sink.used;
    return OK;
}
