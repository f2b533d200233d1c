/* SPDX-License-Identifier: MIT */
/*
 * The commands that change the lock, and those that ask about it. Stage fastboot.
 *
 * Order of a change, so that a cut anywhere leaves no readable user data under the new lock: the
 * journal says "changed, wipe pending", the fuse is burned, user data is zeroed, the journal says
 * "done". What was cut off is finished at the next power-on, before anything else (storage/wipe.h).
 */
#ifndef FASTBOOT_LOCK_H
#define FASTBOOT_LOCK_H

#include "fastboot/reply.h"

void lock_run_oem_lock(struct session *session, const char *argument);
void lock_run_flashing_lock(struct session *session, const char *argument);
void lock_run_unlock(struct session *session, const char *argument);
void lock_run_lock_critical(struct session *session, const char *argument);
void lock_run_unlock_critical(struct session *session, const char *argument);
void lock_run_get_ability(struct session *session, const char *argument);
void lock_run_get_token(struct session *session, const char *argument);
/* Would the phone boot if it were locked? OKAY, or FAIL with the reason. */
void lock_run_check(struct session *session, const char *argument);

#endif
