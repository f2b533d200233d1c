/* SPDX-License-Identifier: MIT */
/*
 * The unlock token and its answer. Stage fastboot. Layouts: format/unlock.h.
 */
#ifndef FASTBOOT_UNLOCK_H
#define FASTBOOT_UNLOCK_H

#include "board/board.h"
#include "format/unlock.h"
#include "iface/phone.h"
#include "storage/state.h"

struct unlock_token {
    uint8_t bytes[UNLOCK_TOKEN_BYTES_MAX];
    size_t size;
};

/*
 * The token that an answer must be for now. Its nonce is made of the nonce counter (which rises
 * with each unlock and is committed with it), the serial number and the seed that the machine gives
 * at each power-on: so no answer counts twice, and none can be had in advance.
 */
void unlock_token_make(const struct phone *phone, const struct board *board,
                       const struct state *state, struct unlock_token *out_token);

/*
 * Is `answer` the maker's answer to `token`?
 *
 *   E_UNLOCK_ANSWER      not the size or shape of an answer
 *   E_VBMETA_KEY         its key is not the one whose hash is in the fuses, or not well-formed
 *   E_VBMETA_SIGNATURE   its signature is not one of that key over this token
 */
NODISCARD enum err unlock_check(struct slice answer, const struct unlock_token *token,
                                const uint8_t root_key_sha256[32]);

#endif
