/* SPDX-License-Identifier: MIT */
/* A fake phone in fastboot mode, and its client. */
#include "tests/fake/fake_fastboot.h"

#include "board/fuses.h"
#include "format/nor_map.h"
#include "tests/fake/fake_gpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOWNLOAD_BYTES (512u << 10)
#define TURNS_MAX      100000

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake fastboot: %s\n", what);
        abort();
    }
}

static struct fastboot_outcome dry_run(struct fastboot_host *host, const struct state *state,
                                       struct slice boot_image, struct progress *loading)
{
    struct fake_fastboot *fastboot = CONTAINER_OF(host, struct fake_fastboot, host);

    fastboot->asked = *state;
    fastboot->asked_image_bytes = boot_image.size;
    return (struct fastboot_outcome){.decision = fastboot->outcome,
                                     .why = fastboot->verified.why,
                                     .verified = &fastboot->verified};
}

static void report_command(struct fastboot_host *host, const char *command, const char *answer)
{
    CONTAINER_OF(host, struct fake_fastboot, host)->reported++;
}

static void make_partitions(struct fake_phone *phone)
{
    static const struct fake_gpt_entry partitions[] = {
        {"misc", 40, 55},         {"vbmeta", 56, 183}, {"boot", 184, 311},
        {"persist", 312, 327},    {"cache", 328, 343}, {"metadata", 344, 351},
        {"userdata", 2048, 2559},
    };
    static const struct fake_gpt_entry with_slots[] = {
        {"misc", 40, 55},     {"vbmeta_a", 56, 119}, {"vbmeta_b", 120, 183},   {"boot_a", 184, 247},
        {"boot_b", 248, 311}, {"persist", 312, 327}, {"userdata", 2048, 2559},
    };
    bool slots = phone->model.slot_count != 0;

    memset(phone->disk.bytes, 0, (size_t)phone->disk.block.block_count * 512);
    memset(fake_disk_at(&phone->disk, 40), 0x5a, 3000 * 512); /* what was there before */
    fake_gpt_write_both(&phone->disk, GPT_ENTRY_COUNT, slots ? with_slots : partitions,
                        slots ? ARRAY_COUNT(with_slots) : ARRAY_COUNT(partitions));
}

/* As board_read does it; without the device tree. */
static void read_board(struct fake_fastboot *fastboot, const struct fake_phone_spec *spec)
{
    const struct model *model = &fastboot->phone.model;
    struct board *board = &fastboot->board;
    struct fuses fuses;

    need(fuses_decode(
             slice_of(fastboot->phone.nor.bytes + NOR_FUSES_OFFSET, sizeof(struct fuses_record)),
             &fuses) == OK,
         "no fuses");
    memcpy(board->codename, fuses.codename, sizeof board->codename);
    memcpy(board->serial, fuses.serial, sizeof board->serial);
    memcpy(board->root_key_sha256, fuses.root_key_sha256, sizeof board->root_key_sha256);
    snprintf(board->name, sizeof board->name, "%s", model->name);
    board->os = spec->android_one ? OS_ANDROID_ONE : model->os;
    board->released = model->released;
    board->on_policy_list = model->on_policy_list;
    board->protections = model->protections;
    board->slot_count = model->slot_count;
    board->regime = spec->regime;
    board->made_for = fuses.region;
    board->rollback_index = fuses.rollback_index;
    board->lock_changes = fuses.lock_changes;
}

static void read_state(struct fake_fastboot *fastboot)
{
    const uint8_t *nor = fastboot->phone.nor.bytes;
    struct fuses fuses;

    need(fuses_decode(slice_of(nor + NOR_FUSES_OFFSET, sizeof(struct fuses_record)), &fuses) == OK,
         "no fuses");
    fastboot->board.lock_changes = fuses.lock_changes;
    need(state_decode(slice_of(nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                      slice_of(nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)),
                      fuses.lock_changes, &fastboot->state) == OK,
         "no state");
}

static void begin(struct fake_fastboot *fastboot)
{
    fake_client_renew(&fastboot->client);
    session_begin(&fastboot->session, &fastboot->context, &fastboot->tcp.wire);
    fastboot->session.facts = (struct fastboot_facts){
        .name = "", .product = "", .variant = "", .serial = "", .slot = "", .anti = ""};
    tcp_begin(&fastboot->tcp, &fastboot->client.link, &fastboot->session);
    need(!tcp_poll(&fastboot->tcp), "somebody is there already"); /* fastboot mode waits now */
}

void fake_fastboot_reboot(struct fake_fastboot *fastboot)
{
    struct fake_phone *phone = &fastboot->phone;

    phone->disk.fail_at = 0;
    phone->disk.fail_from = 0;
    read_state(fastboot);
    need(gpt_open(&phone->disk.block, phone->phone.scratch, &fastboot->gpt) == OK, "no table");
    begin(fastboot);
}

void fake_fastboot_make(const struct fake_phone_spec *spec, struct fake_fastboot *fastboot)
{
    static const struct fastboot_host_ops host_ops = {.dry_run = dry_run, .report = report_command};
    struct fake_phone *phone = &fastboot->phone;

    *fastboot = (struct fake_fastboot){
        .host = {.ops = &host_ops},
        .outcome = {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN},
    };
    fake_keys_init(&fastboot->keys);
    fake_phone_make(spec, phone);
    make_partitions(phone);
    phone->phone.download = (struct span){malloc(DOWNLOAD_BYTES), DOWNLOAD_BYTES};
    phone->phone.keys = &fastboot->keys.keys;
    phone->phone.fastboot = &fastboot->client.link;
    read_board(fastboot, spec);
    fastboot->context = (struct fastboot_context){
        .phone = &phone->phone,
        .board = &fastboot->board,
        .state = &fastboot->state,
        .gpt = &fastboot->gpt,
        .last = {.decision = {FATE_FASTBOOT, REASON_KEYS, BOOT_STATE_GREEN},
                 .verified = &fastboot->verified},
        .host = &fastboot->host,
    };
    fake_client_init(&fastboot->client);
    fake_fastboot_reboot(fastboot);
}

void fake_fastboot_free(struct fake_fastboot *fastboot)
{
    fake_client_free(&fastboot->client);
    free(fastboot->phone.phone.download.data);
    fake_phone_free(&fastboot->phone);
}

struct fake_fastboot *fake_fastboot_new(const struct fake_phone_spec *spec)
{
    struct fake_fastboot *fastboot = malloc(sizeof *fastboot);

    need(fastboot != NULL, "no memory");
    fake_fastboot_make(spec, fastboot);
    return fastboot;
}

void fake_fastboot_delete(struct fake_fastboot *fastboot)
{
    fake_fastboot_free(fastboot);
    free(fastboot);
}

void fake_fastboot_run(struct fake_fastboot *fastboot)
{
    int turns = 0;

    while (tcp_poll(&fastboot->tcp) || fastboot->client.at != fastboot->client.size ||
           fastboot->client.link.ops->changes(&fastboot->client.link) != fastboot->tcp.changes) {
        need(++turns < TURNS_MAX, "it does not come to an end");
        if (fastboot->session.ended) {
            return;
        }
    }
}

const char *fake_fastboot_last(const struct fake_fastboot *fastboot)
{
    const struct fake_client *client = &fastboot->client;

    return client->reply_count != 0 ? client->replies[client->reply_count - 1] : "";
}

const char *fake_fastboot_ask_staying(struct fake_fastboot *fastboot, const char *command)
{
    struct fake_client *client = &fastboot->client;

    fake_client_forget(client);
    if (!fake_client_is_there(client)) {
        fake_client_come(client);
    }
    fake_client_command(client, command);
    fake_fastboot_run(fastboot);
    return fake_fastboot_last(fastboot);
}

const char *fake_fastboot_ask_with(struct fake_fastboot *fastboot, struct slice download,
                                   const char *command)
{
    struct fake_client *client = &fastboot->client;

    fake_client_forget(client);
    if (!fake_client_is_there(client)) {
        fake_client_come(client);
    }
    if (download.size != 0) {
        fake_client_download(client, download.data, download.size, 0);
    }
    fake_client_command(client, command);
    fake_client_go(client);
    fake_fastboot_run(fastboot);
    return fake_fastboot_last(fastboot);
}

const char *fake_fastboot_ask(struct fake_fastboot *fastboot, const char *command)
{
    return fake_fastboot_ask_with(fastboot, slice_of(NULL, 0), command);
}

bool fake_fastboot_said(const struct fake_fastboot *fastboot, const char *beginning)
{
    return fake_client_reply(&fastboot->client, beginning) != NULL;
}

uint8_t *fake_fastboot_bytes(struct fake_fastboot *fastboot, const char *name, uint64_t *out_size)
{
    struct partition partition;

    need(gpt_find(&fastboot->gpt, name, &partition) == OK, name);
    *out_size = partition.size_bytes;
    return fake_disk_at(&fastboot->phone.disk, partition.first_lba);
}

void fake_fastboot_sha256(struct fake_fastboot *fastboot, const char *name,
                          uint8_t out_digest[SHA256_BYTES])
{
    uint64_t size;
    const uint8_t *bytes = fake_fastboot_bytes(fastboot, name, &size);

    sha256_digest(slice_of(bytes, (size_t)size), out_digest);
}
