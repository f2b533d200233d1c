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

/*
 * What a computer sends may come before the kernel has heard that it is there (both are on their
 * way, in two queues): the first answer waits so long for that.
 */
#define GREETING_MS 100
#define LOOK_MS     5

static void lose(struct adb_port *port)
{
    port->gone = true;
    port->answered = false;
}

bool adb_port_open(struct adb_port *port)
{
    port->fd = port_open(PORT_NAME, O_RDWR | O_NONBLOCK, DEVICE_WAIT_MS);
    port->gone = false;
    port->answered = false;
    return port->fd >= 0;
}

void adb_port_close(struct adb_port *port)
{
    if (port->fd >= 0) {
        close(port->fd);
    }
    port->fd = -1;
}

/* Nothing was taken: may it be tried again? */
static bool may_retry(struct adb_port *port, int *greeting_ms)
{
    struct pollfd writable = {.fd = port->fd, .events = POLLOUT};

    if (errno == EINTR) {
        return true;
    }
    if (errno != EAGAIN || poll(&writable, 1, ADB_STALL_MS) <= 0) {
        return false;
    }
    if ((writable.revents & POLLHUP) == 0) {
        return true;
    }
    *greeting_ms -= LOOK_MS;
    return *greeting_ms >= 0 && poll(NULL, 0, LOOK_MS) == 0;
}

bool adb_port_send(struct adb_port *port, struct slice bytes)
{
    int greeting_ms = port->answered ? 0 : GREETING_MS;

    while (bytes.size != 0 && !port->gone) {
        ssize_t sent = write(port->fd, bytes.data, bytes.size);

        if (sent > 0) {
            bytes = slice_of(bytes.data + sent, bytes.size - (size_t)sent);
            port->answered = true;
        } else if (!may_retry(port, &greeting_ms)) {
            lose(port);
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
        lose(port);
        return ADB_PORT_NOBODY;
    }
    return ADB_PORT_QUIET;
}
