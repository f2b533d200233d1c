/* SPDX-License-Identifier: MIT */
/*
 * This computer's own USB: Linux's virtual host controller (module vhci-hcd) takes a socket whose
 * other end speaks USB/IP, and the phone is a device of the desktop. Needs root.
 */
#ifndef USB_VHCI_H
#define USB_VHCI_H

#include <stdbool.h>

/* Is there one, and may we? If not, says what would help. */
bool vhci_check(void);

/* Plugs in a device of high speed; gives our end of the socket, or -1 and says why. */
int vhci_attach(void);

#endif
