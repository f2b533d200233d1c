/* SPDX-License-Identifier: MIT */
/* What the first process does before anything else: the ROM's init and the recovery. */
#ifndef USERLAND_FIRST_PROCESS_H
#define USERLAND_FIRST_PROCESS_H

/* Mounts /dev, /proc and /sys. What fails is said on standard error. */
void first_process_mount(void);

/*
 * Opens files 0 to 2. A ramdisk without /dev/console starts us without them, and others must not
 * take their numbers.
 */
void first_process_open_files(void);

#endif
