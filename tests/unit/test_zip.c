/* SPDX-License-Identifier: MIT */
/* recovery/zip.h: zips that are none, though the maker signed them. */
#include "tests/fake/package_desk.h"

#include <stdio.h>
#include <stdlib.h>

/* Damage that was signed all the same. `at` counts from the record that begins with `magic`. */
struct signed_damage {
    const char *name;
    uint32_t magic;
    size_t at;
    uint8_t value;
    enum recovery_fault fault;
};

static void test_signed_damage(void **state)
{
    static const struct signed_damage cases[] = {
        {"end: magic", ZIP_END_MAGIC, 3, 0, FAULT_ZIP_END},
        {"end: disk", ZIP_END_MAGIC, 4, 1, FAULT_ZIP_END},
        {"end: directory's disk", ZIP_END_MAGIC, 6, 1, FAULT_ZIP_END},
        {"end: entries here", ZIP_END_MAGIC, 8, 1, FAULT_ZIP_END},
        {"end: entries", ZIP_END_MAGIC, 10, 4, FAULT_ZIP_END},
        {"end: directory's size", ZIP_END_MAGIC, 12, 1, FAULT_ZIP_END},
        {"end: directory's place", ZIP_END_MAGIC, 16, 1, FAULT_ZIP_END},
        {"directory: magic", ZIP_CENTRAL_MAGIC, 0, 0, FAULT_ZIP_CENTRAL},
        {"directory: version", ZIP_CENTRAL_MAGIC, 6, 45, FAULT_ZIP_CENTRAL},
        {"directory: encrypted", ZIP_CENTRAL_MAGIC, 8, 1, FAULT_ZIP_CENTRAL},
        {"directory: sizes behind", ZIP_CENTRAL_MAGIC, 8, 8, FAULT_ZIP_CENTRAL},
        {"directory: deflated", ZIP_CENTRAL_MAGIC, 10, 8, FAULT_ZIP_CENTRAL},
        {"directory: time", ZIP_CENTRAL_MAGIC, 12, 1, FAULT_ZIP_LOCAL},
        {"directory: sum", ZIP_CENTRAL_MAGIC, 16, 1, FAULT_ZIP_LOCAL},
        {"directory: packed size", ZIP_CENTRAL_MAGIC, 20, 1, FAULT_ZIP_CENTRAL},
        {"directory: size", ZIP_CENTRAL_MAGIC, 24, 1, FAULT_ZIP_CENTRAL},
        {"directory: no name", ZIP_CENTRAL_MAGIC, 28, 0, FAULT_ZIP_NAME},
        {"directory: long name", ZIP_CENTRAL_MAGIC, 28, 64, FAULT_ZIP_NAME},
        {"directory: extra", ZIP_CENTRAL_MAGIC, 30, 4, FAULT_ZIP_CENTRAL},
        {"directory: comment", ZIP_CENTRAL_MAGIC, 32, 4, FAULT_ZIP_CENTRAL},
        {"directory: disk", ZIP_CENTRAL_MAGIC, 34, 1, FAULT_ZIP_CENTRAL},
        {"directory: place", ZIP_CENTRAL_MAGIC, 42, 1, FAULT_ZIP_GAP},
        {"directory: absolute name", ZIP_CENTRAL_MAGIC, 46, '/', FAULT_ZIP_NAME},
        {"directory: name with NUL", ZIP_CENTRAL_MAGIC, 47, 0, FAULT_ZIP_NAME},
        {"directory: name with an escape", ZIP_CENTRAL_MAGIC, 47, 27, FAULT_ZIP_NAME},
        {"directory: other name", ZIP_CENTRAL_MAGIC, 46, 'N', FAULT_ZIP_LOCAL},
        {"local: magic", ZIP_LOCAL_MAGIC, 2, 0, FAULT_ZIP_LOCAL},
        {"local: version", ZIP_LOCAL_MAGIC, 4, 20, FAULT_ZIP_LOCAL},
        {"local: flags", ZIP_LOCAL_MAGIC, 6, 8, FAULT_ZIP_LOCAL},
        {"local: deflated", ZIP_LOCAL_MAGIC, 8, 8, FAULT_ZIP_LOCAL},
        {"local: sum", ZIP_LOCAL_MAGIC, 14, 1, FAULT_ZIP_LOCAL},
        {"local: size", ZIP_LOCAL_MAGIC, 22, 1, FAULT_ZIP_LOCAL},
        {"local: name's length", ZIP_LOCAL_MAGIC, 26, 1, FAULT_ZIP_LOCAL},
        {"local: extra", ZIP_LOCAL_MAGIC, 28, 1, FAULT_ZIP_LOCAL},
        {"local: name", ZIP_LOCAL_MAGIC, 30, 'N', FAULT_ZIP_LOCAL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        package_make_good();
        package_find_record(cases[i].magic)[cases[i].at] = cases[i].value;
        assert_true(recovery_zip_seal(fake_root_key(), package_desk.zip));
        package_assert_fault(cases[i].fault, cases[i].name);
    }
}

static void test_names(void **state)
{
    static const char *const names[] = {"../boot.img", "a/../b", "/boot.img", "boot.img/",
                                        "a//b",        "a\\b",   "a b",       "b\xc3\xb6t"};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const struct recovery_zip_file file = {names[i], slice_of("x", 1)};

        package_make_zip(&file, 1, fake_root_key());
        package_assert_fault(FAULT_ZIP_NAME, names[i]);
    }
}

/* Bytes that belong to no file and no record: behind the last record of the directory. */
static void test_hidden_bytes(void **state)
{
    static const char hidden[] = "hidden";
    size_t end = (size_t)(package_find_record(ZIP_END_MAGIC) - package_desk.zip.data);
    size_t size = sizeof(hidden);

    (void)state;
    package_desk.zip.data = realloc(package_desk.zip.data, package_desk.zip.size + size);
    assert_non_null(package_desk.zip.data);
    memmove(package_desk.zip.data + end + size, package_desk.zip.data + end,
            package_desk.zip.size - end);
    memcpy(package_desk.zip.data + end, hidden, size);
    package_desk.zip.size += size;
    put_le32(package_desk.zip.data + end + size + 12,
             le32(package_desk.zip.data + end + size + 12) + (uint32_t)size);
    assert_true(recovery_zip_seal(fake_root_key(), package_desk.zip));
    package_assert_fault(FAULT_ZIP_GAP, "hidden");
}

static void test_twice_and_none(void **state)
{
    const struct recovery_zip_file files[] = {{"boot.img", slice_of("x", 1)},
                                              {"boot.img", slice_of("y", 1)}};

    (void)state;
    package_make_zip(files, 2, fake_root_key());
    package_assert_fault(FAULT_ZIP_NAME, "twice");
    package_make_zip(files, 0, fake_root_key());
    package_assert_fault(FAULT_ZIP_END, "none");
}

/* The parts of package_desk.zip: files, directory, end. */
struct parts {
    uint8_t *bytes;
    size_t central;
    size_t end;
};

static struct parts parts_of_many(size_t first, size_t count)
{
    struct recovery_zip_file files[RECOVERY_ZIP_FILES_MAX];
    char names[RECOVERY_ZIP_FILES_MAX][16];
    struct zip_end *end;

    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "file-%zu", first + i);
        files[i] = (struct recovery_zip_file){names[i], slice_of("x", 1)};
    }
    package_make_zip(files, count, fake_root_key());
    end = (struct zip_end *)package_find_record(ZIP_END_MAGIC);
    return (struct parts){
        .bytes = memcpy(test_malloc(package_desk.zip.size), package_desk.zip.data,
                        package_desk.zip.size),
        .central = le32(end->central_offset),
        .end = (size_t)((uint8_t *)end - package_desk.zip.data),
    };
}

/* The directory of one zip, behind those before it: its files lie `shift` bytes further on. */
static size_t append_directory(uint8_t *to, const struct parts *parts, size_t shift)
{
    size_t size = parts->end - parts->central;

    memcpy(to, parts->bytes + parts->central, size);
    for (size_t at = 0; at < size;) {
        struct zip_central *record = (struct zip_central *)(to + at);

        put_le32(record->offset, le32(record->offset) + (uint32_t)shift);
        at += sizeof(*record) + le16(record->name_bytes);
    }
    return size;
}

/* Zips made into one: the last one's end, with the sums of all. */
static void join(const struct parts *parts, size_t count, size_t files)
{
    size_t tail = package_desk.zip.size - parts[count - 1].end;
    uint8_t *bytes = calloc(count, package_desk.zip.size + 4096);
    struct zip_end *end;
    size_t central;
    size_t shift = 0;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + at, parts[i].bytes, parts[i].central);
        at += parts[i].central;
    }
    central = at;
    for (size_t i = 0; i < count; i++) {
        at += append_directory(bytes + at, &parts[i], shift);
        shift += parts[i].central;
    }
    end = (struct zip_end *)(bytes + at);
    memcpy(end, parts[count - 1].bytes + parts[count - 1].end, tail);
    put_le16(end->disk_entries, (uint16_t)files);
    put_le16(end->entries, (uint16_t)files);
    put_le32(end->central_offset, (uint32_t)central);
    put_le32(end->central_bytes, (uint32_t)(at - central));
    free(package_desk.zip.data);
    package_desk.zip = (struct span){bytes, at + tail};
    assert_true(recovery_zip_seal(fake_root_key(), package_desk.zip));
}

/* As many as are kept track of, which lack what a package needs; and one more. */
static void test_too_many_files(void **state)
{
    (void)state;
    for (size_t files = RECOVERY_FILES_MAX; files <= RECOVERY_FILES_MAX + 1; files++) {
        struct parts parts[] = {parts_of_many(0, 16), parts_of_many(16, 16), parts_of_many(32, 1)};
        size_t count = files <= 32 ? 2 : 3;

        if (count == 2) {
            test_free(parts[1].bytes);
            parts[1] = parts_of_many(16, 16); /* the last one made is the one whose end counts */
        }
        join(parts, count, files);
        package_assert_fault(files <= RECOVERY_FILES_MAX ? FAULT_METADATA : FAULT_ZIP_END,
                             "many files");
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            test_free(parts[i].bytes);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_signed_damage, package_begin),
        cmocka_unit_test_setup(test_names, package_begin),
        cmocka_unit_test_setup(test_hidden_bytes, package_begin),
        cmocka_unit_test_setup(test_too_many_files, package_begin),
        cmocka_unit_test_setup_teardown(test_twice_and_none, package_begin, package_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
