/* SPDX-License-Identifier: MIT */
/*
 * A client of a front end: what came from it, what goes to it, and the protocol that makes
 * transfers of it. Pure: main moves the bytes. Each protocol is one table of functions.
 */
#ifndef USB_CLIENT_H
#define USB_CLIENT_H

#include "usb/device.h"

#define CLIENT_OUT_BYTES_MAX (64u << 20) /* a client that does not read is let go */
#define CLIENT_IN_BYTES_MAX  (1u << 20)

struct client;

struct front {
    /* False: it is not let in. */
    bool (*open)(struct client *client);
    /* Bytes have come, into `in`; false: hang up. */
    bool (*take)(struct client *client);
    void (*close)(struct client *client);
};

struct client {
    const struct front *front;
    struct device *device;
    struct usb_host host;
    struct queue in, out;
    bool attached; /* it has the device */
    bool leaving;  /* hang up, once `out` is sent */
    union {
        struct {
            struct usbredirparser *parser;
            bool unplugging; /* the client has still to say that it saw that */
        } redir;
        struct {
            uint8_t head[48]; /* of the transfer whose data is coming */
            bool in_data;
            struct queue data;
        } usbip;
    };
};

extern const struct front redir_front;
extern const struct front usbip_front;
extern const struct front vhci_front; /* the same, for a device that is imported already */

#endif
