/* SPDX-License-Identifier: MIT */
/*
 * What commands work with: the session that they are given in, and the replies to it. Stage
 * fastboot. A command is answered with any number of INFO packets and then one OKAY, FAIL or DATA.
 */
#ifndef FASTBOOT_REPLY_H
#define FASTBOOT_REPLY_H

#include "base/text.h"
#include "fastboot/crc_list.h"
#include "fastboot/context.h"
#include "fastboot/unlock.h"
#include "screen/fastboot_screen.h"

#define FASTBOOT_COMMAND_BYTES_MAX 4096
#define FASTBOOT_REPLY_BYTES_MAX   256 /* with its four letters */

struct wire;

struct wire_ops {
    /* One packet, or nothing when nobody takes it. */
    void (*send)(struct wire *wire, struct slice packet);
    /* Is the client that gave the command under way gone? */
    bool (*gone)(struct wire *wire);
};

struct wire {
    const struct wire_ops *ops;
};

struct session {
    const struct fastboot_context *context;
    struct wire *wire;
    struct fastboot_facts facts; /* what the screen shows */

    size_t expected_bytes; /* of the data phase that is under way; 0: none is */
    size_t received_bytes; /* of them, in phone->download */
    struct span download;  /* what came whole; size 0: nothing */
    struct slice staged;   /* for get_staged, in phone->ramdisk; size 0: nothing */
    bool has_answer;       /* an unlock answer that a client staged before it went */
    uint8_t answer[sizeof(struct unlock_answer)];

    struct crc_lists crc_lists; /* until the phone restarts */

    const char *command; /* that is being answered */
    uint64_t shown_us;   /* when progress was last reported, */
    unsigned shown_percent;

    bool ended; /* fastboot mode is over: */
    enum fastboot_next next;
};

/* The one answer, and what may come before it. Texts are cut to what a reply holds. */
void session_okay(struct session *session, const char *text);
void session_fail(struct session *session, const char *text);
void session_info(struct session *session, const char *text);
void session_reply(struct session *session, const char *kind, const char *text);
/* FAIL with the name of the error behind the text. */
void session_fail_err(struct session *session, const char *text, enum err err);

/*
 * How far something has come, on the phone's screen and as INFO about once a second. `title` is
 * what is being done ("Writing system").
 */
void session_progress(struct session *session, const char *title, uint64_t done, uint64_t total);
void session_progress_end(struct session *session);

/* Fastboot mode ends with the answer that follows; what comes after that is not taken. */
/* Before the last answer: then nothing is taken that comes after it. */
void session_end(struct session *session, enum fastboot_next next);

#endif
