/* SPDX-License-Identifier: MIT */
/* The port lab.adb. QEMU: -device virtserialport,name=lab.adb,... */
#ifndef USERLAND_ADB_PORT_H
#define USERLAND_ADB_PORT_H

#include "base/bytes.h"

#define ADB_STALL_MS 20000 /* a computer that takes or sends nothing for so long has gone */

struct adb_port {
    int fd;        /* -1: closed */
    bool gone;     /* nobody was at the other end when it was last used */
    bool answered; /* who is there now has been sent something */
};

/* What is there to be read. */
enum adb_port_news {
    ADB_PORT_QUIET = 0,
    ADB_PORT_BYTES,
    ADB_PORT_NOBODY, /* nobody is at the other end */
};

/* False: there is no such port. */
bool adb_port_open(struct adb_port *port);
void adb_port_close(struct adb_port *port);

/* Sends all of it; false when the other end goes away meanwhile. */
bool adb_port_send(struct adb_port *port, struct slice bytes);

/* Takes what has come into `room`; waits at most wait_ms for it. */
enum adb_port_news adb_port_receive(struct adb_port *port, struct span room, int wait_ms,
                                    struct slice *out_bytes);

#endif
