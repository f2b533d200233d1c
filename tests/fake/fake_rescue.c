/* SPDX-License-Identifier: MIT */
/* A client of rescue mode in memory. */
#include "tests/fake/fake_rescue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fake_rescue *self(struct link *link)
{
    return CONTAINER_OF(link, struct fake_rescue, link);
}

static void need(bool given)
{
    if (!given) {
        abort();
    }
}

void fake_rescue_bytes(struct fake_rescue *client, struct slice bytes)
{
    need(bytes.size <= sizeof client->sent - client->sent_bytes);
    memcpy(client->sent + client->sent_bytes, bytes.data, bytes.size);
    client->sent_bytes += bytes.size;
}

void fake_rescue_packet(struct fake_rescue *client, uint32_t type, struct slice bytes)
{
    uint8_t head[RESCUE_HEADER_BYTES];

    put_le32(head, type);
    put_le32(head + 4, (uint32_t)bytes.size);
    fake_rescue_bytes(client, slice_of(head, sizeof head));
    fake_rescue_bytes(client, bytes);
}

void fake_rescue_command(struct fake_rescue *client, const char *element)
{
    char text[512];
    int length = snprintf(text, sizeof text, "<?xml version=\"1.0\"?><data>%s</data>", element);

    fake_rescue_packet(client, RESCUE_PACKET_XML, slice_of(text, (size_t)length));
}

void fake_rescue_data(struct fake_rescue *client, uint8_t value, size_t size, size_t piece)
{
    uint8_t *bytes = malloc(piece);

    need(bytes != NULL);
    memset(bytes, value, piece);
    for (size_t now; size != 0; size -= now) {
        now = size < piece ? size : piece;
        fake_rescue_packet(client, RESCUE_PACKET_DATA, slice_of(bytes, now));
    }
    free(bytes);
}

/* Signing takes long: the same message is signed once. */
static void sign(const struct fake_rescue *client, const uint8_t digest[SHA256_BYTES],
                 uint8_t out_signature[VBMETA_RSA4096_BYTES])
{
    static const struct signing_key *key;
    static uint8_t signed_digest[SHA256_BYTES];
    static uint8_t signature[VBMETA_RSA4096_BYTES];

    if (key != client->key || memcmp(signed_digest, digest, SHA256_BYTES) != 0) {
        need(signing_key_sign(client->key, digest, signature));
        key = client->key;
        memcpy(signed_digest, digest, SHA256_BYTES);
    }
    memcpy(out_signature, signature, sizeof signature);
}

/* The answer goes before whatever it has sent already. */
static void answer_challenge(struct fake_rescue *client, const char *hex)
{
    uint8_t nonce[RESCUE_NONCE_BYTES];
    uint8_t digest[SHA256_BYTES];
    struct rescue_answer answer;
    struct sha256 sha;
    size_t later = client->sent_bytes - client->taken;
    uint8_t *kept = malloc(later + 1);

    need(kept != NULL);
    memcpy(kept, client->sent + client->taken, later);
    client->sent_bytes = client->taken;
    for (size_t i = 0; i < sizeof nonce; i++) {
        unsigned byte = 0;

        need(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        nonce[i] = (uint8_t)byte;
    }
    nonce[0] ^= client->spoil;
    sha256_init(&sha);
    sha256_update(&sha, slice_of(client->domain, strlen(client->domain) + 1));
    sha256_update(&sha, slice_of(nonce, sizeof nonce));
    sha256_update(&sha, slice_of(client->serial, strlen(client->serial)));
    sha256_final(&sha, digest);
    memcpy(answer.magic, RESCUE_ANSWER_MAGIC, sizeof answer.magic);
    memcpy(answer.public_key, client->key->public_key, sizeof answer.public_key);
    sign(client, digest, answer.signature);
    fake_rescue_command(client, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
    fake_rescue_packet(client, RESCUE_PACKET_DATA, slice_of(&answer, sizeof answer));
    fake_rescue_bytes(client, slice_of(kept, later));
    free(kept);
}

static enum err link_write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    struct fake_rescue *client = self(link);
    char *here = client->received + client->received_bytes;
    const char *blob;

    if (client->deaf || client->changes % 2 == 0 || client->changes != reader) {
        return E_LINK_CLOSED;
    }
    need(bytes.size < sizeof client->received - client->received_bytes);
    need(bytes.size > RESCUE_HEADER_BYTES &&
         le32(bytes.data + 4) == bytes.size - RESCUE_HEADER_BYTES);
    /* Packets' heads come as blanks: what is left is text. */
    for (size_t i = 0; i < bytes.size; i++) {
        here[i] = i < RESCUE_HEADER_BYTES ? ' ' : (char)bytes.data[i];
    }
    here[bytes.size] = '\0';
    client->received_bytes += bytes.size;
    if (client->next_on_hello) {
        client->changes += 2;
    }
    if (client->on_hello != NULL && strstr(here, "<hello") != NULL) {
        fake_rescue_command(client, "<sig TargetName=\"req\"/>");
        fake_rescue_command(client, client->on_hello);
    }
    blob = strstr(here, "<sig blob=\"");
    if (blob != NULL && client->key != NULL) {
        answer_challenge(client, blob + strlen("<sig blob=\""));
    }
    return OK;
}

static enum err link_read(struct link *link, struct span room, size_t *out_count)
{
    struct fake_rescue *client = self(link);
    size_t left = client->sent_bytes - client->taken;
    size_t count = left < room.size ? left : room.size;

    memcpy(room.data, client->sent + client->taken, count);
    client->taken += count;
    *out_count = count;
    if (left == 0 && !client->stalls && client->changes % 2 != 0 && client->received_bytes != 0) {
        client->changes++;
    }
    return OK;
}

static uint32_t link_changes(struct link *link)
{
    return self(link)->changes;
}

void fake_rescue_init(struct fake_rescue *client)
{
    static const struct link_ops ops = {
        .write_to = link_write_to, .read = link_read, .changes = link_changes};

    *client = (struct fake_rescue){.link.ops = &ops, .serial = "8a7b6c5d", .domain = RESCUE_DOMAIN};
}

void fake_rescue_come(struct fake_rescue *client)
{
    client->changes += client->changes % 2 == 0 ? 1 : 2;
    client->sent_bytes = 0;
    client->taken = 0;
    client->received_bytes = 0;
    client->received[0] = '\0';
}
