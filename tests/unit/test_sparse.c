/* SPDX-License-Identifier: MIT */
/*
 * fastboot/sparse.h: what is right comes out piece by piece, what is not is refused with its code.
 */
#include "tests/unit/check.h"

#include "fastboot/sparse.h"
#include "format/sparse.h"

#include <stdlib.h>

#define BLOCK 4096u
#define LIMIT (64u * BLOCK)

/*
 * An image with one chunk of each kind: 2 blocks of data, 3 of fill, 4 left out,
 * a checksum: 9 blocks.
 */
#define RAW_AT     28
#define FILL_AT    (RAW_AT + 12 + 2 * BLOCK)
#define SKIP_AT    (FILL_AT + 12 + 4)
#define CRC_AT     (SKIP_AT + 12)
#define GOOD_BYTES (CRC_AT + 12 + 4)

static void put_chunk(uint8_t *at, uint16_t type, uint32_t blocks, uint32_t payload)
{
    put_le16(at, type);
    put_le16(at + 2, 0);
    put_le32(at + 4, blocks);
    put_le32(at + 8, 12 + payload);
}

static void make_header(uint8_t *bytes, uint32_t block_bytes, uint32_t blocks, uint32_t chunks)
{
    put_le32(bytes, SPARSE_MAGIC);
    put_le16(bytes + 4, SPARSE_MAJOR);
    put_le16(bytes + 6, 0);
    put_le16(bytes + 8, 28);
    put_le16(bytes + 10, 12);
    put_le32(bytes + 12, block_bytes);
    put_le32(bytes + 16, blocks);
    put_le32(bytes + 20, chunks);
    put_le32(bytes + 24, 0);
}

static void make_good(uint8_t bytes[GOOD_BYTES])
{
    memset(bytes, 0x11, GOOD_BYTES);
    make_header(bytes, BLOCK, 9, 4);
    put_chunk(bytes + RAW_AT, SPARSE_CHUNK_RAW, 2, 2 * BLOCK);
    put_chunk(bytes + FILL_AT, SPARSE_CHUNK_FILL, 3, 4);
    put_le32(bytes + FILL_AT + 12, 0xa1b2c3d4);
    put_chunk(bytes + SKIP_AT, SPARSE_CHUNK_DONT_CARE, 4, 0);
    put_chunk(bytes + CRC_AT, SPARSE_CHUNK_CRC32, 0, 4);
}

static void pieces_of_a_good_image(void **unused)
{
    uint8_t bytes[GOOD_BYTES];
    struct sparse sparse;
    struct sparse_piece piece;

    make_good(bytes);
    assert_true(sparse_is(slice_of(bytes, sizeof bytes)));
    assert_err(sparse_open(slice_of(bytes, sizeof bytes), LIMIT, &sparse), OK);
    assert_int_equal(sparse.total_bytes, 9 * BLOCK);
    assert_true(sparse_next(&sparse, &piece));
    assert_int_equal(piece.kind, SPARSE_KIND_DATA);
    assert_int_equal(piece.offset_bytes, 0);
    assert_ptr_equal(piece.data.data, bytes + RAW_AT + 12);
    assert_int_equal(piece.data.size, 2 * BLOCK);
    assert_true(sparse_next(&sparse, &piece));
    assert_int_equal(piece.kind, SPARSE_KIND_FILL);
    assert_int_equal(piece.offset_bytes, 2 * BLOCK);
    assert_int_equal(piece.length_bytes, 3 * BLOCK);
    assert_int_equal(le32(piece.fill), 0xa1b2c3d4);
    assert_true(sparse_next(&sparse, &piece));
    assert_int_equal(piece.kind, SPARSE_KIND_SKIP);
    assert_int_equal(piece.offset_bytes, 5 * BLOCK);
    assert_false(sparse_next(&sparse, &piece));
}

static void longer_headers_are_passed_over(void **unused)
{
    uint8_t bytes[32 + 16 + BLOCK] = {0};
    struct sparse sparse;
    struct sparse_piece piece;

    put_le32(bytes, SPARSE_MAGIC);
    put_le16(bytes + 4, SPARSE_MAJOR);
    put_le16(bytes + 8, 32);
    put_le16(bytes + 10, 16);
    put_le32(bytes + 12, BLOCK);
    put_le32(bytes + 16, 1);
    put_le32(bytes + 20, 1);
    put_chunk(bytes + 32, SPARSE_CHUNK_RAW, 1, BLOCK + 4);
    assert_err(sparse_open(slice_of(bytes, sizeof bytes), LIMIT, &sparse), OK);
    assert_true(sparse_next(&sparse, &piece));
    assert_ptr_equal(piece.data.data, bytes + 48);
}

/* A checksum between each two blocks, and chunks of no blocks, as real writers make them. */
static void chunks_of_no_blocks(void **unused)
{
    static const struct {
        uint16_t type;
        uint32_t blocks;
        uint32_t payload;
    } chunks[] = {
        {SPARSE_CHUNK_DONT_CARE, 0, 0}, {SPARSE_CHUNK_FILL, 0, 4}, {SPARSE_CHUNK_RAW, 0, 0},
        {SPARSE_CHUNK_FILL, 1, 4},      {SPARSE_CHUNK_CRC32, 0, 4}, {SPARSE_CHUNK_DONT_CARE, 0, 0},
    };
    uint8_t bytes[28 + 6 * 16] = {0};
    struct sparse sparse;
    struct sparse_piece piece;
    size_t at = 28;

    make_header(bytes, 8, 1, ARRAY_COUNT(chunks));
    for (size_t i = 0; i < ARRAY_COUNT(chunks); i++) {
        put_chunk(bytes + at, chunks[i].type, chunks[i].blocks, chunks[i].payload);
        at += 12 + chunks[i].payload;
    }
    assert_err(sparse_open(slice_of(bytes, at), LIMIT, &sparse), OK);
    assert_true(sparse_next(&sparse, &piece));
    assert_int_equal(piece.kind, SPARSE_KIND_FILL);
    assert_int_equal(piece.length_bytes, 8);
    assert_false(sparse_next(&sparse, &piece));
}

/* Nothing to write is nothing to say OKAY to. */
static void an_image_of_nothing(void **unused)
{
    uint8_t bytes[28] = {0};
    struct sparse sparse;

    make_header(bytes, BLOCK, 0, 0);
    assert_err(sparse_open(slice_of(bytes, sizeof bytes), LIMIT, &sparse), E_SPARSE_HEADER);
}

struct change {
    const char *name;
    enum err err;
    size_t at;
    unsigned width; /* bytes of the value; 0: cut the image there */
    uint32_t value;
};

/* clang-format off */
static const struct change changes[] = {
    {"another magic",                      E_SPARSE_HEADER, 0, 4, 0x3aff26ed},
    {"major 0",                            E_SPARSE_HEADER, 4, 2, 0},
    {"major 2",                            E_SPARSE_HEADER, 4, 2, 2},
    {"header of 0",                        E_SPARSE_HEADER, 8, 2, 0},
    {"header of 27",                       E_SPARSE_HEADER, 8, 2, 27},
    {"header beyond the image",            E_SPARSE_RANGE,  8, 2, 0xffff},
    {"chunk header of 0",                  E_SPARSE_HEADER, 10, 2, 0},
    {"chunk header of 11",                 E_SPARSE_HEADER, 10, 2, 11},
    {"chunk header larger than the image", E_SPARSE_RANGE,  10, 2, 0x7fff},
    {"blocks of 0 bytes",                  E_SPARSE_HEADER, 12, 4, 0},
    {"blocks of 1 byte",                   E_SPARSE_HEADER, 12, 4, 1},
    {"blocks of 2 bytes",                  E_SPARSE_HEADER, 12, 4, 2},
    {"blocks of 4 bytes",                  E_SPARSE_CHUNK,  12, 4, 4},
    {"chunk header larger than a chunk",   E_SPARSE_CHUNK,  10, 2, 0x2010},
    {"blocks of 513 bytes",                E_SPARSE_HEADER, 12, 4, 513},
    {"blocks of 512 bytes",                E_SPARSE_CHUNK,  12, 4, 512},
    {"blocks of 4 GiB less 512",           E_SPARSE_SPACE,  12, 4, 0xfffffe00},
    {"blocks of 2 GiB",                    E_SPARSE_SPACE,  12, 4, 0x80000000},
    {"no blocks",                          E_SPARSE_HEADER, 16, 4, 0},
    {"a block too few",                    E_SPARSE_RANGE,  16, 4, 8},
    {"a block too many",                   E_SPARSE_RANGE,  16, 4, 10},
    {"as many as the partition has",       E_SPARSE_RANGE,  16, 4, 64},
    {"one more than the partition has",    E_SPARSE_SPACE,  16, 4, 65},
    {"2^32 - 1 blocks",                    E_SPARSE_SPACE,  16, 4, 0xffffffff},
    {"2^31 blocks",                        E_SPARSE_SPACE,  16, 4, 0x80000000},
    {"no chunks",                          E_SPARSE_RANGE,  20, 4, 0},
    {"a chunk too few",                    E_SPARSE_RANGE,  20, 4, 3},
    {"a chunk too many",                   E_SPARSE_RANGE,  20, 4, 5},
    {"as many chunks as are taken",        E_SPARSE_RANGE,  20, 4, SPARSE_CHUNKS_MAX},
    {"more chunks than are taken",         E_SPARSE_HEADER, 20, 4, SPARSE_CHUNKS_MAX + 1},
    {"2^32 - 1 chunks",                    E_SPARSE_HEADER, 20, 4, 0xffffffff},
    {"type 0",                             E_SPARSE_CHUNK,  RAW_AT, 2, 0},
    {"type 0xcac0",                        E_SPARSE_CHUNK,  RAW_AT, 2, 0xcac0},
    {"type 0xcac5",                        E_SPARSE_CHUNK,  RAW_AT, 2, 0xcac5},
    {"data called fill",                   E_SPARSE_CHUNK,  RAW_AT, 2, SPARSE_CHUNK_FILL},
    {"data called left out",               E_SPARSE_CHUNK,  RAW_AT, 2, SPARSE_CHUNK_DONT_CARE},
    {"data called checksum",               E_SPARSE_CHUNK,  RAW_AT, 2, SPARSE_CHUNK_CRC32},
    {"data of no blocks",                  E_SPARSE_CHUNK,  RAW_AT + 4, 4, 0},
    {"data of a block more",               E_SPARSE_CHUNK,  RAW_AT + 4, 4, 3},
    {"data of 2^32 - 1 blocks",            E_SPARSE_CHUNK,  RAW_AT + 4, 4, 0xffffffff},
    {"data whose bytes wrap 32 bits",      E_SPARSE_CHUNK,  RAW_AT + 4, 4, 0x00100002},
    {"a chunk of 0 bytes",                 E_SPARSE_CHUNK,  RAW_AT + 8, 4, 0},
    {"a chunk of 11 bytes",                E_SPARSE_CHUNK,  RAW_AT + 8, 4, 11},
    {"a chunk of its header alone",        E_SPARSE_CHUNK,  RAW_AT + 8, 4, 12},
    {"a chunk of a byte more",             E_SPARSE_CHUNK,  RAW_AT + 8, 4, 13 + 2 * BLOCK},
    {"a chunk of 2^32 - 1 bytes",          E_SPARSE_CHUNK,  RAW_AT + 8, 4, 0xffffffff},
    {"fill of no blocks, 3 too few then",  E_SPARSE_RANGE,  FILL_AT + 4, 4, 0},
    {"fill of a block more",               E_SPARSE_RANGE,  FILL_AT + 4, 4, 4},
    {"fill of 2^32 - 1 blocks",            E_SPARSE_RANGE,  FILL_AT + 4, 4, 0xffffffff},
    {"fill with 3 bytes",                  E_SPARSE_CHUNK,  FILL_AT + 8, 4, 15},
    {"fill with 8 bytes",                  E_SPARSE_CHUNK,  FILL_AT + 8, 4, 20},
    {"left out: no blocks, 4 too few then", E_SPARSE_RANGE, SKIP_AT + 4, 4, 0},
    {"left out: a block less",             E_SPARSE_RANGE,  SKIP_AT + 4, 4, 3},
    {"left out: 2^32 - 1 blocks",          E_SPARSE_RANGE,  SKIP_AT + 4, 4, 0xffffffff},
    {"left out, with a payload",           E_SPARSE_CHUNK,  SKIP_AT + 8, 4, 13},
    {"a checksum of a block",              E_SPARSE_CHUNK,  CRC_AT + 4, 4, 1},
    {"a checksum of no bytes",             E_SPARSE_CHUNK,  CRC_AT + 8, 4, 12},
    {"a checksum of 5 bytes",              E_SPARSE_CHUNK,  CRC_AT + 8, 4, 17},
    {"nothing at all",                     E_SPARSE_HEADER, 0, 0, 0},
    {"cut in the header",                  E_SPARSE_HEADER, 27, 0, 0},
    {"cut behind the header",              E_SPARSE_RANGE,  28, 0, 0},
    {"cut in a chunk's header",            E_SPARSE_RANGE,  RAW_AT + 11, 0, 0},
    {"cut behind a chunk's header",        E_SPARSE_RANGE,  RAW_AT + 12, 0, 0},
    {"cut in the data",                    E_SPARSE_RANGE,  FILL_AT - 1, 0, 0},
    {"cut in the fill",                    E_SPARSE_RANGE,  SKIP_AT - 1, 0, 0},
    {"cut before the last byte",           E_SPARSE_RANGE,  GOOD_BYTES - 1, 0, 0},
};
/* clang-format on */

static void bad_images(void **unused)
{
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        const struct change *change = &changes[i];
        size_t size = change->width == 0 ? change->at : GOOD_BYTES;
        uint8_t good[GOOD_BYTES];
        uint8_t *bytes = malloc(size != 0 ? size : 1);
        struct sparse sparse = {.total_bytes = 77};

        make_good(good);
        if (change->width == 2) {
            put_le16(good + change->at, (uint16_t)change->value);
        } else if (change->width == 4) {
            put_le32(good + change->at, change->value);
        }
        memcpy(bytes, good, size);
        assert_err_in(change->name, sparse_open(slice_of(bytes, size), LIMIT, &sparse),
                      change->err);
        assert_int_equal(sparse.total_bytes, 77);
        free(bytes);
    }
    print_message("%zu bad images\n", ARRAY_COUNT(changes));
}

/* Cut anywhere it is refused as what it is, and never taken for a raw image. */
static void cut_anywhere(void **unused)
{
    uint8_t good[GOOD_BYTES];

    make_good(good);
    for (size_t size = 4; size < sizeof good; size++) {
        uint8_t *bytes = malloc(size);
        struct sparse sparse;

        memcpy(bytes, good, size);
        assert_true(sparse_is(slice_of(bytes, size)));
        assert_int_not_equal(sparse_open(slice_of(bytes, size), LIMIT, &sparse), OK);
        free(bytes);
    }
    assert_false(sparse_is(slice_of(good, 3)));
}

static void bytes_behind_the_last_chunk(void **unused)
{
    uint8_t bytes[GOOD_BYTES + 1] = {0};
    struct sparse sparse;

    make_good(bytes);
    assert_err(sparse_open(slice_of(bytes, sizeof bytes), LIMIT, &sparse), E_SPARSE_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_a_good_image),
        cmocka_unit_test(longer_headers_are_passed_over),
        cmocka_unit_test(chunks_of_no_blocks),
        cmocka_unit_test(an_image_of_nothing),
        cmocka_unit_test(bad_images),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(bytes_behind_the_last_chunk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
