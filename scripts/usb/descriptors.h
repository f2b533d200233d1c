/* SPDX-License-Identifier: MIT */
/* What the phone says of itself: descriptors, appended to a reply. False: there is none such. */
#ifndef USB_DESCRIPTORS_H
#define USB_DESCRIPTORS_H

#include "usb/control.h"

struct description {
    const struct identity *identity;
    const struct identity_names *names;
};

/* GET_DESCRIPTOR: `value` is the type and the index. */
NODISCARD bool descriptors_standard(const struct description *what, uint16_t value,
                                    struct control_reply *reply);

/* Microsoft's: the request of that number, and which of them (wIndex). */
#define DESCRIPTORS_MS_REQUEST 0x20
NODISCARD bool descriptors_microsoft(const struct description *what, uint16_t index,
                                     struct control_reply *reply);

/* For descriptors.c and descriptors_ms.c: there is always room. */
void descriptors_put(struct control_reply *reply, const void *bytes, size_t size);
void descriptors_put_utf16(struct control_reply *reply, const char *text, size_t count);
size_t descriptors_ms_set_bytes(void);

#endif
