/* SPDX-License-Identifier: MIT */
/*
 * adb over USB <-> adb over TCP: the same bytes (AOSP, adb/protocol.txt). On USB a message's head
 * and its data are transfers of their own, so what comes from the phone is cut there.
 */
#ifndef USB_ADB_H
#define USB_ADB_H

#include "usb/function.h"

#define ADB_HEAD_BYTES 24

struct adb_function {
    struct function function;
    bool spoken;        /* something was sent to the phone */
    uint64_t data_left; /* of the phone's message, after its head */
};

void adb_function_init(struct adb_function *adb, struct stream *stream);

#endif
