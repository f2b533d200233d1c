/* SPDX-License-Identifier: MIT */
/*
 * One fastboot session: a command packet in, replies out; data in, data out. Stage fastboot. It
 * knows no transport: packets leave through a wire, and whoever reads the transport calls
 * session_command and session_data_....
 *
 * A command is answered with any number of INFO packets and then one OKAY, FAIL or DATA.
 */
#ifndef FASTBOOT_SESSION_H
#define FASTBOOT_SESSION_H

#include "base/text.h"
#include "fastboot/crc_list.h"
#include "fastboot/fastboot.h"
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
    uint64_t shown_us;   /* when progress was last told, */
    unsigned shown_percent;

    bool ended; /* fastboot mode is over: */
    enum fastboot_next next;
};

void session_begin(struct session *session, const struct fastboot_context *context,
                   struct wire *wire);

/*
 * The client went, or another came. What was downloaded is forgotten; what stays is what the stock
 * client needs two runs for: an unlock answer (stage, then oem unlock) and a picture (oem
 * screenshot, then get_staged).
 */
void session_forget(struct session *session);

/* Runs one command of any bytes, FASTBOOT_COMMAND_BYTES_MAX at most. Not while data is expected. */
void session_command(struct session *session, struct slice packet);
/* Answers one that is longer. */
void session_refuse_long(struct session *session);

/* Where the next bytes of data go; size 0: none are expected. */
struct span session_data_room(const struct session *session);
/* So many bytes were put there. After the last, the download is answered. */
void session_data_took(struct session *session, size_t count);
/* More came than was announced, or something else went wrong with it: the data phase is over. */
void session_data_refuse(struct session *session, const char *why);

/*
 * For commands: the one answer, and what may come before it. Texts are cut to what a reply holds.
 */
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

/* Fastboot mode ends when this command is answered. */
void session_end(struct session *session, enum fastboot_next next);

#endif
