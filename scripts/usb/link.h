/* SPDX-License-Identifier: MIT */
/*
 * The way to the phone's port: a socket that is opened when a tool first speaks, so that the port
 * is free for others until then. Nothing here waits: main polls the descriptor.
 */
#ifndef USB_LINK_H
#define USB_LINK_H

#include "usb/device.h"

#define LINK_ADDRESS_BYTES 256

struct link {
    struct device *device;
    char address[LINK_ADDRESS_BYTES]; /* HOST:PORT or a path; empty: nowhere */
    int fd;                           /* -1: closed */
    bool connecting;
    bool heard;        /* the phone has said something */
    bool lost;         /* the phone closed it, and has not gone yet */
    uint64_t moved_ms; /* when bytes last moved, or the link was opened */
};

void link_init(struct link *link, struct device *device);
/* Where the phone's port is now. False: that is no address. Closes what was open. */
NODISCARD bool link_set_address(struct link *link, struct slice address);

/* Opens and closes as the device wants it. */
void link_update(struct link *link, uint64_t now_ms);
/* What to poll for; 0: nothing. */
short link_events(const struct link *link);
void link_ready(struct link *link, short events, uint64_t now_ms);
/* How long until link_update() must be called again; -1: for ever. */
int link_timeout_ms(const struct link *link, uint64_t now_ms);
void link_close(struct link *link);

#endif
