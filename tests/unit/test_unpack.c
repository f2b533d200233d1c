/* SPDX-License-Identifier: MIT */
/*
 * boot/unpack.h: what gzip, zlib and liblz4 pack comes out as it was, and nothing else does; never
 * a byte beyond the room.
 */
#include "tests/unit/check.h"

#include "boot/unpack.h"
#include "format/packed_kernel.h"

#include <lz4.h>
#include <lz4hc.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_BITS (15 + 16)

/* Heap memory of exactly its size: the sanitizer sees a byte too far. */
static struct span bytes_of(size_t size)
{
    return (struct span){.data = test_malloc(size), .size = size};
}

/* Something between text and noise: repetitions of all distances, literals of all lengths. */
static struct span plain_of(size_t size, unsigned seed)
{
    struct span plain = bytes_of(size);
    uint32_t random = seed * 2654435761u + 1;

    for (size_t i = 0; i < size;) {
        size_t run;

        random = random * 1664525u + 1013904223u;
        run = 1 + (random >> 24) % (1u + (random >> 12) % 300);
        for (size_t j = 0; j < run && i < size; j++, i++) {
            size_t distance = 1 + (random >> 8) % 70000;

            plain.data[i] = (random & 3) != 0 && distance <= i ? plain.data[i - distance]
                                                               : (uint8_t)(random >> (j % 24));
        }
    }
    return plain;
}

static struct span pack_gzip(struct slice plain, gz_header *header)
{
    z_stream stream = {0};
    struct span packed;

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, GZIP_BITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    if (header != NULL) {
        assert_int_equal(deflateSetHeader(&stream, header), Z_OK);
    }
    packed = bytes_of(deflateBound(&stream, plain.size) + 100);
    stream.next_in = (Bytef *)plain.data;
    stream.avail_in = (uInt)plain.size;
    stream.next_out = packed.data;
    stream.avail_out = (uInt)packed.size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size = stream.total_out;
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return packed;
}

static struct span pack_lz4(struct slice plain, int level)
{
    size_t blocks = plain.size / LZ4_BLOCK_BYTES + 1;
    struct span packed = bytes_of(4 + plain.size + plain.size / 255 + blocks * (4 + 16));
    size_t to = 4;

    memcpy(packed.data, LZ4_LEGACY_MAGIC, 4);
    for (size_t at = 0; at < plain.size; at += LZ4_BLOCK_BYTES) {
        size_t size = plain.size - at < LZ4_BLOCK_BYTES ? plain.size - at : LZ4_BLOCK_BYTES;
        const char *from = (const char *)plain.data + at;
        char *out = (char *)packed.data + to + 4;
        int most = LZ4_compressBound((int)size);
        int count = level == 0 ? LZ4_compress_default(from, out, (int)size, most)
                               : LZ4_compress_HC(from, out, (int)size, most, level);

        assert_true(count > 0);
        put_le32(packed.data + to, (uint32_t)count);
        to += 4 + (size_t)count;
    }
    packed.size = to;
    return packed;
}

static enum err unpack(enum packing packing, struct slice packed, size_t room_bytes,
                       struct span *out_plain)
{
    struct span scratch = bytes_of(UNPACK_SCRATCH_BYTES);
    size_t count = 0;
    enum err err;

    *out_plain = bytes_of(room_bytes);
    err = packing == PACKING_LZ4 ? unpack_lz4(packed, *out_plain, NULL, &count)
                                 : unpack_gzip(packed, *out_plain, scratch, NULL, &count);
    out_plain->size = count;
    test_free(scratch.data);
    return err;
}

/* `packed`, as it is and with a device tree behind it, comes out as `plain`. */
static void assert_unpacks(enum packing packing, struct slice packed, struct slice plain)
{
    struct span with_tree = bytes_of(packed.size + 40);

    memset(with_tree.data, 0x5a, with_tree.size);
    memcpy(with_tree.data, packed.data, packed.size);
    memcpy(with_tree.data + packed.size, FDT_MAGIC_BYTES, 4);
    for (size_t i = 0; i < 2; i++) {
        struct span out;

        assert_err(unpack(packing, i == 0 ? packed : span_slice(with_tree), plain.size, &out), OK);
        assert_int_equal(out.size, plain.size);
        assert_memory_equal(out.data, plain.data, plain.size);
        test_free(out.data);
    }
    test_free(with_tree.data);
}

static void what_is_packed_comes_out(void **state)
{
    static const size_t sizes[] = {1,     12,    13,     64,       255,      4096,     65535,
                                   65536, 70001, 300000, 0x800000, 0x800001, 0x1000123};

    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct span plain = plain_of(sizes[i], (unsigned)i);
        struct span packed = pack_gzip(span_slice(plain), NULL);

        assert_unpacks(PACKING_GZIP, span_slice(packed), span_slice(plain));
        test_free(packed.data);
        for (int level = 0; level <= 9; level += 9) {
            packed = pack_lz4(span_slice(plain), level);
            assert_unpacks(PACKING_LZ4, span_slice(packed), span_slice(plain));
            test_free(packed.data);
        }
        test_free(plain.data);
    }
}

static void bytes_that_repeat(void **state)
{
    for (size_t distance = 1; distance <= 20; distance++) {
        for (size_t size = 100; size < 140; size++) {
            struct span plain = bytes_of(size);
            struct span packed;

            for (size_t i = 0; i < size; i++) {
                plain.data[i] = (uint8_t)(i % distance * 7);
            }
            packed = pack_lz4(span_slice(plain), 9);
            assert_unpacks(PACKING_LZ4, span_slice(packed), span_slice(plain));
            test_free(packed.data);
            test_free(plain.data);
        }
    }
}

static void every_field_of_gzips_header(void **state)
{
    static uint8_t extra[300];
    struct span plain = plain_of(5000, 7);

    for (unsigned fields = 0; fields < 16; fields++) {
        gz_header header = {
            .extra = (fields & 1) != 0 ? extra : NULL,
            .extra_len = (fields & 1) != 0 ? sizeof extra : 0,
            .name = (fields & 2) != 0 ? (Bytef *)"Image" : NULL,
            .comment = (fields & 4) != 0 ? (Bytef *)"a kernel" : NULL,
            .hcrc = (fields & 8) != 0,
        };
        struct span packed = pack_gzip(span_slice(plain), &header);

        assert_unpacks(PACKING_GZIP, span_slice(packed), span_slice(plain));
        test_free(packed.data);
    }
    test_free(plain.data);
}

static void a_byte_too_large_is_refused(void **state)
{
    static const size_t sizes[] = {100, 40000, 0x800000, 0x800064};

    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct span plain = plain_of(sizes[i], 3);
        struct span packed[] = {pack_gzip(span_slice(plain), NULL), pack_lz4(span_slice(plain), 9)};

        for (size_t j = 0; j < ARRAY_COUNT(packed); j++) {
            struct span out;

            assert_err(unpack(j == 0 ? PACKING_GZIP : PACKING_LZ4, span_slice(packed[j]),
                              sizes[i] - 1, &out),
                       E_KERNEL_LARGE);
            test_free(out.data);
            test_free(packed[j].data);
        }
        test_free(plain.data);
    }
}

/* LZ4 has no end and no checksum: what is cut between two blocks is shorter. */
static void every_cut_is_seen(void **state)
{
    struct span plain = plain_of(3000, 5);
    struct span packed[] = {pack_gzip(span_slice(plain), NULL), pack_lz4(span_slice(plain), 9)};

    for (size_t j = 0; j < ARRAY_COUNT(packed); j++) {
        for (size_t size = 0; size < packed[j].size; size++) {
            struct span cut = bytes_of(size);
            struct span out;

            memcpy(cut.data, packed[j].data, size);
            assert_err(
                unpack(j == 0 ? PACKING_GZIP : PACKING_LZ4, span_slice(cut), plain.size, &out),
                E_KERNEL_STREAM);
            test_free(out.data);
            test_free(cut.data);
        }
        test_free(packed[j].data);
    }
    test_free(plain.data);
}

/* gzip has a checksum: every bit behind its header counts, but those that fill the last byte. */
static void every_bit_of_gzip_counts(void **state)
{
    struct span plain = plain_of(1000, 9);
    struct span packed = pack_gzip(span_slice(plain), NULL);
    size_t passed = 0;

    for (size_t bit = GZIP_HEADER_BYTES * 8; bit < packed.size * 8; bit++) {
        struct span out;
        enum err err;

        packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err = unpack(PACKING_GZIP, span_slice(packed), plain.size, &out);
        if (err == OK) {
            passed++;
            assert_memory_equal(out.data, plain.data, plain.size);
        } else {
            assert_true(err == E_KERNEL_STREAM || err == E_KERNEL_LARGE);
        }
        test_free(out.data);
        packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(passed < 8);
    test_free(packed.data);
    test_free(plain.data);
}

/* Any change of an LZ4 block: what liblz4 makes of it we make of it, what it refuses we refuse. */
static void damaged_lz4_as_liblz4_sees_it(void **state)
{
    struct span plain = plain_of(700, 11);
    struct span packed = pack_lz4(span_slice(plain), 9);
    char theirs[800];
    size_t refused = 0;

    for (size_t bit = 8 * 8; bit < packed.size * 8; bit++) {
        struct span out;
        int count;
        enum err err;

        packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(theirs, 0, sizeof theirs);
        count = LZ4_decompress_safe((const char *)packed.data + 8, theirs, (int)packed.size - 8,
                                    sizeof theirs);
        err = unpack(PACKING_LZ4, span_slice(packed), sizeof theirs, &out);
        if (count > 0) {
            assert_err(err, OK);
            assert_int_equal(out.size, count);
            assert_memory_equal(out.data, theirs, out.size);
        } else {
            refused += err != OK;
        }
        test_free(out.data);
        packed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(refused > 100);
    test_free(packed.data);
    test_free(plain.data);
}

static void in_place_and_again(void **state)
{
    static const struct {
        const char *name;
        enum packing packing;
        enum err expected;
    } cases[] = {
        {"gzip", PACKING_GZIP, OK},
        {"lz4", PACKING_LZ4, OK},
        {"other", PACKING_OTHER, E_KERNEL_PACKING},
    };
    struct span plain = plain_of(200000, 13);
    struct span scratch = bytes_of(UNPACK_SCRATCH_BYTES);

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span packed = cases[i].packing == PACKING_LZ4 ? pack_lz4(span_slice(plain), 9)
                                                             : pack_gzip(span_slice(plain), NULL);
        struct boot_image image = {.packing = cases[i].packing, .kernel_bytes = packed.size};
        struct span room = bytes_of(plain.size + packed.size);

        memcpy(room.data + boot_image_kernel_place(&image, room.size), packed.data, packed.size);
        for (size_t turn = 0; turn < 2; turn++) {
            size_t count = 1;

            assert_err_in(cases[i].name, unpack_kernel(room, &image, scratch, NULL, &count),
                          cases[i].expected);
            if (cases[i].expected == OK) {
                assert_int_equal(count, plain.size);
                assert_memory_equal(room.data, plain.data, plain.size);
            }
        }
        room.data++; /* one less */
        room.size--;
        if (cases[i].expected == OK) {
            size_t count;

            assert_err(unpack_kernel(room, &image, scratch, NULL, &count), E_KERNEL_LARGE);
        }
        test_free(room.data - 1);
        test_free(packed.data);
    }
    test_free(scratch.data);
    test_free(plain.data);
}

static void packers_by_their_magic(void **state)
{
    static const struct {
        const char *bytes;
        size_t count;
        enum packing packing;
    } cases[] = {
        {GZIP_MAGIC, 3, PACKING_GZIP},       {GZIP_MAGIC, 2, PACKING_NONE},
        {LZ4_LEGACY_MAGIC, 4, PACKING_LZ4},  {LZ4_FRAME_MAGIC, 4, PACKING_OTHER},
        {ZSTD_MAGIC, 4, PACKING_OTHER},      {XZ_MAGIC, 4, PACKING_OTHER},
        {BZIP2_MAGIC, 3, PACKING_OTHER},     {"MZ\0\0" ZBOOT_MAGIC, 8, PACKING_OTHER},
        {"MZ\0\0\0\0\0\0", 8, PACKING_NONE}, {"", 0, PACKING_NONE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(boot_image_packing(slice_of(cases[i].bytes, cases[i].count)),
                         cases[i].packing);
    }
}

/* Who is told after each piece, and has enough when it was told `most` times. */
struct listener {
    struct progress progress;
    uint64_t last;
    unsigned told;
    unsigned most;
};

static bool listen(struct progress *progress, uint64_t done, uint64_t total)
{
    struct listener *listener = CONTAINER_OF(progress, struct listener, progress);

    assert_true(done - listener->last >= UNPACK_PIECE_BYTES && done <= total);
    listener->last = done;
    return ++listener->told < listener->most;
}

static void it_is_told_and_may_end_it(void **state)
{
    static const struct progress_ops ops = {.at = listen};
    struct span noise = plain_of(300000, 0);
    struct span scratch = bytes_of(UNPACK_SCRATCH_BYTES);
    struct span out = bytes_of(noise.size);
    struct span packed;
    size_t count;

    for (size_t i = 0; i < noise.size; i++) {
        noise.data[i] = (uint8_t)(i * i * 2654435761u >> 13);
    }
    packed = pack_gzip(span_slice(noise), NULL);
    for (unsigned most = 1; most < 20; most++) {
        struct listener listener = {.progress = {&ops}, .most = most};
        unsigned pieces = (unsigned)((packed.size - 1) / UNPACK_PIECE_BYTES);
        enum err err = unpack_gzip(span_slice(packed), out, scratch, &listener.progress, &count);

        assert_true(pieces > 2);
        assert_err(err, most <= pieces ? E_KERNEL_STOPPED : OK);
        assert_int_equal(listener.told, most <= pieces ? most : pieces);
    }
    test_free(packed.data);
    test_free(out.data);
    test_free(scratch.data);
    test_free(noise.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_out),
        cmocka_unit_test(bytes_that_repeat),
        cmocka_unit_test(every_field_of_gzips_header),
        cmocka_unit_test(a_byte_too_large_is_refused),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(every_bit_of_gzip_counts),
        cmocka_unit_test(damaged_lz4_as_liblz4_sees_it),
        cmocka_unit_test(in_place_and_again),
        cmocka_unit_test(it_is_told_and_may_end_it),
        cmocka_unit_test(packers_by_their_magic),
    };

    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
