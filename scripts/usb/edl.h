/* SPDX-License-Identifier: MIT */
/* Rescue mode (EDL) as Qualcomm's 9008: Sahara first, Firehose then. */
#ifndef USB_EDL_H
#define USB_EDL_H

#include "usb/firehose.h"
#include "usb/sahara.h"

struct edl_function {
    struct function function;
    struct sahara sahara;
    struct firehose firehose;
    uint32_t document_left; /* of the document at the front of what is said */
};

void edl_function_init(struct edl_function *edl, struct stream *stream,
                       const struct edl_account *account);
void edl_function_free(struct edl_function *edl);

#endif
