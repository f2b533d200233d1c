/* SPDX-License-Identifier: MIT */
/*
 * The user's own AVB key: `flash avb_custom_key FILE`, `erase avb_custom_key`. Stage fastboot. AVB
 * README, "Using AVB with a custom key".
 *
 * There is no such partition: the SHA-256 of the key goes into the state record. A locked phone
 * then starts, yellow, what that key signed. It stays when the lock changes, so that the phone can
 * be locked with it; only an unlocked phone takes or gives it up (lock_rules.h). FILE is a key as
 * AVB lays it out.
 */
#ifndef FASTBOOT_USER_KEY_H
#define FASTBOOT_USER_KEY_H

#include "fastboot/reply.h"

#define USER_KEY_PARTITION "avb_custom_key"

void user_key_run_flash(struct session *session, const char *argument);
void user_key_run_erase(struct session *session, const char *argument);

#endif
