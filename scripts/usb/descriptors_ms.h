/* SPDX-License-Identifier: MIT */
/*
 * Microsoft OS descriptors 1.0 (Windows 7) and 2.0 (8.1 and later): the compatible id WINUSB, and
 * the interface GUID by which Android's tools look for a device.
 */
#ifndef USB_DESCRIPTORS_MS_H
#define USB_DESCRIPTORS_MS_H

#include "usb/control_reply.h"

/* The vendor's request that asks for them. */
#define DESCRIPTORS_MS_REQUEST 0x20

/* The one of that wIndex. False: there is none such. */
NODISCARD bool descriptors_ms_put(uint16_t index, struct control_reply *reply);
/* The size of the set of 2.0, which the BOS announces. */
size_t descriptors_ms_set_bytes(void);

#endif
