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

static struct fake_client *client_of(struct link *link)
{
    return CONTAINER_OF(link, struct fake_client, link);
}

static void keep_reply(struct fake_client *client, struct slice packet)
{
    char *reply;

    if (client->reply_count == FAKE_CLIENT_REPLIES) {
        client->reply_count--; /* of more than there is room for the last is kept */
    }
    reply = client->replies[client->reply_count++];
    need(packet.size <= FASTBOOT_REPLY_BYTES_MAX && packet.size >= 4, "a reply of a wrong size");
    memcpy(reply, packet.data, packet.size);
    reply[packet.size] = '\0';
}

/* Somebody comes unasked; he goes when the phone has answered and looks for more. */
static bool is_seen(const struct fake_client *client, size_t event)
{
    bool comes = (client->changes_before + event) % 2 == 0;

    if (client->early) {
        return true;
    }
    if (client->late && event != 0) {
        return client->at == client->size;
    }
    return client->events[event] < client->at ||
           (client->events[event] == client->at && (comes || client->dry));
}

static uint32_t client_changes(struct link *link)
{
    struct fake_client *client = client_of(link);
    size_t seen = 0;

    while (seen < client->event_count && is_seen(client, seen)) {
        seen++;
    }
    return client->changes_before + (uint32_t)seen;
}

static enum err client_write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    struct fake_client *client = client_of(link);

    if (client->not_reading || client_changes(link) != reader) {
        return E_LINK_CLOSED;
    }
    /* Whoever is there gets it, be it meant for him or not: the greeting first, and only once. */
    need(client->spoke_to == client_changes(link) || bytes.size == TCP_GREETING_BYTES,
         "something before the greeting");
    need(client->spoke_to != client_changes(link) || bytes.size != TCP_GREETING_BYTES,
         "a second greeting");
    client->spoke_to = client_changes(link);
    if (client->expected != 0) {
        need(bytes.size == client->expected, "an upload of another size than announced");
        free(client->uploaded.data);
        client->uploaded = (struct span){malloc(bytes.size), bytes.size};
        memcpy(client->uploaded.data, bytes.data, bytes.size);
        client->expected = 0;
    } else if (bytes.size == TCP_GREETING_BYTES) {
        need(memcmp(bytes.data, TCP_GREETING, TCP_GREETING_BYTES) == 0, "a wrong greeting");
        client->greetings++;
    } else if (bytes.size == TCP_LENGTH_BYTES) {
        client->expected = be64(bytes.data);
    } else {
        need(bytes.size > TCP_LENGTH_BYTES && be64(bytes.data) == bytes.size - TCP_LENGTH_BYTES,
             "a packet of another length than it says");
        keep_reply(client, slice_of(bytes.data + TCP_LENGTH_BYTES, bytes.size - TCP_LENGTH_BYTES));
    }
    return OK;
}

/* What comes after an event that was not seen yet has not come either. */
static size_t readable(const struct fake_client *client)
{
    size_t end = client->size;

    for (size_t i = 0; i < client->event_count && !client->late; i++) {
        if (!is_seen(client, i) && client->events[i] < end) {
            end = client->events[i];
        }
    }
    return end - client->at;
}

static enum err client_read(struct link *link, struct span room, size_t *out_count)
{
    struct fake_client *client = client_of(link);
    size_t count = readable(client);

    count = count < room.size ? count : room.size;
    count = client->piece_bytes != 0 && count > client->piece_bytes ? client->piece_bytes : count;
    memcpy(room.data, client->input + client->at, count);
    client->at += count;
    client->dry = count == 0;
    *out_count = count;
    return OK;
}

void fake_client_init(struct fake_client *client)
{
    static const struct link_ops ops = {
        .write_to = client_write_to, .read = client_read, .changes = client_changes};

    *client = (struct fake_client){.link = {.ops = &ops}, .input = malloc(FAKE_CLIENT_BYTES)};
    need(client->input != NULL, "no memory");
}

void fake_client_renew(struct fake_client *client)
{
    free(client->uploaded.data);
    *client = (struct fake_client){.link = client->link, .input = client->input};
}

void fake_client_free(struct fake_client *client)
{
    free(client->input);
    free(client->uploaded.data);
}

void fake_client_bytes(struct fake_client *client, const void *bytes, size_t size)
{
    need(size <= FAKE_CLIENT_BYTES - client->size, "the script is too long");
    memcpy(client->input + client->size, bytes, size);
    client->size += size;
}

static void event(struct fake_client *client)
{
    need(client->event_count < FAKE_CLIENT_EVENTS, "too much coming and going");
    client->events[client->event_count++] = client->size;
}

static bool somebody_is_there(const struct fake_client *client)
{
    return (client->changes_before + client->event_count) % 2 != 0;
}

void fake_client_come_silently(struct fake_client *client)
{
    need(!somebody_is_there(client), "somebody is there already");
    event(client);
}

void fake_client_come(struct fake_client *client)
{
    fake_client_come_silently(client);
    fake_client_bytes(client, TCP_GREETING, TCP_GREETING_BYTES);
}

void fake_client_go(struct fake_client *client)
{
    need(somebody_is_there(client), "nobody is there");
    event(client);
}

void fake_client_packet(struct fake_client *client, const void *bytes, size_t size)
{
    uint8_t length[TCP_LENGTH_BYTES];

    put_be64(length, size);
    fake_client_bytes(client, length, sizeof length);
    fake_client_bytes(client, bytes, size);
}

void fake_client_command(struct fake_client *client, const char *command)
{
    fake_client_packet(client, command, strlen(command));
}

void fake_client_download(struct fake_client *client, const void *bytes, size_t size,
                          size_t packet_bytes)
{
    const uint8_t *from = bytes;
    char command[32];

    snprintf(command, sizeof command, "download:%08zx", size);
    fake_client_command(client, command);
    while (size != 0) {
        size_t now = packet_bytes != 0 && size > packet_bytes ? packet_bytes : size;

        fake_client_packet(client, from, now);
        from += now;
        size -= now;
    }
}

static struct fastboot_outcome dry_run(struct fastboot_host *host, const struct state *state,
                                       struct slice boot_image, struct progress *unpacking)
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

void fake_fastboot_run(struct fake_fastboot *fastboot)
{
    int turns = 0;

    while (tcp_poll(&fastboot->tcp) || fastboot->client.at != fastboot->client.size ||
           client_changes(&fastboot->client.link) != fastboot->tcp.changes) {
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

void fake_client_forget(struct fake_client *client)
{
    need(client->at == client->size, "the last script is not over");
    client->at = 0;
    client->size = 0;
    client->dry = false;
    client->reply_count = 0;
    client->changes_before += (uint32_t)client->event_count;
    client->event_count = 0;
}

const char *fake_fastboot_ask_staying(struct fake_fastboot *fastboot, const char *command)
{
    struct fake_client *client = &fastboot->client;

    fake_client_forget(client);
    if (!somebody_is_there(client)) {
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
    if (!somebody_is_there(client)) {
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

const char *fake_client_reply(const struct fake_client *client, const char *beginning)
{
    for (size_t i = 0; i < client->reply_count; i++) {
        if (strncmp(client->replies[i], beginning, strlen(beginning)) == 0) {
            return client->replies[i];
        }
    }
    return NULL;
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
