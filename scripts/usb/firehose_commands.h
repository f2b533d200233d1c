/* SPDX-License-Identifier: MIT */
/* What a tool's commands are to the phone. */
#ifndef USB_FIREHOSE_COMMANDS_H
#define USB_FIREHOSE_COMMANDS_H

#include "usb/firehose_link.h"

/* One document of the tool's. False: there is no room for what it means. */
NODISCARD bool firehose_run(struct firehose *firehose, struct slice text);

#endif
