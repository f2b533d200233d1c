/* SPDX-License-Identifier: MIT */
/* What is done with a fake phone while its power may go. */
#include "tests/fake/life_operations.h"

#include "disk_partition.h"
#include "flow/slots.h"
#include "format/sparse.h"
#include "rom/boot_success.h"
#include "storage/fuse_burn.h"
#include "storage/partition_write.h"
#include "tests/fake/life_rescue.h"

#include <stdio.h>
#include <stdlib.h>

#define SECTOR 512

/* What boot_success_report would need; only boot_success_mark is used here. */

int disk_partition_open(const char *name, int flags, unsigned wait_ms)
{
    return -1;
}

void trace_begin(struct trace_event *event, const char *name)
{
}

void trace_send(const struct trace *trace, struct trace_event *event)
{
}

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "life operations: no %s\n", what);
        abort();
    }
}

static void say(struct life *life, struct slice download, const char *command)
{
    const char *const commands[] = {command, NULL};

    (void)fake_desk_ask(life->desk, download, commands);
}

static void power_on(struct life *life)
{
    life_start(life);
}

void life_flash(struct life *life, enum life_rom rom, bool boot)
{
    const struct fake_rom *images = &life->roms[rom].rom;

    say(life, span_slice(boot ? images->boot : images->vbmeta),
        boot ? "flash:boot" : "flash:vbmeta");
}

static void flash_raw(struct life *life)
{
    life_flash(life, LIFE_NEW, true);
}

/* As flash_all does it: one client, several downloads. */
static void flash_several(struct life *life)
{
    static const char *const names[] = {"vbmeta", "boot", "cache"};
    const struct fake_rom *rom = &life->roms[LIFE_NEW].rom;
    const struct span images[] = {rom->vbmeta, rom->boot, rom->kernel};
    char command[32];

    fake_desk_begin(life->desk);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        size_t most = i == 2 ? 2048 : images[i].size;

        snprintf(command, sizeof command, "flash:%s", names[i]);
        fake_client_download(&life->desk->client, images[i].data, most, 0);
        fake_client_command(&life->desk->client, command);
    }
    (void)fake_desk_finish(life->desk);
}

static size_t put_chunk(uint8_t *at, unsigned type, uint32_t blocks, const void *bytes, size_t size)
{
    struct sparse_chunk *chunk = (struct sparse_chunk *)at;

    *chunk = (struct sparse_chunk){0};
    put_le16(chunk->type, (uint16_t)type);
    put_le32(chunk->blocks, blocks);
    put_le32(chunk->total_bytes, (uint32_t)(sizeof *chunk + size));
    memcpy(at + sizeof *chunk, bytes, size);
    return sizeof *chunk + size;
}

/* The boot image in pieces: bytes, a hole, a pattern, zeros, bytes. Blocks of 512. */
static void flash_sparse(struct life *life)
{
    static uint8_t image[64 << 10];
    struct sparse_header *header = (struct sparse_header *)image;
    const uint8_t *boot = life->roms[LIFE_NEW].rom.boot.data;
    size_t size = sizeof *header;

    *header = (struct sparse_header){0};
    put_le32(header->magic, SPARSE_MAGIC);
    put_le16(header->major, SPARSE_MAJOR);
    put_le16(header->header_bytes, sizeof *header);
    put_le16(header->chunk_header_bytes, sizeof(struct sparse_chunk));
    put_le32(header->block_bytes, SECTOR);
    put_le32(header->total_blocks, 30);
    put_le32(header->chunks, 5);
    size += put_chunk(image + size, SPARSE_CHUNK_RAW, 10, boot, 10 * SECTOR);
    size += put_chunk(image + size, SPARSE_CHUNK_DONT_CARE, 3, "", 0);
    size += put_chunk(image + size, SPARSE_CHUNK_FILL, 4, "\x11\x22\x33\x44", 4);
    size += put_chunk(image + size, SPARSE_CHUNK_FILL, 8, "\0\0\0", 4);
    size += put_chunk(image + size, SPARSE_CHUNK_RAW, 5, boot + 25 * SECTOR, 5 * SECTOR);
    say(life, slice_of(image, size), "flash:boot");
}

static void erase_boot(struct life *life)
{
    say(life, slice_of(NULL, 0), "erase:boot");
}

static void erase_data(struct life *life)
{
    say(life, slice_of(NULL, 0), "erase:userdata");
}

static void set_active(struct life *life)
{
    say(life, slice_of(NULL, 0), "set_active:b");
}

static void enroll_key(struct life *life)
{
    const struct signing_key *key = fake_user_key();

    say(life, slice_of(key->public_key, sizeof key->public_key), "flash:avb_custom_key");
}

static void unlock(struct life *life)
{
    say(life, life_unlock_answer(life), "oem unlock");
}

static void lock(struct life *life)
{
    say(life, slice_of(NULL, 0), "oem lock");
}

static void by_keys(struct life *life, const char *command)
{
    life_answer(life, true);
    say(life, slice_of(NULL, 0), command);
    life->desk->phone.phone.keys = NULL;
}

static void unlock_by_keys(struct life *life)
{
    by_keys(life, "flashing unlock");
}

static void lock_by_keys(struct life *life)
{
    by_keys(life, "flashing lock");
}

static void unlock_critical(struct life *life)
{
    by_keys(life, "flashing unlock_critical");
}

static void lock_critical(struct life *life)
{
    by_keys(life, "flashing lock_critical");
}

static void allow_unlock(struct life *life)
{
    struct state state = life->desk->flow.state;

    state.unlock_ability = true;
    need(state_commit(&life->desk->phone.nor.nor, &state) == OK, "the state");
    power_on(life);
}

static void open_critical(struct life *life)
{
    struct state state = life->desk->flow.state;

    state.critical_unlocked = true;
    need(state_commit(&life->desk->phone.nor.nor, &state) == OK, "the state");
    power_on(life);
}

/* EDL, as a flashing tool does it: one client for each image. */
static void rescue_rom(struct life *life)
{
    const struct fake_rom *rom = &life->roms[LIFE_NEW].rom;

    (void)life_rescue(life, "vbmeta", span_slice(rom->vbmeta));
    (void)life_rescue(life, "boot", span_slice(rom->boot));
}

static void rescue_erase_boot(struct life *life)
{
    (void)life_rescue_erase(life, "boot");
}

static void rescue_erase_data(struct life *life)
{
    (void)life_rescue_erase(life, "userdata");
}

/* What the firmware does when a ROM says that it is well (arch/smc.c). */
static void burn_rollback(struct life *life)
{
    const struct boot_record *record = &life->desk->phone.record;

    need(record->authentic && record->rollback_to == record->rollback + 1, "a newer ROM");
    need(fuse_burn_rollback(&life->cuts.nor, record->rollback_to) == OK, "a fuse");
}

static void put_rom(struct life *life, enum life_rom rom, const char *vbmeta, const char *boot)
{
    size_t size = 0;

    memcpy(life_partition(life, vbmeta, &size), life->roms[rom].rom.vbmeta.data,
           life->roms[rom].rom.vbmeta.size);
    memcpy(life_partition(life, boot, &size), life->roms[rom].rom.boot.data,
           life->roms[rom].rom.boot.size);
}

static void put_new_rom(struct life *life)
{
    put_rom(life, LIFE_NEW, "vbmeta", "boot");
    power_on(life);
}

/* Slot a is refused: the other one's turn is written down before it starts. */
static void spoil_slot_a(struct life *life)
{
    put_rom(life, LIFE_FORGED, "vbmeta_a", "boot_a");
}

/* The ROM marks its slot: one write and an fsync (rom/boot_success.c). */
static void mark_successful(struct life *life)
{
    uint8_t block[SECTOR];
    struct partition misc;
    uint64_t offset = MISC_SLOTS_OFFSET;

    need(gpt_find(&life->desk->flow.gpt, "misc", &misc) == OK, "misc");
    need(partition_read(&misc, offset, (struct span){block, sizeof block}) == OK, "misc");
    need(boot_success_mark((struct slots_record *)block, "_a"), "a slot to mark");
    need(partition_write(&misc, offset, slice_of(block, sizeof block)) == OK, "misc");
    need(partition_flush(&misc) == OK, "misc");
}

static void leave_message(struct life *life)
{
    size_t size = 0;

    memcpy(life_partition(life, "misc", &size), BCB_BOOT_BOOTLOADER, sizeof BCB_BOOT_BOOTLOADER);
}

/* All that the lock refuses. */
static void try_what_is_refused(struct life *life)
{
    static const char *const commands[] = {
        "flash:boot",      "flash:vbmeta", "flash:misc",           "flash:userdata",
        "flash:persist",   "erase:boot",   "erase:userdata",       "erase:misc",
        "set_active:b",    "boot",         "flash:avb_custom_key", "erase:avb_custom_key",
        "flash:partition", "oem unlock",   "oem sha256:boot",      NULL};

    (void)fake_desk_ask(life->desk, span_slice(life->roms[LIFE_FORGED].rom.boot), commands);
}

/* clang-format off */
const struct operation life_operations[] = {
    {.name = "flash, raw",              .codename = "whyred", .unlocked = true, .run = flash_raw},
    {.name = "flash, sparse",           .codename = "whyred", .unlocked = true, .run = flash_sparse},
    {.name = "flash, several downloads", .codename = "whyred", .unlocked = true, .run = flash_several, .erases_data = true},
    {.name = "erase a ROM",             .codename = "whyred", .unlocked = true, .run = erase_boot},
    {.name = "erase user data",         .codename = "whyred", .unlocked = true, .run = erase_data, .starts = true, .erases_data = true},
    {.name = "set_active",              .codename = "whyred", .unlocked = true, .slots = true, .run = set_active, .starts = true, .twice = true},
    {.name = "try counter",             .codename = "whyred", .slots = true, .run = power_on, .starts = true, .twice = true},
    {.name = "the other slot's turn",   .codename = "whyred", .slots = true, .prepare = spoil_slot_a, .run = power_on, .starts = true, .twice = true},
    {.name = "mark successful",         .codename = "whyred", .slots = true, .run = mark_successful, .starts = true, .twice = true, .no_disk_may_fail = true},
    {.name = "bootloader message",      .codename = "whyred", .prepare = leave_message, .run = power_on, .twice = true},
    {.name = "rollback burn",           .codename = "whyred", .prepare = put_new_rom, .run = burn_rollback, .starts = true, .burns = true, .twice = true, .no_disk_may_fail = true},
    {.name = "enroll a user's key",     .codename = "whyred", .unlocked = true, .run = enroll_key, .starts = true, .twice = true},
    {.name = "unlock, wipe",            .codename = "whyred", .run = unlock, .unlocks = true, .starts = true, .twice = true},
    {.name = "lock, wipe",              .codename = "whyred", .unlocked = true, .run = lock, .locks = true, .starts = true, .twice = true},
    {.name = "unlock by keys, wipe",    .codename = "whyred", .android_one = true, .prepare = allow_unlock, .run = unlock_by_keys, .unlocks = true, .starts = true, .twice = true},
    {.name = "lock by keys, wipe",      .codename = "whyred", .android_one = true, .unlocked = true, .run = lock_by_keys, .locks = true, .starts = true, .twice = true},
    {.name = "unlock critical, wipe",   .codename = "whyred", .android_one = true, .unlocked = true, .prepare = allow_unlock, .run = unlock_critical, .unlocks = true, .opens_critical = true, .starts = true, .twice = true},
    {.name = "lock critical, wipe",     .codename = "whyred", .android_one = true, .unlocked = true, .prepare = open_critical, .run = lock_critical, .unlocks = true, .locks_critical = true, .starts = true, .twice = true},
    {.name = "EDL, a ROM",              .codename = "whyred", .run = rescue_rom},
    {.name = "EDL, erase a ROM",        .codename = "whyred", .run = rescue_erase_boot},
    {.name = "EDL, erase user data",    .codename = "whyred", .run = rescue_erase_data, .starts = true, .erases_data = true},
    {.name = "refused while locked",    .codename = "whyred", .slots = false, .run = try_what_is_refused, .starts = true, .refused = true},
};
/* clang-format on */

const size_t life_operation_count = ARRAY_COUNT(life_operations);

const struct operation *life_operation(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(life_operations); i++) {
        if (strcmp(life_operations[i].name, name) == 0) {
            return &life_operations[i];
        }
    }
    need(false, name);
    return NULL;
}

struct life *life_of(const struct operation *operation)
{
    const struct fake_phone_spec spec = {
        .codename = operation->codename,
        .made_for = REGION_CN,
        .regime = REGIME_ANNOUNCED,
        .unlocked = operation->unlocked,
        .android_one = operation->android_one,
        .slots = operation->slots,
    };

    return life_new(&spec);
}

struct life_truth life_truth_of(const struct operation *operation, struct life *life)
{
    struct life_truth truth = life_truth_now(life);

    truth.lock_asked = operation->locks || operation->unlocks;
    truth.unlocked_asked = operation->unlocks;
    truth.critical_asked = operation->opens_critical ||
                           (truth.before.critical_unlocked && !operation->locks_critical);
    truth.rollback_to += operation->burns ? 1 : 0;
    truth.starts = operation->starts;
    truth.data_may_go = operation->erases_data;
    return truth;
}
