/* SPDX-License-Identifier: MIT */
/*
 * fastboot's TCP framing over a byte stream. Stage fastboot. AOSP fastboot/README.md,
 * "TCP protocol v1".
 *
 * Both sides send "FB01"; then packets, each behind its length in 8 bytes, big endian. There is no
 * TCP here: the stream ends at the host's socket, and the link says when a client came or went.
 */
#ifndef FASTBOOT_TCP_H
#define FASTBOOT_TCP_H

#include "fastboot/session.h"
#include "iface/link.h"

#define TCP_GREETING       "FB01"
#define TCP_GREETING_BYTES 4
#define TCP_LENGTH_BYTES   8

enum tcp_phase {
    TCP_AWAY = 0, /* nobody is there, and nothing of anybody is left in the link */
    TCP_STALE,    /* somebody came; what is in the link may be another's */
    TCP_HELLO,
    TCP_LENGTH,
    TCP_COMMAND,
    TCP_DATA,
    TCP_SKIP,     /* a packet that was refused */
    TCP_IGNORING, /* to this client: it is out of step, or does not read */
};

struct tcp {
    struct wire wire;
    struct link *link;
    struct session *session;
    enum tcp_phase phase;
    uint32_t changes;                 /* of the link, when it was last looked at */
    uint8_t head[TCP_LENGTH_BYTES];   /* of the greeting, or of a length */
    size_t have;                      /* bytes of it, or of the command */
    bool doubtful;                    /* what head begins with may be of the client before */
    uint64_t left;                    /* bytes of the packet that have not come */
    uint8_t tail[TCP_GREETING_BYTES]; /* the last bytes that were read from this client, */
    size_t tail_bytes;                /* and how many there are */
    uint8_t command[FASTBOOT_COMMAND_BYTES_MAX];
};

/* `session` is begun with &tcp->wire. */
void tcp_begin(struct tcp *tcp, struct link *link, struct session *session);
/* Who comes from now on waits for the next fastboot mode. */
void tcp_end(struct tcp *tcp);

/*
 * Takes what has come, up to a bound, and runs the commands in it. True when there was something:
 * the caller should come back soon.
 */
bool tcp_poll(struct tcp *tcp);

#endif
