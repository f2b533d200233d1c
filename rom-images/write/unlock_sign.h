/* SPDX-License-Identifier: MIT */
/*
 * The account service's half of unlocking: a phone's token, and the signed answer to it. Layouts:
 * bootloader/format/unlock.h. Tokens come from phones and people: nothing in them is trusted.
 */
#ifndef ROM_IMAGES_UNLOCK_SIGN_H
#define ROM_IMAGES_UNLOCK_SIGN_H

#include "format/unlock.h"
#include "rom-images/write/keys.h"

/* A token that has the right shape. */
struct unlock_request {
    uint8_t token[UNLOCK_TOKEN_BYTES_MAX];
    size_t token_bytes;
    char product[UNLOCK_TEXT_BYTES_MAX + 1];
    char chip_id[UNLOCK_TEXT_BYTES_MAX + 1];
};

/* Reads a token in base64. False when it is not base64, or not a token. */
NODISCARD bool unlock_request_read(const char *base64, struct unlock_request *out_request);

/* False when the key is broken. */
NODISCARD bool unlock_answer_make(const struct unlock_request *request,
                                  const struct signing_key *key, struct unlock_answer *out_answer);

#endif
