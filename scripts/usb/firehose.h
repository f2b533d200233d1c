/* SPDX-License-Identifier: MIT */
/*
 * Qualcomm's Firehose <-> the phone's rescue mode (docs/rescue.md). A tool sends bare documents and
 * bare data; the phone takes packets. What the phone knows goes to it under its own names; what it
 * has no use for - the bootable drive, patches that only put a partition table's checksums right -
 * is acknowledged here.
 *
 * Before anything of the tool's goes to the phone, the account that the bridge was given answers
 * the phone's challenge; without one the phone is asked as it is, and refuses.
 */
#ifndef USB_FIREHOSE_H
#define USB_FIREHOSE_H

#include "usb/firehose_link.h"

void firehose_init(struct firehose *firehose, struct stream *stream,
                   const struct edl_account *account);
void firehose_free(struct firehose *firehose);
/* Nothing that was before counts. */
void firehose_begin(struct firehose *firehose);

/* One transfer of the tool's. */
enum usb_status firehose_take(struct firehose *firehose, struct slice data);
/* Takes what has come from the phone; false: the phone says what it must not. */
NODISCARD bool firehose_listen(struct firehose *firehose);

#endif
