/* SPDX-License-Identifier: MIT */
/* A fastboot client that follows a script. */
#include "tests/fake/fake_client.h"

#include "fastboot/tcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake client: %s\n", what);
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

bool fake_client_is_there(const struct fake_client *client)
{
    return (client->changes_before + client->event_count) % 2 != 0;
}

void fake_client_come_silently(struct fake_client *client)
{
    need(!fake_client_is_there(client), "somebody is there already");
    event(client);
}

void fake_client_come(struct fake_client *client)
{
    fake_client_come_silently(client);
    fake_client_bytes(client, TCP_GREETING, TCP_GREETING_BYTES);
}

void fake_client_go(struct fake_client *client)
{
    need(fake_client_is_there(client), "nobody is there");
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

const char *fake_client_reply(const struct fake_client *client, const char *beginning)
{
    for (size_t i = 0; i < client->reply_count; i++) {
        if (strncmp(client->replies[i], beginning, strlen(beginning)) == 0) {
            return client->replies[i];
        }
    }
    return NULL;
}
