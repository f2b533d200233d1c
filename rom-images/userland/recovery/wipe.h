/* SPDX-License-Identifier: MIT */
/* Wipe Data: what the person had on the phone is gone for good. */
#ifndef USERLAND_RECOVERY_WIPE_H
#define USERLAND_RECOVERY_WIPE_H

#include <stdbool.h>
#include <stdint.h>

/* Fills `fd`'s first size_bytes with zeros. The part that tests see. */
bool recovery_zero(int fd, uint64_t size_bytes);

/*
 * Fills userdata and, where there is one, cache with zeros. False when userdata is missing or
 * something could not be written; then some of it may be left.
 */
bool recovery_wipe_data(void);

/* Fills cache with zeros, where there is one. False: it could not be done. */
bool recovery_wipe_cache(void);

#endif
