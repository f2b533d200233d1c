/* SPDX-License-Identifier: MIT */
/* The account service's half of rescue mode: the answer to a phone's challenge (format/rescue.h). */
#ifndef ROM_IMAGES_RESCUE_SIGN_H
#define ROM_IMAGES_RESCUE_SIGN_H

#include "format/rescue.h"
#include "rom-images/write/keys.h"

/* A challenge as phones say it, in small hexadecimal digits. False: it is none. */
NODISCARD bool rescue_nonce_read(struct slice hex, uint8_t out_nonce[RESCUE_NONCE_BYTES]);

/* Of the phone with that serial number. False when the key is broken. */
NODISCARD bool rescue_answer_make(const struct signing_key *key,
                                  const uint8_t nonce[RESCUE_NONCE_BYTES], struct slice serial,
                                  struct rescue_answer *out_answer);

#endif
