/* SPDX-License-Identifier: MIT */
/* The loop: clients, the phone's link and standard input, none of which is ever waited for alone. */
#ifndef USB_BRIDGE_H
#define USB_BRIDGE_H

#include "usb/account.h"
#include "usb/client.h"
#include "usb/link.h"
#include "usb/options.h"

#define BRIDGE_CLIENTS_MAX 8
#define BRIDGE_LINE_BYTES  (LINK_ADDRESS_BYTES + 32)

struct bridge_client {
    int fd; /* -1: nobody */
    struct client client;
    uint64_t came;       /* the how many-th */
    uint64_t leaving_ms; /* since when it leaves; 0: it stays */
};

struct bridge {
    struct device device;
    struct link link;
    struct account account;
    const struct front *front;
    struct bridge_client clients[BRIDGE_CLIENTS_MAX];
    uint64_t came;     /* so many clients in all */
    int listener;      /* -1: vhci */
    int lines;         /* standard input; -1: there is none */
    bool plug_due;     /* vhci: to be plugged into this computer */
    bool changing;     /* a mode waits until the host has its answer */
    uint64_t since_ms; /* ... since then */
    char line[BRIDGE_LINE_BYTES];
    size_t line_bytes;
    char next[BRIDGE_LINE_BYTES]; /* the mode that waits */
};

/* False: says on standard error what is wrong. */
NODISCARD bool bridge_open(struct bridge *bridge, const struct options *options);
/* Until standard input ends. False: it cannot go on. */
NODISCARD bool bridge_run(struct bridge *bridge);
void bridge_close(struct bridge *bridge);

#endif
