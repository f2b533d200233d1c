/* SPDX-License-Identifier: MIT */
/* The reply to one control request, as it is put together: there is always room. */
#ifndef USB_CONTROL_REPLY_H
#define USB_CONTROL_REPLY_H

#include "usb/usb.h"

#define CONTROL_REPLY_BYTES 512

struct control_reply {
    uint8_t bytes[CONTROL_REPLY_BYTES];
    size_t size;
};

/* A number's bytes, in a list of bytes. */
#define LE16(x) (uint8_t)(x), (uint8_t)((x) >> 8)
#define LE32(x) LE16(x), LE16((uint32_t)(x) >> 16)

void control_reply_put(struct control_reply *reply, const void *bytes, size_t size);
/* `count` characters: those of `text`, then NULs. */
void control_reply_put_utf16(struct control_reply *reply, const char *text, size_t count);

#endif
