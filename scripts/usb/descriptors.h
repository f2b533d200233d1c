/* SPDX-License-Identifier: MIT */
/* What the phone says of itself: the standard descriptors. */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include "usb/control_reply.h"
#include "usb/identity.h"

struct description {
    const struct identity *identity;
    const struct identity_names *names;
};

/* GET_DESCRIPTOR: `value` is the type and the index. False: there is none such. */
NODISCARD bool descriptors_put(const struct description *what, uint16_t value,
                               struct control_reply *reply);

#endif
