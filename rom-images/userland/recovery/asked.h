/* SPDX-License-Identifier: MIT */
/*
 * What the bootloader message asks the recovery for: the lines of its `recovery` field, behind
 * RECOVERY_WORD. Pure. AOSP bootable/recovery: recovery.cpp has the arguments of Android's own.
 *
 *   --wipe_data                erase user data and cache, then restart
 *   --wipe_cache               erase the cache, then restart
 *   --prompt_and_wipe_data     ask the person whether to erase user data
 *   --sideload                 wait for a package from a computer
 *   --sideload_auto_reboot     and restart when it is installed
 *   --update_package=FILE      cannot be done: a file system on the phone is not read here
 *   --show_version_mismatch    this ROM may not run here: a line on the menu, as long as it is asked
 *   --just_exit                restart
 *   --reason=, --locale=, ...  said along with others, and passed over
 */
#ifndef USERLAND_RECOVERY_ASKED_H
#define USERLAND_RECOVERY_ASKED_H

#include "format/misc.h"

#include <stdbool.h>

#define RECOVERY_ASKED_BYTES 256

enum recovery_asked_what {
    RECOVERY_ASKED_WIPE_DATA = 0,
    RECOVERY_ASKED_WIPE_CACHE,
    RECOVERY_ASKED_PROMPT,
    RECOVERY_ASKED_SIDELOAD,
    RECOVERY_ASKED_SIDELOAD_REBOOT,
    RECOVERY_ASKED_PACKAGE,
    RECOVERY_ASKED_MISMATCH,
    RECOVERY_ASKED_EXIT,
    RECOVERY_ASKED_ASIDE, /* passed over */
    RECOVERY_ASKED_UNKNOWN,
    RECOVERY_ASKED_COUNT,
};

struct recovery_asked {
    bool what[RECOVERY_ASKED_COUNT];
    char unknown[RECOVERY_ASKED_BYTES]; /* the first that is not known, printable; or the package */
};

/* A message for somebody else, or without the first line, asks for nothing. */
void recovery_asked_read(const struct bootloader_message *message, struct recovery_asked *out);

/* Takes lines that ask for `what` out of the message: it was done. */
void recovery_asked_done(struct bootloader_message *message, enum recovery_asked_what what);

/* Is a line left that asks for something to be done? */
bool recovery_asked_more(const struct bootloader_message *message);

/* As the trace has it. */
const char *recovery_asked_name(enum recovery_asked_what what);

#endif
