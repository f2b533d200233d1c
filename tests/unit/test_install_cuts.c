/* SPDX-License-Identifier: MIT */
/*
 * The recovery's installation against power cuts: two signed packages that differ in every image, a
 * locked phone, and the power gone at every event of the storage - before it, in the middle of it,
 * after it, and with what was not flushed yet lost. Each time the old ROM, the new ROM or a recovery
 * starts, and the installation can be repeated.
 */
#include "tests/unit/check.h"

#include "recovery/install.h"
#include "rom-images/package/recovery_zip.h"
#include "tests/fake/fake_release.h"

#include <stdlib.h>

#define SECTOR     512
#define EVENTS_MAX 64

/* A write, or a flush (size 0). */
struct event {
    uint8_t *at;
    uint8_t *new_bytes;
    uint8_t *old_bytes;
    size_t size;
};

/* What of the event at which the power goes is done. */
enum torn {
    TORN_NOTHING,
    TORN_FIRST,   /* its first sector */
    TORN_HALF,    /* up to the middle */
    TORN_BUT_ONE, /* all but the last sector */
    TORN_LAST,    /* its last sector alone */
    TORN_COUNT,
};

static struct {
    struct fake_phone phone;
    struct fake_release old;
    struct fake_release new;
    struct span zip;
    struct event events[EVENTS_MAX];
    size_t count;
    bool no_finish;   /* a planted fault: nobody waits for the disk */
    uint8_t *factory; /* the disk before */
    unsigned old_roms;
    unsigned new_roms;
    unsigned recoveries;
} desk;

/* The installation as a list of events: the reader of the package, and the target that keeps it. */
static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    uint64_t start = index * RECOVERY_ZIP_BLOCK_BYTES;
    uint64_t left = desk.zip.size - start;

    memcpy(out, desk.zip.data + start,
           left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES);
    return true;
}

static void no_progress(void *context, uint64_t done_blocks, uint64_t all_blocks)
{
}

static void no_percent(void *context, unsigned percent)
{
}

static bool on_begin(void *context, const struct recovery_metadata *metadata)
{
    return true;
}

static bool on_size(void *context, const char *name, uint64_t *out_bytes)
{
    return fake_release_partition(&desk.phone, name, out_bytes) != NULL;
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = test_malloc(size);

    memcpy(copy, bytes, size);
    return copy;
}

static bool on_write(void *context, const char *name, uint64_t offset, struct slice bytes)
{
    uint64_t room;
    uint8_t *at = fake_release_partition(&desk.phone, name, &room) + offset;

    assert_true(desk.count < EVENTS_MAX && offset + bytes.size <= room);
    desk.events[desk.count++] = (struct event){.at = at,
                                               .new_bytes = copy_of(bytes.data, bytes.size),
                                               .old_bytes = copy_of(at, bytes.size),
                                               .size = bytes.size};
    memcpy(at, bytes.data, bytes.size);
    return true;
}

static bool on_finish(void *context, const char *name)
{
    assert_true(desk.count < EVENTS_MAX);
    if (!desk.no_finish) {
        desk.events[desk.count++] = (struct event){.size = 0};
    }
    return true;
}

static void install(void)
{
    const struct recovery_reader reader = {
        .size_bytes = desk.zip.size, .read = read_block, .progress = no_progress};
    const struct recovery_target target = {.size = on_size,
                                           .write = on_write,
                                           .finish = on_finish,
                                           .begin = on_begin,
                                           .progress = no_percent};
    const struct recovery_phone phone = {.product = "whyred", .region = "cn", .region_held = true};
    const struct signing_key *key = fake_root_key();
    static struct recovery_package package;

    assert_int_equal(recovery_package_check(&package, &reader,
                                            slice_of(key->public_key, sizeof key->public_key)),
                     FAULT_NONE);
    assert_int_equal(recovery_install(&package, &phone, &target), FAULT_NONE);
    recovery_package_free(&package);
}

static void make_zip(void)
{
    static const char metadata[] = "ota-type=BLOCK\npre-device=whyred\n"
                                   "flashlab-version=V9.6.5.0.OEICNFD\nflashlab-region=cn\n"
                                   "flashlab-date=20180905\nflashlab-rollback-index=4\n";
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(metadata, strlen(metadata))},
        {"boot.img", span_slice(desk.new.rom.boot)},
        {"recovery.img", slice_of(desk.new.packed_recovery, desk.new.packed_bytes)},
        {"vbmeta.img", slice_of(desk.new.vbmeta, desk.new.vbmeta_bytes)},
    };

    assert_true(recovery_zip_make(files, ARRAY_COUNT(files), fake_root_key(), &desk.zip));
}

/* The first so many events; of the next as much as `torn` says. */
static void replay(size_t events, enum torn torn)
{
    memcpy(desk.phone.disk.bytes, desk.factory, FAKE_PHONE_BLOCKS * SECTOR);
    for (size_t i = 0; i < events; i++) {
        if (desk.events[i].size != 0) {
            memcpy(desk.events[i].at, desk.events[i].new_bytes, desk.events[i].size);
        }
    }
    if (events < desk.count && torn != TORN_NOTHING && desk.events[events].size != 0) {
        const struct event *cut = &desk.events[events];
        size_t sectors = cut->size / SECTOR;
        size_t first = torn == TORN_LAST ? sectors - 1 : 0;
        size_t last = torn == TORN_FIRST  ? 1
                      : torn == TORN_HALF ? sectors / 2
                      : torn == TORN_LAST ? sectors
                                          : sectors - 1;

        assert_int_not_equal(sectors, 0);

        memcpy(cut->at + first * SECTOR, cut->new_bytes + first * SECTOR, (last - first) * SECTOR);
    }
}

/* The writes after the last flush before `events`: the first of them, and behind the last. */
static size_t first_unflushed(size_t events)
{
    while (events != 0 && desk.events[events - 1].size != 0) {
        events--;
    }
    return events;
}

/* Of those the ones whose bit is set never reached the medium. */
static void lose(size_t events, unsigned which)
{
    size_t first = first_unflushed(events);

    for (size_t i = events; i-- != first;) {
        if ((which >> (i - first) & 1) != 0) {
            memcpy(desk.events[i].at, desk.events[i].old_bytes, desk.events[i].size);
        }
    }
}

static bool something_starts(void)
{
    uint64_t rom = fake_release_start(&desk.phone, false);
    uint64_t recovery = rom != 0 ? 0 : fake_release_start(&desk.phone, true);

    if (rom == desk.old.rom.ramdisk.size) {
        desk.old_roms++;
    } else if (rom == desk.new.rom.ramdisk.size) {
        desk.new_roms++;
    } else if (recovery != 0 && (recovery == desk.old.recovery.ramdisk.size ||
                                 recovery == desk.new.recovery.ramdisk.size)) {
        desk.recoveries++;
    } else {
        return false;
    }
    return true;
}

/* So many of the cuts after `events` events leave nothing that starts. */
static unsigned bricks_at(size_t events)
{
    unsigned bricks = 0;

    for (enum torn torn = 0; torn < TORN_COUNT; torn++) {
        replay(events, torn);
        bricks += something_starts() ? 0 : 1;
    }
    for (unsigned which = 1; which < 1u << (events - first_unflushed(events)); which++) {
        replay(events, TORN_NOTHING);
        lose(events, which);
        bricks += something_starts() ? 0 : 1;
    }
    return bricks;
}

static unsigned all_bricks(void)
{
    unsigned bricks = 0;

    desk.old_roms = desk.new_roms = desk.recoveries = 0;
    for (size_t events = 0; events <= desk.count; events++) {
        bricks += bricks_at(events);
    }
    print_message("%-26s %7zu %8u %6u   %u old ROM, %u new ROM, %u recovery\n",
                  desk.no_finish ? "planted: no finish" : "sideload", desk.count,
                  desk.old_roms + desk.new_roms + desk.recoveries + bricks, bricks, desk.old_roms,
                  desk.new_roms, desk.recoveries);
    return bricks;
}

static void something_starts_at_every_cut(void **state)
{
    assert_int_equal(all_bricks(), 0);
    assert_true(desk.old_roms != 0 && desk.new_roms != 0 && desk.recoveries != 0);
}

static void forget_events(void)
{
    for (size_t i = 0; i < desk.count; i++) {
        if (desk.events[i].size != 0) {
            test_free(desk.events[i].new_bytes);
            test_free(desk.events[i].old_bytes);
        }
    }
    desk.count = 0;
}

/* An image that is not on the disk before the next is begun: there are cuts that leave nothing. */
static void without_finishing_it_is_seen(void **state)
{
    forget_events();
    replay(0, TORN_NOTHING);
    desk.no_finish = true;
    install();
    assert_true(all_bricks() != 0);
}

/* Everything of it is on the medium when it is said to be installed. */
static void nothing_is_left_unflushed(void **state)
{
    assert_int_equal(desk.events[desk.count - 1].size, 0);
}

static int make_desk(void **state)
{
    const struct fake_phone_spec spec = {
        .codename = "whyred", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED, .recovery = true};

    fake_phone_make(&spec, &desk.phone);
    fake_release_make(&desk.phone, &desk.old, 512);
    fake_release_make(&desk.phone, &desk.new, 1536);
    make_zip();
    fake_release_flash(&desk.phone, &desk.old);
    desk.factory = copy_of(desk.phone.disk.bytes, FAKE_PHONE_BLOCKS * SECTOR);
    install();
    return 0;
}

static int free_desk(void **state)
{
    forget_events();
    fake_release_free(&desk.old);
    fake_release_free(&desk.new);
    test_free(desk.factory);
    free(desk.zip.data);
    fake_phone_free(&desk.phone);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_unflushed),
        cmocka_unit_test(something_starts_at_every_cut),
        cmocka_unit_test(without_finishing_it_is_seen), /* the last: it is another record */
    };

    return cmocka_run_group_tests_name("install_cuts", tests, make_desk, free_desk);
}
