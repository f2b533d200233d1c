/* SPDX-License-Identifier: MIT */
/*
 * fastboot over USB <-> fastboot over TCP, version 1 (AOSP, fastboot/README.md): each transfer
 * becomes a packet, a length of 8 bytes big endian before it; each packet becomes a transfer.
 *
 * A tool that dies leaves half a conversation behind, and USB tells nobody. So a command that comes
 * before the last one was answered, or in the place of data, is another client's: the phone is
 * called anew.
 */
#ifndef USB_FASTBOOT_H
#define USB_FASTBOOT_H

#include "usb/function.h"

#define FASTBOOT_REPLY_BYTES_MAX 256

struct fastboot_function {
    struct function function;
    bool greeting;  /* FB01 was said to the phone */
    bool greeted;   /* ... and by it */
    bool commanded; /* a command's last answer is still to come */
    bool uploads;   /* the command asks for data of the phone's */
    bool replying;  /* a reply was begun: its tag is in `tag` */
    uint8_t tag[4];
    uint64_t packet_left;   /* of the phone's packet at the front of the queue */
    uint64_t download_left; /* data that the phone waits for */
    uint64_t upload_left;   /* data of the phone's that the host waits for */
};

void fastboot_function_init(struct fastboot_function *fastboot, struct stream *stream);

#endif
