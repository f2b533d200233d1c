/* SPDX-License-Identifier: MIT */
/* board/fuses.h: only what the factory burned is believed; the rollback fuses count upwards. */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "board/fuses.h"

#include <stdlib.h>

static void seal(struct fuses_record *record)
{
    put_le32(record->crc32, crc32(slice_of(record, offsetof(struct fuses_record, crc32))));
}

static struct fuses_record good_record(void)
{
    struct fuses_record record = {0};

    memcpy(record.magic, FUSES_MAGIC, sizeof record.magic);
    put_le32(record.version, FUSES_VERSION);
    memcpy(record.codename, "dipper", 6);
    memcpy(record.region, "cn", 2);
    memcpy(record.serial, "8a7b6c5d", 8);
    memset(record.root_key_sha256, 0x5a, sizeof record.root_key_sha256);
    memset(record.rollback, 0xff, sizeof record.rollback);
    seal(&record);
    return record;
}

static enum err decode(const struct fuses_record *record, struct fuses *out_fuses)
{
    return fuses_decode(slice_of(record, sizeof *record), out_fuses);
}

static void good(void **state)
{
    struct fuses_record record = good_record();
    struct fuses fuses;

    assert_err(decode(&record, &fuses), OK);
    assert_string_equal(fuses.codename, "dipper");
    assert_string_equal(fuses.serial, "8a7b6c5d");
    assert_int_equal(fuses.region, REGION_CN);
    assert_memory_equal(fuses.root_key_sha256, record.root_key_sha256, FUSES_KEY_BYTES);
    assert_int_equal(fuses.rollback_index, 0);
}

static void every_length(void **state)
{
    struct fuses_record record = good_record();
    struct fuses fuses;

    for (size_t size = 0; size < sizeof record; size++) {
        uint8_t *bytes = malloc(size + 1);

        memcpy(bytes, &record, size);
        assert_err(fuses_decode(slice_of(bytes, size), &fuses), E_SLICE_RANGE);
        free(bytes);
    }
}

static void blank(void **state)
{
    struct fuses_record record;
    struct fuses fuses;

    memset(&record, 0xff, sizeof record);
    assert_err(decode(&record, &fuses), E_FUSES_BLANK);
    record.rollback[7] = 0x7f;
    assert_err(decode(&record, &fuses), E_FUSES_MAGIC);
    memset(&record, 0, sizeof record);
    assert_err(decode(&record, &fuses), E_FUSES_MAGIC);
}

/* Every bit before the rollback fuses: none is accepted with another meaning. */
static void every_bit(void **state)
{
    struct fuses_record good_one = good_record();
    struct fuses untouched;
    struct fuses fuses;

    memset(&fuses, 0x11, sizeof fuses);
    untouched = fuses;
    for (size_t bit = 0; bit < 8 * offsetof(struct fuses_record, rollback); bit++) {
        struct fuses_record record = good_one;
        enum err err;

        ((uint8_t *)&record)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err = decode(&record, &fuses);
        assert_err(err, bit < 64 ? E_FUSES_MAGIC : bit < 96 ? E_FUSES_VERSION : E_FUSES_CRC);
        assert_memory_equal(&fuses, &untouched, sizeof fuses);
    }
}

/* Records with a right checksum and a wrong value. */
static void values(void **state)
{
    static const struct {
        size_t offset;
        size_t size;
        const char *bytes;
        enum err err;
    } cases[] = {
#define FIELD(field) offsetof(struct fuses_record, field)
        {FIELD(codename), 1, "\0", E_FUSES_VALUE},
        {FIELD(serial), 1, "\0", E_FUSES_VALUE},
        {FIELD(region), 2, "\0\0", E_FUSES_VALUE},
        {FIELD(region), 2, "us", E_FUSES_VALUE},
        {FIELD(region), 2, "CN", E_FUSES_VALUE},
        {FIELD(region), 3, "cnn", E_FUSES_VALUE},
        {FIELD(region), 16, "cncncncncncncncn", E_FUSES_VALUE},
        {FIELD(codename), 32, "dipperdipperdipperdipperdipperdi", E_FUSES_VALUE},
        {FIELD(serial), 32, "dipperdipperdipperdipperdipperdi", E_FUSES_VALUE},
        {FIELD(serial), 4, "a b ", E_FUSES_VALUE}, /* would split a command line */
        {FIELD(serial), 2, "a\n", E_FUSES_VALUE},
        {FIELD(serial), 2, "a\x80", E_FUSES_VALUE},
        {FIELD(serial) + 31, 1, "x", E_FUSES_VALUE}, /* something behind the NUL */
        {FIELD(reserved), 1, "\1", E_FUSES_VALUE},
        {FIELD(version), 1, "\2", E_FUSES_VERSION},
        {FIELD(version), 1, "\0", E_FUSES_VERSION},
        {FIELD(region), 6, "global", OK},
#undef FIELD
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fuses_record record = good_record();
        struct fuses fuses;

        memcpy((uint8_t *)&record + cases[i].offset, cases[i].bytes, cases[i].size);
        seal(&record);
        assert_err(decode(&record, &fuses), cases[i].err);
    }
}

static void rollback(void **state)
{
    struct fuses_record record = good_record();
    struct fuses fuses;

    for (uint32_t fuse = 0; fuse < 64; fuse++) {
        record.rollback[fuse / 8] &= (uint8_t) ~(1u << fuse % 8);
        assert_err(decode(&record, &fuses), OK);
        assert_int_equal(fuses.rollback_index, fuse + 1);
    }
    /* Only the highest counts: a step that was half burned is done. */
    for (uint32_t fuse = 0; fuse < 64; fuse++) {
        memset(record.rollback, 0xff, sizeof record.rollback);
        record.rollback[fuse / 8] &= (uint8_t) ~(1u << fuse % 8);
        assert_err(decode(&record, &fuses), OK);
        assert_int_equal(fuses.rollback_index, fuse + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),      cmocka_unit_test(every_length), cmocka_unit_test(blank),
        cmocka_unit_test(every_bit), cmocka_unit_test(values),       cmocka_unit_test(rollback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
