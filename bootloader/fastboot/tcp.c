/* SPDX-License-Identifier: MIT */
/*
 * The stream in packets. Every client is bounded: a turn takes so many steps, a length is only
 * counted down, and whoever is out of step is not listened to until he goes. Stage fastboot.
 */
#include "fastboot/tcp.h"

#include <string.h>

#define STEPS_MAX       64         /* a turn */
#define DATA_STEP_BYTES (1u << 20) /* at once, so that the keys get their turn */
#define STALE_BYTES_MAX (4u << 20) /* more than a link holds: it is being filled again */
#define SKIP_BYTES      4096

static struct tcp *self(struct wire *wire)
{
    return CONTAINER_OF(wire, struct tcp, wire);
}

static void ignore_client(struct tcp *tcp)
{
    tcp->phase = TCP_IGNORING;
    session_forget(tcp->session);
}

static bool wire_gone(struct wire *wire)
{
    struct tcp *tcp = self(wire);

    return tcp->phase == TCP_IGNORING || tcp->link->ops->changes(tcp->link) != tcp->changes;
}

/* To the client that is being served, or to nobody. */
static enum err send(struct tcp *tcp, struct slice bytes)
{
    return tcp->link->ops->write_to(tcp->link, tcp->changes, bytes);
}

void tcp_end(struct tcp *tcp)
{
    if (tcp->link != NULL && tcp->link->ops->close != NULL) {
        (void)tcp->link->ops->close(tcp->link);
    }
}

static void wire_send(struct wire *wire, struct slice packet)
{
    struct tcp *tcp = self(wire);
    uint8_t frame[TCP_LENGTH_BYTES + FASTBOOT_REPLY_BYTES_MAX];
    enum err err;

    if (tcp->phase == TCP_IGNORING) {
        return;
    }
    if (tcp->session->ended) {
        tcp_end(tcp);
    }
    put_be64(frame, packet.size);
    if (packet.size <= FASTBOOT_REPLY_BYTES_MAX) {
        memcpy(frame + TCP_LENGTH_BYTES, packet.data, packet.size);
        err = send(tcp, slice_of(frame, TCP_LENGTH_BYTES + packet.size));
    } else {
        err = send(tcp, slice_of(frame, TCP_LENGTH_BYTES));
        if (err == OK) {
            err = send(tcp, packet);
        }
    }
    if (err != OK) {
        tcp->phase = TCP_IGNORING;
    }
}

void tcp_begin(struct tcp *tcp, struct link *link, struct session *session)
{
    static const struct wire_ops ops = {.send = wire_send, .gone = wire_gone};

    *tcp = (struct tcp){.wire = {.ops = &ops}, .link = link, .session = session};
    tcp->phase = TCP_STALE; /* who was there before fastboot mode, and what did he send? */
}

/* Up to room.size bytes of what has come; 0 also when the link fails. */
static size_t take(struct tcp *tcp, struct span room)
{
    size_t count;

    return tcp->link->ops->read(tcp->link, room, &count) == OK ? count : 0;
}

/* The last bytes that were read, up to a greeting's: they may be the next client's already. */
static void save_tail(struct tcp *tcp, struct slice bytes)
{
    size_t count = MIN(bytes.size, TCP_GREETING_BYTES);
    size_t old = MIN(tcp->tail_bytes, TCP_GREETING_BYTES - count);

    memmove(tcp->tail, tcp->tail + tcp->tail_bytes - old, old);
    memcpy(tcp->tail + old, bytes.data + bytes.size - count, count);
    tcp->tail_bytes = old + count;
}

/* How many of the last bytes could be a greeting, or the beginning of one. */
static size_t greeting_at_end(struct slice bytes)
{
    size_t count = MIN(bytes.size, TCP_GREETING_BYTES);

    while (memcmp(bytes.data + bytes.size - count, TCP_GREETING, count) != 0) {
        count--;
    }
    return count;
}

/*
 * Empties the link. A client that came in the meantime has sent its greeting at most, as it waits
 * for ours: what of the last bytes could be that is kept.
 */
static void drop_stale(struct tcp *tcp)
{
    uint8_t bytes[TCP_GREETING_BYTES + SKIP_BYTES];
    size_t kept = tcp->tail_bytes;
    size_t dropped = 0;
    size_t count;

    memcpy(bytes, tcp->tail, kept);
    do {
        size_t all;

        count = take(tcp, (struct span){bytes + kept, SKIP_BYTES});
        all = kept + count;
        kept = greeting_at_end(slice_of(bytes, all));
        memmove(bytes, bytes + all - kept, kept);
        dropped += count;
    } while (count != 0 && dropped < STALE_BYTES_MAX);
    memcpy(tcp->head, bytes, kept);
    tcp->have = kept;
    tcp->doubtful = kept != 0;
    tcp->tail_bytes = 0;
    save_tail(tcp, slice_of(bytes, kept));
}

/* Looks whether a client came or went. */
static void look_around(struct tcp *tcp)
{
    uint32_t changes = tcp->link->ops->changes(tcp->link);
    bool clean = tcp->phase == TCP_AWAY && changes == tcp->changes + 1;

    if (changes == tcp->changes && tcp->phase != TCP_STALE) {
        return;
    }
    session_forget(tcp->session);
    tcp->changes = changes;
    tcp->have = 0;
    tcp->doubtful = false;
    tcp->left = 0;
    if (clean) {
        tcp->tail_bytes = 0;
    } else {
        drop_stale(tcp);
        if (tcp->link->ops->changes(tcp->link) != changes) {
            tcp->phase = TCP_STALE;
            return;
        }
    }
    tcp->phase = changes % 2 != 0 ? TCP_HELLO : TCP_AWAY;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "FB" and a version: the lower one counts, and ours is the lowest. */
static bool is_greeting(const uint8_t *head)
{
    return head[0] == 'F' && head[1] == 'B' && is_digit(head[2]) && is_digit(head[3]) &&
           (head[2] != '0' || head[3] != '0');
}

static void step_hello(struct tcp *tcp)
{
    if (tcp->have < TCP_GREETING_BYTES) {
        return;
    }
    tcp->have = 0;
    if (is_greeting(tcp->head)) {
        if (send(tcp, slice_of(TCP_GREETING, TCP_GREETING_BYTES)) != OK) {
            ignore_client(tcp);
            return;
        }
        tcp->phase = TCP_LENGTH;
    } else if (tcp->doubtful) {
        /* It began with what the client before had left: this one's begins later. */
        tcp->doubtful = false;
        tcp->have = greeting_at_end(slice_of(tcp->head + 1, TCP_GREETING_BYTES - 1));
        memmove(tcp->head, tcp->head + TCP_GREETING_BYTES - tcp->have, tcp->have);
    } else {
        ignore_client(tcp);
    }
}

/* What was sent in between may have found that nobody reads: then it stays so. */
static void go_on(struct tcp *tcp, enum tcp_phase phase)
{
    tcp->have = 0;
    tcp->phase = tcp->phase == TCP_IGNORING ? TCP_IGNORING : phase;
}

static void begin_data(struct tcp *tcp)
{
    if (tcp->left > session_data_room(tcp->session).size) {
        session_data_refuse(tcp->session, "more data than announced");
        go_on(tcp, TCP_SKIP);
        return;
    }
    tcp->phase = TCP_DATA;
}

static void begin_command(struct tcp *tcp)
{
    if (tcp->left == 0) {
        session_command(tcp->session, slice_of(tcp->command, 0));
        go_on(tcp, TCP_LENGTH);
    } else if (tcp->left > sizeof tcp->command) {
        session_refuse_long(tcp->session);
        go_on(tcp, TCP_SKIP);
    } else {
        tcp->phase = TCP_COMMAND;
    }
}

static void step_length(struct tcp *tcp)
{
    /*
     * A greeting that crossed ours: drop_stale took an older one for it. Or the next client's,
     * whose coming the link has not told yet: tcp->tail keeps it.
     */
    if (tcp->have >= TCP_GREETING_BYTES &&
        memcmp(tcp->head, TCP_GREETING, TCP_GREETING_BYTES) == 0) {
        tcp->have -= TCP_GREETING_BYTES;
        memmove(tcp->head, tcp->head + TCP_GREETING_BYTES, tcp->have);
        return;
    }
    if (tcp->have < TCP_LENGTH_BYTES) {
        return;
    }
    tcp->have = 0;
    tcp->left = be64(tcp->head);
    if (session_data_room(tcp->session).size != 0) {
        begin_data(tcp);
    } else {
        begin_command(tcp);
    }
}

/* Where the next bytes of this phase go. */
static struct span room_for(struct tcp *tcp, struct span spill)
{
    struct span room = spill;

    switch (tcp->phase) {
    case TCP_HELLO:
        return (struct span){tcp->head + tcp->have, TCP_GREETING_BYTES - tcp->have};
    case TCP_LENGTH:
        return (struct span){tcp->head + tcp->have, TCP_LENGTH_BYTES - tcp->have};
    case TCP_COMMAND:
        return (struct span){tcp->command + tcp->have, (size_t)tcp->left};
    case TCP_DATA:
        room = session_data_room(tcp->session);
        room.size = MIN(room.size, DATA_STEP_BYTES);
        break;
    case TCP_AWAY:
    case TCP_STALE:
    case TCP_SKIP:
    case TCP_IGNORING:
        break;
    }
    if (tcp->phase != TCP_IGNORING && room.size > tcp->left) {
        room.size = (size_t)tcp->left;
    }
    return room;
}

/* What came is where room_for said. */
static void took(struct tcp *tcp, size_t count)
{
    switch (tcp->phase) {
    case TCP_HELLO:
        tcp->have += count;
        step_hello(tcp);
        return;
    case TCP_LENGTH:
        tcp->have += count;
        step_length(tcp);
        return;
    case TCP_COMMAND:
        tcp->have += count;
        tcp->left -= count;
        if (tcp->left == 0) {
            session_command(tcp->session, slice_of(tcp->command, tcp->have));
            go_on(tcp, TCP_LENGTH);
        }
        return;
    case TCP_DATA:
        tcp->left -= count;
        session_data_took(tcp->session, count);
        if (tcp->left == 0) {
            go_on(tcp, TCP_LENGTH);
        }
        return;
    case TCP_SKIP:
        tcp->left -= count;
        if (tcp->left == 0) {
            go_on(tcp, TCP_LENGTH);
        }
        return;
    case TCP_AWAY:
    case TCP_STALE:
    case TCP_IGNORING:
        return;
    }
}

bool tcp_poll(struct tcp *tcp)
{
    uint8_t spill[SKIP_BYTES];

    for (int steps = 0; steps < STEPS_MAX; steps++) {
        struct span room;
        size_t count;

        if (tcp->session->ended) {
            return true;
        }
        look_around(tcp);
        if (tcp->phase == TCP_AWAY) {
            return steps != 0;
        }
        if (tcp->phase == TCP_STALE) {
            continue;
        }
        room = room_for(tcp, (struct span){spill, sizeof spill});
        count = room.size != 0 ? take(tcp, room) : 0;
        if (count == 0 && room.size != 0) {
            return steps != 0;
        }
        save_tail(tcp, slice_of(room.data, count));
        took(tcp, count);
    }
    return true;
}
