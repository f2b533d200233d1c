/* SPDX-License-Identifier: MIT */
/*
 * One fastboot session: a command packet in, replies out; data in, data out. Stage fastboot. It
 * knows no transport: packets leave through a wire, and whoever reads the transport calls
 * session_command and session_data_....
 */
#ifndef FASTBOOT_SESSION_H
#define FASTBOOT_SESSION_H

#include "fastboot/reply.h"

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

#endif
