/* SPDX-License-Identifier: MIT */
#include "usb/control_reply.h"

#include <string.h>

void control_reply_put(struct control_reply *reply, const void *bytes, size_t size)
{
    memcpy(reply->bytes + reply->size, bytes, size);
    reply->size += size;
}

void control_reply_put_utf16(struct control_reply *reply, const char *text, size_t count)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < count; i++) {
        control_reply_put(reply, (const uint8_t[]){i < length ? (uint8_t)text[i] : 0, 0}, 2);
    }
}
