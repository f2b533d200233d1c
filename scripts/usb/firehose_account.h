/* SPDX-License-Identifier: MIT */
/* How an account is let in: what the phone says, and what is said to that. */
#ifndef USB_FIREHOSE_ACCOUNT_H
#define USB_FIREHOSE_ACCOUNT_H

#include "usb/firehose_link.h"

/* One element of the phone's, before the tool has the word. False: it does not belong there. */
NODISCARD bool firehose_authenticate(struct firehose *firehose, const struct rescue_xml *xml);

#endif
