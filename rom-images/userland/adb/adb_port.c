/* SPDX-License-Identifier: MIT */
/* The port lab.adb. */
#include "adb/adb_port.h"

#include "ports.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PORT_NAME "lab.adb"

bool adb_port_open(struct adb_port *port)
{
    port->fd = port_open(PORT_NAME, O_RDWR | O_NONBLOCK, DEVICE_WAIT_MS);
    port->gone = false;
    return port->fd >= 0;
}

void adb_port_close(struct adb_port *port)
{
    if (port->fd >= 0) {
        close(port->fd);
    }
    port->fd = -1;
}

bool adb_port_send(struct adb_port *port, struct slice bytes)
{
    while (bytes.size != 0 && !port->gone) {
        struct pollfd writable = {.fd = port->fd, .events = POLLOUT};
        ssize_t sent = write(port->fd, bytes.data, bytes.size);

        if (sent > 0) {
            bytes = slice_of(bytes.data + sent, bytes.size - (size_t)sent);
        } else if (errno == EAGAIN && poll(&writable, 1, ADB_STALL_MS) > 0 &&
                   (writable.revents & POLLHUP) == 0) {
            continue;
        } else if (errno != EINTR) {
            port->gone = true;
        }
    }
    return !port->gone;
}

enum adb_port_news adb_port_receive(struct adb_port *port, struct span room, int wait_ms,
                                    struct slice *out_bytes)
{
    struct pollfd wake = {.fd = port->fd, .events = POLLIN};
    ssize_t got;

    if (poll(&wake, 1, wait_ms) <= 0) {
        return port->gone ? ADB_PORT_NOBODY : ADB_PORT_QUIET;
    }
    got = read(port->fd, room.data, room.size);
    if (got > 0) {
        port->gone = false;
        *out_bytes = slice_of(room.data, (size_t)got);
        return ADB_PORT_BYTES;
    }
    if (got == 0 || (wake.revents & POLLHUP) != 0) {
        port->gone = true;
        return ADB_PORT_NOBODY;
    }
    return ADB_PORT_QUIET;
}
