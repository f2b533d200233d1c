/* SPDX-License-Identifier: MIT */
/* The signing keys of one checkout, as files in a folder: made once, never overwritten. */
#ifndef ROM_IMAGES_KEY_FILES_H
#define ROM_IMAGES_KEY_FILES_H

#include "rom-images/write/keys.h"

/* Loads DIR/NAME.pem. On failure says why on standard error and returns false. */
NODISCARD bool key_files_load(const char *dir, const char *name, struct signing_key *key);

/*
 * Makes what is missing of DIR/NAME.pem (mode 0600) and DIR/NAME.avbpubkey (the public half) for
 * the keys "oem", "reseller" and "user". A private key that is there is never overwritten, also not
 * by two runs at once. On failure says why on standard error and returns false.
 */
NODISCARD bool key_files_make(const char *dir);

#endif
