/* SPDX-License-Identifier: MIT */
/* A boot image on a disk, and its rooms. */
#include "tests/fake/loading.h"

#define SCRATCH_BYTES 65536

/* The rooms are heap memory of exactly their size: the sanitizer sees a byte too far. */
static struct span room_of(size_t size)
{
    struct span span = {.data = test_malloc(size + 1), .size = size};

    memset(span.data, 0x77, size + 1);
    return span;
}

static void put_boot(struct loading *f, struct slice boot, uint32_t block_bytes)
{
    uint64_t blocks = (boot.size + block_bytes - 1) / block_bytes + 1;

    fake_disk_init(&f->disk, LOADING_LBA + blocks, block_bytes);
    memcpy(fake_disk_at(&f->disk, LOADING_LBA), boot.data, boot.size);
    f->parts = (struct verify_parts){{{0}}};
    f->parts.list[PART_BOOT] = (struct partition){
        .disk = &f->disk.block, .first_lba = LOADING_LBA, .size_bytes = blocks * block_bytes};
}

void loading_start(struct loading *f, const struct fake_rom *rom, uint32_t block_bytes)
{
    struct vbmeta_hash_spec hash =
        vbmeta_hash_image("boot", span_slice(rom->boot), slice_of("salt", 3));

    *f = (struct loading){
        .room = {.kernel = room_of(rom->kernel.size),
                 .ramdisk = room_of(rom->ramdisk.size),
                 .scratch = room_of(SCRATCH_BYTES)},
        .verified = {.verdict = VERDICT_AUTHENTIC,
                     .images[PART_BOOT] = {.present = true, .size_bytes = rom->boot.size}},
    };
    digest_init(&f->verified.images[PART_BOOT].salted, HASH_SHA256);
    digest_update(&f->verified.images[PART_BOOT].salted, slice_of("salt", 3));
    memcpy(f->verified.images[PART_BOOT].digest, hash.digest, SHA256_BYTES);
    put_boot(f, span_slice(rom->boot), block_bytes);
}

enum err loading_images(struct loading *f)
{
    memset(&f->image, 0x5a, sizeof f->image);
    return verify_images(&f->parts, PART_BOOT, &f->room, &f->verified, &f->image);
}

void loading_done(struct loading *f)
{
    assert_int_equal(f->disk.writes, 0);
    assert_true(fake_disk_read_once(&f->disk));
    assert_int_equal(f->room.kernel.data[f->room.kernel.size], 0x77);
    assert_int_equal(f->room.ramdisk.data[f->room.ramdisk.size], 0x77);
    fake_disk_free(&f->disk);
    test_free(f->room.kernel.data);
    test_free(f->room.ramdisk.data);
    test_free(f->room.scratch.data);
}

void loading_assert_verdict(const char *name, const struct loading *f, enum verdict verdict,
                            enum err why)
{
    if (f->verified.verdict != verdict || f->verified.why != why) {
        print_error("%s: %s, %s\n", name, verdict_name(f->verified.verdict),
                    err_name(f->verified.why));
        fail();
    }
}

void loading_assert_loaded(const struct loading *f, const struct fake_rom *rom)
{
    assert_int_equal(f->image.kernel_bytes, rom->kernel.size);
    assert_int_equal(f->image.ramdisk_bytes, rom->ramdisk.size);
    assert_memory_equal(f->room.kernel.data, rom->kernel.data, rom->kernel.size);
    assert_memory_equal(f->room.ramdisk.data, rom->ramdisk.data, rom->ramdisk.size);
}
