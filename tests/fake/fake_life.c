/* SPDX-License-Identifier: MIT */
/* The life of a phone. */
#include "tests/fake/fake_life.h"

#include "board/fuses.h"
#include "fastboot/unlock.h"
#include "format/nor_map.h"
#include "tests/fake/fake_gpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR      512
#define SHELVES_MAX 8
#define MARK        0x77 /* user data is full of it */
#define THINK_US    20000

static const struct fake_gpt_entry plain[] = {
    {"misc", 34, 49},     {"metadata", 50, 57}, {"cache", 58, 65},      {"persist", 66, 73},
    {"vbmeta", 128, 255}, {"boot", 256, 383},   {"userdata", 640, 703},
};
static const struct fake_gpt_entry slotted[] = {
    {"misc", 34, 49},     {"metadata", 50, 57},   {"persist", 66, 73},  {"vbmeta_a", 128, 255},
    {"boot_a", 256, 383}, {"vbmeta_b", 384, 511}, {"boot_b", 512, 639}, {"userdata", 640, 703},
};
static const char *const user_partitions[] = {"userdata", "metadata", "cache"};

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake life: %s\n", what);
        abort();
    }
}

static bool has_slots(const struct life *life)
{
    return life->desk->phone.model.slot_count != 0;
}

static const struct fake_gpt_entry *find(const struct life *life, const char *name)
{
    const struct fake_gpt_entry *entries = has_slots(life) ? slotted : plain;
    size_t count = has_slots(life) ? ARRAY_COUNT(slotted) : ARRAY_COUNT(plain);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            return &entries[i];
        }
    }
    return NULL;
}

uint8_t *life_partition(struct life *life, const char *name, size_t *out_bytes)
{
    const struct fake_gpt_entry *entry = find(life, name);

    if (entry == NULL) {
        return NULL;
    }
    *out_bytes = (size_t)(entry->last_lba + 1 - entry->first_lba) * SECTOR;
    return fake_disk_at(&life->desk->phone.disk, entry->first_lba);
}

void life_use(struct life *life)
{
    for (size_t i = 0; i < ARRAY_COUNT(user_partitions); i++) {
        size_t size = 0;
        uint8_t *at = life_partition(life, user_partitions[i], &size);

        if (at != NULL) {
            memset(at, MARK, size);
        }
    }
}

/* Those of one market and index, for every life: to sign them takes longer than most lives. */
struct shelf {
    bool made;
    bool cn;
    uint64_t index;
    struct life_rom_images roms[LIFE_ROMS];
};

static void make_roms(struct shelf *shelf, bool cn, uint64_t index)
{
    const struct {
        const char *region;
        const struct signing_key *key;
        uint64_t index;
        bool may_run_locked;
    } all[LIFE_ROMS] = {
        [LIFE_OLD] = {cn ? "cn" : "global", fake_root_key(), index, true},
        [LIFE_NEW] = {cn ? "cn" : "global", fake_root_key(), index + 1, true},
        [LIFE_ABROAD] = {cn ? "global" : "cn", fake_root_key(), index, false},
        [LIFE_FORGED] = {cn ? "cn" : "global", fake_other_key(), index, false},
    };

    for (size_t i = 0; i < LIFE_ROMS; i++) {
        struct fake_rom_spec rom = fake_rom_ordinary(all[i].region, all[i].key);

        rom.rollback_index = all[i].index;
        rom.kernel_bytes += 512 * i;
        rom.ramdisk_bytes += 512 * i;
        fake_rom_make(&rom, &shelf->roms[i].rom);
        shelf->roms[i].may_run_locked = all[i].may_run_locked;
    }
    shelf->made = true;
    shelf->cn = cn;
    shelf->index = index;
}

static void take_roms(struct life *life, const struct fake_phone_spec *spec)
{
    static struct shelf shelves[SHELVES_MAX];
    bool cn = spec->made_for == REGION_CN;
    uint64_t index = life->desk->phone.model.rollback_index;
    size_t i = 0;

    while (i < SHELVES_MAX && shelves[i].made &&
           (shelves[i].cn != cn || shelves[i].index != index)) {
        i++;
    }
    need(i < SHELVES_MAX, "more kinds of phones than shelves");
    if (!shelves[i].made) {
        make_roms(&shelves[i], cn, index);
    }
    memcpy(life->roms, shelves[i].roms, sizeof life->roms);
}

static void put(struct life *life, const char *name, struct span image)
{
    size_t size = 0;
    uint8_t *at = life_partition(life, name, &size);

    if (at != NULL) {
        need(image.size <= size, "the image is larger than its partition");
        memcpy(at, image.data, image.size);
    }
}

static void fill_disk(struct life *life)
{
    static const char *const suffixes[] = {"", "_a", "_b"};
    const struct fake_rom *rom = &life->roms[LIFE_OLD].rom;
    struct fake_disk *disk = &life->desk->phone.disk;

    memset(disk->bytes, 0, disk->block.block_count * SECTOR);
    fake_gpt_write_both(disk, GPT_ENTRY_COUNT, has_slots(life) ? slotted : plain,
                        has_slots(life) ? ARRAY_COUNT(slotted) : ARRAY_COUNT(plain));
    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
        char name[16];

        snprintf(name, sizeof name, "vbmeta%s", suffixes[i]);
        put(life, name, rom->vbmeta);
        snprintf(name, sizeof name, "boot%s", suffixes[i]);
        put(life, name, rom->boot);
    }
}

struct life *life_new(const struct fake_phone_spec *spec)
{
    struct life *life = calloc(1, sizeof *life);
    struct cut_list *list = calloc(1, sizeof *list);
    struct life_truth truth;

    need(life != NULL && list != NULL, "no memory");
    life->desk = fake_desk_new(spec);
    fake_panel_free(&life->desk->phone.panel);
    life->desk->phone.panel.absent = true;
    life->desk->phone.panel.panel.canvas = (struct canvas){.pixels = NULL};
    snprintf(life->product, sizeof life->product, "%s", spec->codename);
    take_roms(life, spec);
    fill_disk(life);
    fake_cuts_insert(&life->cuts, &life->desk->phone);
    truth = life_truth_now(life);
    (void)life_judge(life, &truth, list);
    cut_list_free(list);
    free(list);
    need(life_runs(life) == LIFE_OLD, "a phone from the factory does not start");
    life_use(life);
    fake_cuts_set_base(&life->cuts);
    return life;
}

void life_free(struct life *life)
{
    fake_cuts_free(&life->cuts);
    fake_desk_free(life->desk);
    free(life);
}

struct life_truth life_truth_now(struct life *life)
{
    struct life_truth truth = {.before = life->desk->flow.state};
    struct fuses fuses;

    memcpy(&truth.fuses, life->desk->phone.nor.bytes + NOR_FUSES_OFFSET, sizeof truth.fuses);
    need(fuses_decode(slice_of(&truth.fuses, sizeof truth.fuses), &fuses) == OK, "no fuses");
    truth.data_lock = truth.before.lock_changes;
    truth.rollback_to = fuses.rollback_index;
    return truth;
}

struct slice life_unlock_answer(struct life *life)
{
    static struct unlock_answer answer;
    const struct signing_key *key = fake_root_key();
    struct unlock_token token;
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    unlock_token_make(&life->desk->phone.phone, &life->desk->flow.board, &life->desk->flow.state,
                      &token);
    sha256_init(&sha);
    sha256_update(&sha, slice_of(UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(token.bytes, token.size));
    sha256_final(&sha, digest);
    memcpy(answer.magic, UNLOCK_ANSWER_MAGIC, sizeof answer.magic);
    memcpy(answer.public_key, key->public_key, sizeof answer.public_key);
    need(signing_key_sign(key, digest, answer.signature), "the answer is not signed");
    return slice_of(&answer, sizeof answer);
}

void life_answer(struct life *life, bool yes)
{
    fake_keys_init(&life->keys);
    if (yes) {
        fake_keys_press(&life->keys, KEY_VOLUME_DOWN);
    }
    fake_keys_press(&life->keys, KEY_POWER);
    /* Not before the question: fastboot mode's own menu would take them. */
    life->keys.clock = &life->desk->phone.power.now_us;
    life->keys.last_us = life->desk->phone.power.now_us;
    life->keys.first_us = THINK_US;
    life->desk->phone.phone.keys = &life->keys.keys;
}

enum life_rom life_runs(const struct life *life)
{
    const struct phone *phone = &life->desk->phone.phone;
    size_t size = (size_t)life->desk->flow.candidate.image.ramdisk_bytes;

    for (size_t i = 0; i < LIFE_ROMS && life->desk->phone.power.entered != 0; i++) {
        const struct fake_rom *rom = &life->roms[i].rom;

        if (size == rom->ramdisk.size &&
            memcmp(phone->ramdisk.data, rom->ramdisk.data, size) == 0 &&
            memcmp(phone->kernel.data, rom->kernel.data, rom->kernel.size) == 0) {
            return (enum life_rom)i;
        }
    }
    return LIFE_NOTHING;
}

/* The rules, one after the other. */

static const char *judge_fuses(struct life *life, const struct life_truth *truth)
{
    const uint8_t *before = (const uint8_t *)&truth->fuses;
    const uint8_t *now = life->desk->phone.nor.bytes + NOR_FUSES_OFFSET;
    size_t counts = offsetof(struct fuses_record, rollback);
    struct fuses fuses;

    if (memcmp(before, now, counts) != 0) {
        return "the record in the fuses changed";
    }
    for (size_t i = counts; i < sizeof truth->fuses; i++) {
        if ((now[i] & ~before[i]) != 0) {
            return "a burned fuse came back";
        }
    }
    if (fuses_decode(slice_of(now, sizeof truth->fuses), &fuses) != OK) {
        return "the fuses cannot be read";
    }
    return fuses.rollback_index <= truth->rollback_to ? NULL : "a fuse too many is burned";
}

static const char *judge_state(struct life *life, const struct life_truth *truth)
{
    const struct flow *flow = &life->desk->flow;
    bool changed = flow->state.lock_changes != truth->before.lock_changes;

    if (flow->board_err != OK || flow->gpt_err != OK) {
        return "the phone does not know itself";
    }
    if (flow->state_err != OK) {
        return "the state is lost";
    }
    if (changed &&
        (!truth->lock_asked || flow->state.lock_changes != truth->before.lock_changes + 1)) {
        return "the lock was changed, and nobody asked";
    }
    if (flow->state.unlocked != (changed ? truth->unlocked_asked : truth->before.unlocked)) {
        return "the lock is neither as it was nor as it was asked for";
    }
    if (flow->state.unlocked && flow->board.os == OS_ANDROID_ONE &&
        flow->state.critical_unlocked !=
            (changed ? truth->critical_asked : truth->before.critical_unlocked)) {
        return "the critical partitions' lock is neither as it was nor as it was asked for";
    }
    if (flow->state.nonce_counter < truth->before.nonce_counter) {
        return "a nonce may come again";
    }
    return flow->state.wipe_pending ? "a wipe is left for later" : NULL;
}

static const char *judge_start(struct life *life, const struct life_truth *truth)
{
    const struct flow *flow = &life->desk->flow;
    bool entered = life->desk->phone.power.entered != 0;
    enum life_rom rom = life_runs(life);

    if (entered && state_is_locked(&flow->board, &flow->state) &&
        (rom == LIFE_NOTHING || !life->roms[rom].may_run_locked)) {
        return "locked, it runs what it must not";
    }
    if (entered != (flow->decision.fate == FATE_BOOT)) {
        return "it does not do what it says";
    }
    if (truth->starts && !entered) {
        return "nothing starts";
    }
    return flow->decision.fate == FATE_DEAD ? "it is dead" : NULL;
}

static bool is_inside(struct life *life, const char *name, const struct cut_event *event)
{
    const struct fake_gpt_entry *entry = find(life, name);

    return entry != NULL && event->offset >= entry->first_lba * SECTOR &&
           event->offset + event->size <= (entry->last_lba + 1) * SECTOR;
}

static bool is_allowed(struct life *life, const struct life_truth *truth,
                       const struct cut_event *event)
{
    bool wipes = truth->lock_asked || truth->before.wipe_pending;

    if (event->kind == CUT_EVENT_PROGRAM || event->kind == CUT_EVENT_ERASE) {
        return event->offset >= NOR_STATE_A_OFFSET ||
               (event->kind == CUT_EVENT_PROGRAM && event->offset >= NOR_FUSES_OFFSET);
    }
    if (event->kind == CUT_EVENT_FLUSH || is_inside(life, "misc", event)) {
        return true;
    }
    return wipes && (is_inside(life, "userdata", event) || is_inside(life, "metadata", event) ||
                     is_inside(life, "cache", event));
}

static const char *judge_writes(struct life *life, const struct life_truth *truth,
                                const struct cut_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!is_allowed(life, truth, &list->events[i])) {
            return "a start writes where it must not";
        }
    }
    return NULL;
}

bool life_is_whole(const uint8_t *data, size_t size)
{
    return data[0] == MARK && memcmp(data, data + 1, size - 1) == 0;
}

static const char *judge_data(struct life *life, const struct life_truth *truth)
{
    bool must_go = life->desk->flow.state.lock_changes != truth->data_lock;

    for (size_t i = 0; i < ARRAY_COUNT(user_partitions); i++) {
        size_t size = 0;
        const uint8_t *at = life_partition(life, user_partitions[i], &size);

        if (at == NULL) {
            continue;
        }
        if (must_go && memchr(at, MARK, size) != NULL) {
            return "user data from before a change of the lock can be read";
        }
        if (!must_go && !truth->data_may_go && !life_is_whole(at, size)) {
            return "user data is gone, and the lock was not changed";
        }
    }
    return NULL;
}

static const char *judge_fastboot(struct life *life)
{
    static const char *const commands[] = {"getvar:product", NULL};
    char answer[32];

    snprintf(answer, sizeof answer, "OKAY%s", life->product);
    (void)fake_desk_ask(life->desk, slice_of(NULL, 0), commands);
    return fake_client_reply(&life->desk->client, answer) != NULL ? NULL
                                                                  : "fastboot does not answer";
}

void life_start(struct life *life)
{
    fake_desk_begin(life->desk);
    fake_client_command(&life->desk->client, "reboot");
    fake_desk_start(life->desk);
    life->decision = life->desk->flow.decision;
}

const char *life_judge(struct life *life, const struct life_truth *truth, struct cut_list *list)
{
    const char *broken;

    life->desk->phone.phone.keys = NULL;
    fake_cuts_note(&life->cuts, list);
    life_start(life);
    fake_cuts_note(&life->cuts, NULL);
    broken = judge_state(life, truth);
    broken = broken != NULL ? broken : judge_fuses(life, truth);
    broken = broken != NULL ? broken : judge_start(life, truth);
    broken = broken != NULL ? broken : judge_writes(life, truth, list);
    broken = broken != NULL ? broken : judge_data(life, truth);
    return broken != NULL ? broken : judge_fastboot(life);
}
