/* SPDX-License-Identifier: MIT */
/*
 * A fastboot client at the other end of a link that follows a script: bytes, coming and going. What
 * the phone answers is kept, packet by packet.
 */
#ifndef TESTS_FAKE_CLIENT_H
#define TESTS_FAKE_CLIENT_H

#include "fastboot/session.h"
#include "iface/link.h"

#define FAKE_CLIENT_BYTES   (1u << 20)
#define FAKE_CLIENT_REPLIES 512
#define FAKE_CLIENT_EVENTS  16

struct fake_client {
    struct link link;
    uint8_t *input; /* the script */
    size_t size;
    size_t at;
    size_t piece_bytes;                /* what one read brings at most; 0: all that there is */
    size_t events[FAKE_CLIENT_EVENTS]; /* after so many bytes somebody comes or goes */
    size_t event_count;
    uint32_t changes_before; /* of scripts that are over */
    bool dry;                /* the phone looked for more, and there was nothing */
    bool early;         /* events are seen at once, and not when the bytes before them were read */
    bool late;          /* all but the first are seen only when everything was read */
    bool not_reading;   /* nobody takes what the phone sends */
    uint32_t spoke_to;  /* the link's changes when the phone wrote last */
    unsigned greetings; /* that the phone answered */
    char replies[FAKE_CLIENT_REPLIES][FASTBOOT_REPLY_BYTES_MAX + 1];
    size_t reply_count;
    struct span uploaded;
    uint64_t expected; /* bytes of an upload that are announced */
};

/* A client with an empty script; fake_fastboot_make makes its own. */
void fake_client_init(struct fake_client *client);
void fake_client_renew(struct fake_client *client); /* another one, with an empty script */
void fake_client_free(struct fake_client *client);
/* Forgets a script that is over, and the replies to it; who is there stays. */
void fake_client_forget(struct fake_client *client);
/* The script, bit by bit. `come` greets, too. */
void fake_client_come(struct fake_client *client);
void fake_client_come_silently(struct fake_client *client);
bool fake_client_is_there(const struct fake_client *client);
void fake_client_go(struct fake_client *client);
void fake_client_bytes(struct fake_client *client, const void *bytes, size_t size);
void fake_client_packet(struct fake_client *client, const void *bytes, size_t size);
void fake_client_command(struct fake_client *client, const char *command);
/* download:, and the bytes in packets of at most `packet_bytes` (0: one). */
void fake_client_download(struct fake_client *client, const void *bytes, size_t size,
                          size_t packet_bytes);

/* The first reply that begins so; NULL: there was none. */
const char *fake_client_reply(const struct fake_client *client, const char *beginning);

#endif
