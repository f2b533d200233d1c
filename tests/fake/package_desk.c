/* SPDX-License-Identifier: MIT */
/* A package for the recovery, and a phone that takes it. */
#include "tests/fake/package_desk.h"

#include <stdlib.h>

struct package_desk package_desk;
uint8_t package_boot_image[PACKAGE_BOOT_BYTES];
const char package_metadata[] = "ota-type=BLOCK\npre-device=dipper\n"
                                "flashlab-version=V9.6.5.0.OEACNFD\nflashlab-region=cn\n"
                                "flashlab-date=20180905\nflashlab-rollback-index=3\n";

static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    uint64_t start = index * RECOVERY_ZIP_BLOCK_BYTES;
    uint64_t left = package_desk.zip.size - start;
    size_t size = left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES;

    (void)context;
    assert_true(start < package_desk.zip.size && index < end);
    package_desk.reads++;
    if (package_desk.fail_from != 0 && package_desk.reads >= package_desk.fail_from) {
        return false;
    }
    memcpy(out, package_desk.zip.data + start, size);
    if (package_desk.reads > package_desk.blocks && package_desk.swap_at >= start &&
        package_desk.swap_at < start + size) {
        out[package_desk.swap_at - start] ^= 1;
    }
    return true;
}

static void no_progress(void *context, uint64_t done_blocks, uint64_t all_blocks)
{
    (void)context;
    assert_true(done_blocks <= all_blocks);
}

static uint8_t *partition(const char *name, uint64_t *out_bytes)
{
    *out_bytes =
        strcmp(name, "vbmeta") == 0 ? sizeof(package_desk.vbmeta) : PACKAGE_PARTITION_BYTES;
    if (strcmp(name, "vbmeta") == 0) {
        return package_desk.vbmeta;
    }
    return strcmp(name, "boot") == 0       ? package_desk.boot
           : strcmp(name, "recovery") == 0 ? package_desk.recovery
           : strcmp(name, "cust") == 0     ? package_desk.cust
                                           : NULL;
}

static bool on_size(void *context, const char *name, uint64_t *out_bytes)
{
    (void)context;
    return partition(name, out_bytes) != NULL;
}

static bool on_write(void *context, const char *name, uint64_t offset, struct slice bytes)
{
    uint64_t room;
    uint8_t *target = partition(name, &room);

    (void)context;
    assert_int_equal(package_desk.begins, 1);
    assert_true(offset + bytes.size <= room);
    if (package_desk.refuse_write || package_desk.write_left == 0) {
        return false;
    }
    package_desk.write_left--;
    package_desk.order[strlen(package_desk.order)] = name[0];
    package_desk.writes++;
    memcpy(target + offset, bytes.data, bytes.size);
    return true;
}

static bool on_finish(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static bool on_begin(void *context, const struct recovery_metadata *metadata)
{
    (void)context;
    assert_string_equal(metadata->product, "dipper");
    package_desk.begins++;
    return true;
}

static void on_progress(void *context, unsigned percent)
{
    (void)context;
    assert_true(percent <= 100);
}

struct recovery_reader package_reader(void)
{
    return (struct recovery_reader){
        .size_bytes = package_desk.zip.size, .read = read_block, .progress = no_progress};
}

enum recovery_fault package_take(void)
{
    const struct recovery_reader reader = package_reader();
    const struct recovery_target target = {.size = on_size,
                                           .write = on_write,
                                           .finish = on_finish,
                                           .begin = on_begin,
                                           .progress = on_progress};
    const struct signing_key *key = fake_root_key();
    static struct recovery_package package;
    enum recovery_fault fault;

    package_desk.reads = 0;
    package_desk.writes = 0;
    package_desk.begins = 0;
    package_desk.blocks =
        (package_desk.zip.size + RECOVERY_ZIP_BLOCK_BYTES - 1) / RECOVERY_ZIP_BLOCK_BYTES;
    memset(package_desk.order, 0, sizeof(package_desk.order));
    fault = recovery_package_check(&package, &reader,
                                   slice_of(key->public_key, sizeof(key->public_key)));
    if (fault == FAULT_NONE) {
        fault = recovery_install(&package, &package_desk.phone, &target);
        recovery_package_free(&package);
    }
    return fault;
}

void package_make_zip(const struct recovery_zip_file *files, size_t count,
                      const struct signing_key *key)
{
    free(package_desk.zip.data);
    package_desk.zip = (struct span){0};
    assert_true(recovery_zip_make(files, count, key, &package_desk.zip));
}

void package_make_good(void)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(package_metadata, strlen(package_metadata))},
        {RECOVERY_ZIP_SCRIPT, slice_of("#", 1)},
        {"boot.img", slice_of(package_boot_image, sizeof(package_boot_image))},
        {"recovery.img", slice_of(package_boot_image, 70000)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    package_make_zip(files, ARRAY_COUNT(files), fake_root_key());
}

/* Just more than a block: for tests that look at many packages. */
void package_make_small(void)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(package_metadata, strlen(package_metadata))},
        {"boot.img", slice_of(package_boot_image, RECOVERY_ZIP_BLOCK_BYTES - 600)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    package_make_zip(files, ARRAY_COUNT(files), fake_root_key());
}

int package_begin(void **state)
{
    (void)state;
    free(package_desk.zip.data);
    memset(&package_desk, 0, sizeof(package_desk));
    package_desk.swap_at = UINT64_MAX;
    package_desk.write_left = SIZE_MAX;
    package_desk.phone = (struct recovery_phone){.product = "dipper",
                                                 .region = "cn",
                                                 .region_held = true,
                                                 .rollback_index = 3,
                                                 .rom_region = "cn",
                                                 .rom_date = 20180905};
    for (size_t i = 0; i < sizeof(package_boot_image); i++) {
        package_boot_image[i] = (uint8_t)(i * 7 + i / 251);
    }
    memset(package_desk.vbmeta, 'o', sizeof(package_desk.vbmeta));
    package_make_good();
    return 0;
}

int package_end(void **state)
{
    (void)state;
    free(package_desk.zip.data);
    package_desk.zip = (struct span){0};
    return 0;
}

void package_assert_fault(enum recovery_fault wanted, const char *what)
{
    enum recovery_fault fault = package_take();

    if (fault != wanted) {
        fail_msg("%s: %s, not %s", what, recovery_fault_name(fault), recovery_fault_name(wanted));
    }
    if (wanted != FAULT_NONE && (package_desk.writes != 0 || package_desk.begins != 0)) {
        fail_msg("%s: something was written", what);
    }
}

uint8_t *package_find_record(uint32_t magic)
{
    for (size_t i = 0; i + 4 <= package_desk.zip.size; i++) {
        if (le32(package_desk.zip.data + i) == magic) {
            return package_desk.zip.data + i;
        }
    }
    fail_msg("no record %08x", magic);
    return NULL;
}
