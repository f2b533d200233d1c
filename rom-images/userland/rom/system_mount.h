/* SPDX-License-Identifier: MIT */
/*
 * The partition `system`: mounted at /system, and under dm-verity read once from end to end, so
 * that a changed block is found before somebody needs it.
 *
 * How is what the bootloader verified and says on the kernel's command line: the word
 * flashlab.system=dm-verity with androidboot.veritymode and .verity.system. Without a hash tree a
 * system is mounted as it is only where that is said (plain), or on a phone that vouches for
 * nothing. It is done by a process of its own with low priority, which tells what it finds
 * through a pipe.
 */
#ifndef USERLAND_SYSTEM_MOUNT_H
#define USERLAND_SYSTEM_MOUNT_H

#include "props.h"

#include <stdint.h>

enum system_result {
    SYSTEM_MOUNTED = 1, /* at /system */
    SYSTEM_CHECKED,     /* every block is what was signed */
    SYSTEM_IO_ERROR,    /* dm-verity refused `block` */
    SYSTEM_FAULT,       /* it cannot be mounted: `what` */
};

struct system_news {
    enum system_result result;
    uint64_t block;
    char what[64];
};

const char *system_result_name(enum system_result result); /* "mounted", "checked", ... */

/*
 * Starts the process. Returns the pipe from which system_mount_news reads, or -1: there are
 * no processes.
 */
int system_mount_start(const struct props *props);

/* The next piece of news. False: there will be none; the pipe has been closed. */
bool system_mount_news(int pipe, struct system_news *out_news);

/*
 * The value of the word flashlab.system= in a command line: "dm-verity", "plain", or "". For tests.
 */
void system_mount_how(const char *cmdline, char *out_how, size_t out_how_size);

/*
 * May the system be mounted as it is? `how` is the word's value, `boot_state` what the bootloader
 * says of this start: a green or yellow phone runs only what somebody vouches for. For tests.
 */
bool system_mount_may_be_plain(const char *how, const char *boot_state);

/*
 * Notes for the bootloader that dm-verity refused a block (bootloader/format/misc.h). False: that
 * is noted already, so that the bootloader has looked and a restart would lead here again; or it
 * cannot be written.
 */
bool system_mount_note(uint64_t block);

/* Takes an old note away: the system is whole. */
void system_mount_forget(void);

#endif
