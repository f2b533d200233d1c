/* SPDX-License-Identifier: MIT */
/*
 * fastboot/session.h: however much a command has to do, within two seconds the client hears of it;
 * and one that has gone holds up nobody for long. The phone's own clock measures, by a disk of
 * 4 GiB (fake_slow_disk.h) and a processor that take their time (fake_processor.h); a download and
 * a look at the client take nothing.
 *
 * Prints a row for each operation: the time that it took, and the greatest gap between two signs of
 * life. That the measure sees a silent phone, it shows on one whose replies nobody notices.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "fastboot/crc_list.h"
#include "fastboot/session.h"
#include "format/sparse.h"
#include "tests/fake/fake_fastboot.h"
#include "tests/fake/fake_gpt.h"
#include "tests/fake/fake_processor.h"
#include "tests/fake/fake_slow_disk.h"

#include <stdio.h>
#include <stdlib.h>

#define MIB          (1ull << 20)
#define SECTOR       512
#define REQUEST_US   40
#define BYTES_A_US   40 /* slower than any disk that the lab was seen on */
#define SILENT_US    2000000
#define ALONE_US     11000000
#define DISK_SECTORS (4096 * MIB / SECTOR)
#define DOWNLOAD     (96 * MIB)
#define CHUNKS       (1u << 20) /* as many as a sparse image may have */
#define LIST_BYTES   0x10000

static struct {
    struct fake_fastboot fastboot;
    struct fake_slow_disk disk;
    struct wire wire;
    struct session session;
    uint64_t last_us; /* of the signs of life */
    uint64_t gap_us;
    bool deaf;      /* planted: nothing counts as a sign */
    bool away;      /* the client has gone, and the next one waits */
    char answer[5]; /* the last one's four letters */
} desk;

static void alive(void)
{
    uint64_t now_us = desk.fastboot.phone.power.now_us;

    if (!desk.deaf) {
        uint64_t gap_us = now_us - desk.last_us;

        desk.gap_us = gap_us > desk.gap_us ? gap_us : desk.gap_us;
        desk.last_us = now_us;
    }
}

/* The client. */

static void take_packet(struct wire *wire, struct slice packet)
{
    assert_true(packet.size >= 4);
    memcpy(desk.answer, packet.data, 4);
    alive();
}

static bool is_gone(struct wire *wire)
{
    return desk.away;
}

static void make_disk(void)
{
    static const struct fake_gpt_entry entries[] = {
        {"misc", 40, 55},
        {"vbmeta", 64, 191},
        {"boot", 2048, 2048 + 2047},
        {"cache", 4096, 4096 + 64 * MIB / SECTOR - 1},
        {"system", 1u << 19, (1u << 19) + 512 * MIB / SECTOR - 1},
        {"userdata", 1u << 21, DISK_SECTORS - 100},
    };
    struct fake_disk *under = &desk.fastboot.phone.disk;
    uint64_t there = under->block.block_count;

    memset(fake_disk_at(under, 2), 0, 32 * SECTOR); /* the entries of before */
    under->block.block_count = DISK_SECTORS;
    fake_gpt_write(under, 1, GPT_ENTRY_COUNT, entries, ARRAY_COUNT(entries));
    under->block.block_count = there;
    fake_slow_disk_init(&desk.disk, &under->block, &desk.fastboot.phone.power.now_us, REQUEST_US,
                        BYTES_A_US);
    desk.disk.block.block_count = DISK_SECTORS;
    desk.fastboot.phone.phone.disk = &desk.disk.block;
    assert_err(gpt_open(&desk.disk.block, desk.fastboot.phone.phone.scratch, &desk.fastboot.gpt),
               OK);
}

static int make(void **state)
{
    static const struct fake_phone_spec spec = {
        .codename = "whyred", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED, .unlocked = true};
    static const struct wire_ops ops = {.send = take_packet, .gone = is_gone};
    struct phone *phone = &desk.fastboot.phone.phone;

    fake_fastboot_make(&spec, &desk.fastboot);
    make_disk();
    free(phone->download.data);
    phone->download = (struct span){calloc(1, DOWNLOAD + SECTOR), DOWNLOAD + SECTOR};
    desk.wire.ops = &ops;
    session_begin(&desk.session, &desk.fastboot.context, &desk.wire);
    desk.session.facts = desk.fastboot.session.facts;
    return phone->download.data == NULL;
}

static int end(void **state)
{
    fake_processor_charge(NULL, 0);
    fake_fastboot_free(&desk.fastboot);
    return 0;
}

/* What was downloaded. */

static size_t nothing(uint8_t *out)
{
    return 0;
}

static size_t raw(uint8_t *out)
{
    memset(out, 0x77, DOWNLOAD);
    return DOWNLOAD;
}

static size_t sparse_of(uint8_t *out, unsigned type, uint32_t chunks, uint32_t blocks,
                        const void *bytes, size_t size)
{
    struct sparse_header *header = (struct sparse_header *)out;
    uint8_t *at = out + sizeof *header;

    *header = (struct sparse_header){0};
    put_le32(header->magic, SPARSE_MAGIC);
    put_le16(header->major, SPARSE_MAJOR);
    put_le16(header->header_bytes, sizeof *header);
    put_le16(header->chunk_header_bytes, sizeof(struct sparse_chunk));
    put_le32(header->block_bytes, SECTOR);
    put_le32(header->total_blocks, chunks * blocks);
    put_le32(header->chunks, chunks);
    for (uint32_t i = 0; i < chunks; i++, at += sizeof(struct sparse_chunk) + size) {
        struct sparse_chunk *chunk = (struct sparse_chunk *)at;

        *chunk = (struct sparse_chunk){0};
        put_le16(chunk->type, (uint16_t)type);
        put_le32(chunk->blocks, blocks);
        put_le32(chunk->total_bytes, (uint32_t)(sizeof *chunk + size));
        memcpy(at + sizeof *chunk, bytes, size);
    }
    return (size_t)(at - out);
}

static size_t one_fill(uint8_t *out)
{
    return sparse_of(out, SPARSE_CHUNK_FILL, 1, 512 * MIB / SECTOR, "abcd", 4);
}

static size_t many_fills(uint8_t *out)
{
    return sparse_of(out, SPARSE_CHUNK_FILL, CHUNKS, 1, "abcd", 4);
}

static size_t many_zeros(uint8_t *out)
{
    return sparse_of(out, SPARSE_CHUNK_FILL, CHUNKS, 1, "\0\0\0", 4);
}

/* As many chunks as there may be, and only the last is of any blocks. */
static size_t many_empty(uint8_t *out)
{
    size_t size = sparse_of(out, SPARSE_CHUNK_DONT_CARE, CHUNKS, 0, "", 0);
    struct sparse_header *header = (struct sparse_header *)out;
    struct sparse_chunk *last = (struct sparse_chunk *)(out + size - sizeof *last);

    put_le32(header->total_blocks, 8);
    put_le32(last->blocks, 8);
    return size;
}

/* The longest list, and nearly all of it blanks. */
static size_t checksums(uint8_t *out)
{
    uint32_t crc = crc32(slice_of(out, raw(out)));

    memset(out, ' ', LIST_BYTES);
    memcpy(out, "CRC-LIST", 8);
    snprintf((char *)out + LIST_BYTES - 32, 32, "system 0x%08x", crc);
    return LIST_BYTES;
}

static const struct {
    const char *name;
    size_t (*download)(uint8_t *out);
    const char *command;
} operations[] = {
    {"flash, raw", raw, "flash:system"},
    {"flash, one fill", one_fill, "flash:system"},
    {"flash, 2^20 fills", many_fills, "flash:system"},
    {"flash, 2^20 fills of zeros", many_zeros, "flash:system"},
    {"flash vbmeta, 2^20 of nothing", many_empty, "flash:vbmeta"},
    {"flash boot, 2^20 of nothing", many_empty, "flash:boot"},
    {"checksums of 64 KiB", checksums, "flash:" CRC_LIST_NAME},
    {"flash, raw, and compared", raw, "flash:system"},
    {"erase", nothing, "erase:userdata"},
    {"getvar all", nothing, "getvar:all"},
    {"sha256", nothing, "oem sha256:cache"},
    {"lock, wipe", nothing, "oem lock"},
};

static uint64_t run(size_t number)
{
    struct span room = desk.fastboot.phone.phone.download;
    const char *command = operations[number].command;
    uint64_t begun_us = desk.fastboot.phone.power.now_us;

    desk.last_us = begun_us;
    desk.gap_us = 0;
    desk.session.download = (struct span){room.data, operations[number].download(room.data)};
    fake_processor_charge(&desk.fastboot.phone.power.now_us, 1);
    session_command(&desk.session, slice_of(command, strlen(command)));
    fake_processor_charge(NULL, 0);
    desk.deaf = false;
    alive();
    return desk.fastboot.phone.power.now_us - begun_us;
}

static void nothing_is_silent_for_two_seconds(void **state)
{
    size_t silent = 0;

    print_message("%-28s %9s %9s\n", "operation", "ms", "gap, ms");
    for (size_t i = 0; i < ARRAY_COUNT(operations); i++) {
        uint64_t took_us = run(i);

        assert_string_equal(desk.answer, "OKAY");
        print_message("%-28s %9llu %9llu\n", operations[i].name, (unsigned long long)took_us / 1000,
                      (unsigned long long)desk.gap_us / 1000);
        silent += desk.gap_us > SILENT_US;
    }
    assert_int_equal(silent, 0);
}

/* What a pulled cable leaves is written; what would take for ever ends in time for the next one. */
static void who_has_gone_holds_nobody_up_for_long(void **state)
{
    static const char *const answers[] = {"OKAY", "FAIL", "FAIL"};

    for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
        desk.away = true;
        assert_true(run(i) < ALONE_US);
        assert_string_equal(desk.answer, answers[i]);
        desk.away = false;
    }
}

static void a_silent_phone_is_seen(void **state)
{
    desk.deaf = true;
    assert_true(run(0) > SILENT_US);
    assert_true(desk.gap_us > SILENT_US);
}

static void what_asks_no_device_takes_time(void **state)
{
    uint64_t *now_us = &desk.fastboot.phone.power.now_us;
    uint64_t begun_us = *now_us;

    fake_processor_charge(now_us, 1);
    (void)crc32(span_slice(desk.fastboot.phone.phone.download));
    fake_processor_charge(NULL, 0);
    assert_true(*now_us - begun_us > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_silent_for_two_seconds, make, end),
        cmocka_unit_test_setup_teardown(who_has_gone_holds_nobody_up_for_long, make, end),
        cmocka_unit_test_setup_teardown(a_silent_phone_is_seen, make, end),
        cmocka_unit_test_setup_teardown(what_asks_no_device_takes_time, make, end),
    };

    return cmocka_run_group_tests_name("session pace", tests, NULL, NULL);
}
