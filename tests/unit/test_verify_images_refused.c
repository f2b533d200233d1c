/* SPDX-License-Identifier: MIT */
/* verify/verify.h, the images: those that cannot be loaded, and a disk that fails meanwhile. */
#include "tests/fake/loading.h"

static void blank_boot_is_no_rom(void **state)
{
    static const uint8_t values[] = {0x00, 0xff};
    static const enum verdict before[] = {VERDICT_AUTHENTIC, VERDICT_BAD_SIGNATURE,
                                          VERDICT_WRONG_KEY};

    for (size_t i = 0; i < ARRAY_COUNT(values) * ARRAY_COUNT(before); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        struct fake_rom rom;
        struct loading f;

        fake_rom_make(&spec, &rom);
        memset(rom.boot.data, values[i % 2], rom.boot.size);
        loading_start(&f, &rom, i < 3 ? 512 : 4096);
        memset(fake_disk_at(&f.disk, LOADING_LBA), values[i % 2],
               f.parts.list[PART_BOOT].size_bytes);
        f.verified.verdict = before[i / 2];
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("blank", &f, VERDICT_NO_ROM, E_BOOT_IMAGE_MAGIC);
        assert_int_equal(f.image.kernel_bytes, 0);
        loading_done(&f);
        fake_rom_free(&rom);
    }
}

enum spoil {
    SPOIL_MAGIC,
    SPOIL_PAGE,
    SPOIL_KERNEL_SIZE,
    SPOIL_KERNEL_ROOM,
    SPOIL_RAMDISK_ROOM,
    SPOIL_PARTITION,
};

static void spoil(struct loading *f, enum spoil what)
{
    struct boot_image_header *header =
        (struct boot_image_header *)fake_disk_at(&f->disk, LOADING_LBA);

    switch (what) {
    case SPOIL_MAGIC:
        header->magic[7] ^= 1;
        break;
    case SPOIL_PAGE:
        header->page_bytes[1] ^= 1;
        break;
    case SPOIL_KERNEL_SIZE:
        header->kernel_bytes[3] = 0xff;
        break;
    case SPOIL_KERNEL_ROOM:
        f->room.kernel.size--;
        break;
    case SPOIL_RAMDISK_ROOM:
        f->room.ramdisk.size--;
        break;
    case SPOIL_PARTITION:
        f->parts.list[PART_BOOT].size_bytes = 1024;
        break;
    }
}

static void what_cannot_be_loaded_is_not(void **state)
{
    static const struct {
        enum spoil what;
        enum err why;
    } cases[] = {
        {SPOIL_MAGIC, E_BOOT_IMAGE_MAGIC},        {SPOIL_PAGE, E_BOOT_IMAGE_PAGE_SIZE},
        {SPOIL_KERNEL_SIZE, E_BOOT_IMAGE_RANGE},  {SPOIL_KERNEL_ROOM, E_BOOT_IMAGE_RANGE},
        {SPOIL_RAMDISK_ROOM, E_BOOT_IMAGE_RANGE}, {SPOIL_PARTITION, E_SLICE_RANGE},
    };

    for (size_t i = 0; i < 2 * ARRAY_COUNT(cases); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        bool was_authentic = i % 2 == 0;
        struct fake_rom rom;
        struct loading f;

        fake_rom_make(&spec, &rom);
        loading_start(&f, &rom, 512);
        f.verified.verdict = was_authentic ? VERDICT_AUTHENTIC : VERDICT_BAD_SIGNATURE;
        spoil(&f, cases[i / 2].what);
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("spoilt", &f, was_authentic ? VERDICT_BAD_HASH : VERDICT_NO_ROM,
                               cases[i / 2].why);
        assert_int_equal(f.image.kernel_bytes, 0);
        assert_true(slice_is_all(span_slice(f.room.kernel), 0x77));
        assert_true(slice_is_all(span_slice(f.room.ramdisk), 0x77));
        f.room.kernel.size = rom.kernel.size;
        f.room.ramdisk.size = rom.ramdisk.size;
        loading_done(&f);
        fake_rom_free(&rom);
    }
}

static void the_disk_fails_at_each_request(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    unsigned requests = 1;

    spec.kernel_bytes = 0x280800;
    fake_rom_make(&spec, &rom);
    for (unsigned at = 1; at <= requests; at++) {
        struct loading f;

        loading_start(&f, &rom, 4096);
        if (at == 1) {
            assert_err(loading_images(&f), OK);
            requests = f.disk.requests;
            assert_true(requests > 4);
            f.verified.verdict = VERDICT_AUTHENTIC;
            fake_disk_forget(&f.disk);
        }
        f.disk.fail_at = at;
        assert_err(loading_images(&f), E_BLOCK_IO);
        loading_assert_verdict("failed", &f, VERDICT_NO_ROM, E_BLOCK_IO);
        assert_int_equal(f.image.kernel_bytes, 0);
        assert_false(f.disk.under_way);
        loading_done(&f);
    }
    fake_rom_free(&rom);
}

static void scratch_must_be_large_enough(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct loading f;

    fake_rom_make(&spec, &rom);
    loading_start(&f, &rom, 512);
    f.room.scratch.size--;
    assert_err(loading_images(&f), E_SLICE_RANGE);
    assert_int_equal(f.image.kernel_bytes, 0);
    assert_int_equal(f.disk.requests, 0);
    loading_done(&f);
    fake_rom_free(&rom);
}

/* Somebody has heard enough: no verdict but that of the claims, and nothing to enter. */
struct listener {
    struct progress progress;
    unsigned calls;
    unsigned enough; /* at this call; 0: never */
    uint64_t last;
};

static bool is_told(struct progress *progress, uint64_t done, uint64_t total)
{
    struct listener *listener = CONTAINER_OF(progress, struct listener, progress);

    listener->calls++;
    assert_true(done > listener->last && done <= total);
    listener->last = done;
    return listener->calls != listener->enough;
}

static void whoever_listens_may_end_it(void **state)
{
    static const struct progress_ops ops = {.at = is_told};
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    unsigned calls = 1;

    spec.kernel_bytes = 0x280800;
    fake_rom_make(&spec, &rom);
    for (unsigned enough = 0; enough <= calls; enough++) {
        struct listener listener = {.progress = {&ops}, .enough = enough};
        struct loading f;

        loading_start(&f, &rom, 4096);
        f.room.progress = &listener.progress;
        assert_err(loading_images(&f), enough == 0 ? OK : E_BOOT_IMAGE_STOPPED);
        loading_assert_verdict("stopped", &f, VERDICT_AUTHENTIC, OK);
        assert_int_equal(f.image.kernel_bytes, enough == 0 ? rom.kernel.size : 0);
        assert_false(f.disk.under_way);
        calls = enough == 0 ? listener.calls : calls;
        assert_true(calls >= 3); /* of every MiB */
        loading_done(&f);
    }
    fake_rom_free(&rom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_boot_is_no_rom),
        cmocka_unit_test(what_cannot_be_loaded_is_not),
        cmocka_unit_test(the_disk_fails_at_each_request),
        cmocka_unit_test(scratch_must_be_large_enough),
        cmocka_unit_test(whoever_listens_may_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
