/* SPDX-License-Identifier: MIT */
#include "usb/vhci.h"

#include "usb/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROLLER "/sys/devices/platform/vhci_hcd.0"

enum {
    DEVICE_ID = 1 << 16 | 2, /* bus 1, device 2: as usbip.c describes it */
    SPEED_HIGH = 3,
    PORT_FREE = 4, /* VDEV_ST_NULL */
};

bool vhci_check(void)
{
    if (access(CONTROLLER "/status", R_OK) != 0) {
        report("there is no virtual USB controller: modprobe vhci-hcd (as root)");
        return false;
    }
    if (access(CONTROLLER "/attach", W_OK) != 0) {
        report("only root may plug a phone into this computer");
        return false;
    }
    return true;
}

/* A port of high speed that nothing is plugged into; -1: there is none. */
static int free_port(void)
{
    FILE *status = fopen(CONTROLLER "/status", "r");
    char line[256];
    int found = -1;

    while (status != NULL && found < 0 && fgets(line, sizeof line, status) != NULL) {
        int port, state;

        if (sscanf(line, "hs %d %d", &port, &state) == 2 && state == PORT_FREE) {
            found = port;
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return found;
}

static bool hand_over(int port, int fd)
{
    char text[64];
    int size = snprintf(text, sizeof text, "%d %d %d %d", port, fd, DEVICE_ID, SPEED_HIGH);
    int attach = open(CONTROLLER "/attach", O_WRONLY | O_CLOEXEC);
    bool written = attach >= 0 && write(attach, text, (size_t)size) == size;

    if (!written) {
        report("the phone could not be plugged into port %d: %s", port, strerror(errno));
    }
    if (attach >= 0) {
        close(attach);
    }
    return written;
}

int vhci_attach(void)
{
    int port = free_port();
    int pair[2];

    if (port < 0) {
        report("no port of the virtual USB controller is free: usbip port lists them");
        return -1;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return -1;
    }
    if (!hand_over(port, pair[1])) {
        close(pair[0]);
        pair[0] = -1;
    } else {
        report("plugged into port %d of the virtual USB controller", port);
    }
    close(pair[1]);
    return pair[0];
}
