/* SPDX-License-Identifier: MIT */
/*
 * Qualcomm's Sahara, version 2, as a phone in rescue mode begins it: hello, a programmer that the
 * host sends, done. The phone's rescue mode is its own programmer: the first 64 bytes of the host's
 * are asked for, with a 64-bit read, and looked at no further. Little endian.
 */
#ifndef USB_SAHARA_H
#define USB_SAHARA_H

#include "usb/usb.h"

#define SAHARA_PACKET_BYTES_MAX 48

enum sahara_state {
    SAHARA_HELLO, /* said hello */
    SAHARA_IMAGE, /* the programmer is coming */
    SAHARA_END,   /* it is there */
    SAHARA_DONE,
};

struct sahara {
    enum sahara_state state;
    size_t image_left;
    uint8_t packet[SAHARA_PACKET_BYTES_MAX]; /* what is said next */
    size_t packet_bytes;
};

/* Says hello. */
void sahara_begin(struct sahara *sahara);
/* One transfer of the host's. What does not belong there is answered by a new hello. */
void sahara_take(struct sahara *sahara, struct slice data);

#endif
