/* SPDX-License-Identifier: MIT */
/*
 * The words of USB that the whole of this folder shares. USB 2.0, chapters 8 and 9. Sizes in bytes.
 */
#ifndef USB_USB_H
#define USB_USB_H

#include "base/bytes.h"

/* What the phone is on its cable; USB_OFF: nothing is plugged. */
enum usb_mode {
    USB_OFF,
    USB_FASTBOOT,
    USB_ADB,
    USB_EDL,
};

/* How a transfer ends. */
enum usb_status {
    USB_OK,
    USB_STALL,
    USB_CANCELLED,
    USB_IO_ERROR,
};

enum {
    USB_EP_OUT = 0x01,
    USB_EP_IN = 0x81,
    USB_PACKET_BYTES = 512, /* bulk, high speed */
    USB_CONTROL_PACKET_BYTES = 64,
    USB_DEVICE_BCD = 0x0100,
    USB_TRANSFER_BYTES_MAX = 16 << 20, /* what Linux lets a program have under way */
};

/* A control request; 9.3. */
struct usb_setup {
    uint8_t type;
    uint8_t request;
    uint16_t value;
    uint16_t index;
    uint16_t length;
};

#endif
