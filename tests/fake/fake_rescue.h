/* SPDX-License-Identifier: MIT */
/*
 * A client of rescue mode in memory: bytes that it has sent already, an account that answers
 * challenges, and everything that it was sent. When its bytes are used up it goes, or stalls.
 */
#ifndef TESTS_FAKE_RESCUE_H
#define TESTS_FAKE_RESCUE_H

#include "rescue/rescue_session.h"
#include "rom-images/write/keys.h"
#include "tests/fake/fake_devices.h"

#define FAKE_RESCUE_BYTES (1u << 20)

struct fake_rescue {
    struct link link;
    uint8_t sent[FAKE_RESCUE_BYTES]; /* by the client */
    size_t sent_bytes;
    size_t taken; /* of them, by the phone */
    char received[65536];
    size_t received_bytes;
    uint32_t changes;
    bool stalls;          /* it stays when its bytes are used up */
    bool deaf;            /* it takes nothing */
    bool next_on_hello;   /* when it is greeted it is gone already, and the next one there */
    const char *on_hello; /* the command that it sends when it is greeted, authenticated first */

    /* how it answers a challenge; key NULL: not at all */
    const struct signing_key *key;
    const char *serial;
    const char *domain;
    uint8_t spoil; /* this bit of the nonce is signed wrong; 0: none */
};

void fake_rescue_init(struct fake_rescue *client);
/* It comes (anew), having said nothing yet. */
void fake_rescue_come(struct fake_rescue *client);
void fake_rescue_bytes(struct fake_rescue *client, struct slice bytes);
void fake_rescue_packet(struct fake_rescue *client, uint32_t type, struct slice bytes);
/* One command: `element` inside <data>. */
void fake_rescue_command(struct fake_rescue *client, const char *element);
/* `size` bytes of `value`, in packets of at most `piece`. */
void fake_rescue_data(struct fake_rescue *client, uint8_t value, size_t size, size_t piece);

#endif
