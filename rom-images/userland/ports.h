/* SPDX-License-Identifier: MIT */
/*
 * The phone's virtio ports by their names. QEMU: -device virtserialport,name=lab.trace,...
 */
#ifndef USERLAND_PORTS_H
#define USERLAND_PORTS_H

/*
 * Opens the port `name` with open(2)'s `flags`; waits at most wait_ms for it to come. Returns the
 * file, or -1.
 */
int port_open(const char *name, int flags, unsigned wait_ms);

#endif
