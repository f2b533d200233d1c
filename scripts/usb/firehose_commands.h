/* SPDX-License-Identifier: MIT */
/* The two tables of Firehose: what a tool's commands are to the phone, and how it is let in. */
#ifndef USB_FIREHOSE_COMMANDS_H
#define USB_FIREHOSE_COMMANDS_H

#include "usb/firehose.h"

#define FIREHOSE_ELEMENT_BYTES 1024 /* an element of ours, with its document around it */

/* One document of the tool's. False: there is no room for what it means. */
NODISCARD bool firehose_run(struct firehose *firehose, struct slice text);
/* One element of the phone's, before the tool has the word. False: it does not belong there. */
NODISCARD bool firehose_authenticate(struct firehose *firehose, const struct rescue_xml *xml);

/* Said to the tool, and to the phone; false: there is no room. */
NODISCARD bool firehose_say(struct firehose *firehose, const char *element);
NODISCARD bool firehose_command(struct firehose *firehose, const char *element);
NODISCARD bool firehose_send_answer(struct firehose *firehose);
/* Is it an ACK, with this raw mode? */
bool firehose_response_is(const struct rescue_xml *xml, bool raw);

#endif
