/* SPDX-License-Identifier: MIT */
/*
 * The phone's virtio ports by their names. QEMU: -device virtserialport,name=lab.trace,...
 */
#ifndef USERLAND_PORTS_H
#define USERLAND_PORTS_H

/* Opens the port `name` with open(2)'s `flags`; -1 when it is not there (yet). */
int port_open(const char *name, int flags);

#endif
