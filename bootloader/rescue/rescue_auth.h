/* SPDX-License-Identifier: MIT */
/*
 * Who may write in rescue mode: a challenge, and the answer of an account that the maker
 * authorised. Stage fastboot. Layout: format/rescue.h.
 */
#ifndef FASTBOOT_RESCUE_AUTH_H
#define FASTBOOT_RESCUE_AUTH_H

#include "board/board.h"
#include "format/rescue.h"
#include "iface/phone.h"

/*
 * A nonce that was never given out before: made of the seed that the machine gives at each
 * power-on, the serial number, the time and `count`, which rises with each one of this power-on.
 */
void rescue_nonce_make(const struct phone *phone, const struct board *board, uint64_t count,
                       uint8_t out_nonce[RESCUE_NONCE_BYTES]);

/*
 * Is `answer` the maker's answer to this nonce, for this phone?
 *
 *   E_RESCUE_ANSWER      not the size or shape of an answer
 *   E_VBMETA_KEY         its key is not the one whose hash is in the fuses, or not well-formed
 *   E_VBMETA_SIGNATURE   its signature is not one of that key over nonce and serial number
 */
NODISCARD enum err rescue_answer_check(struct slice answer, const struct board *board,
                                       const uint8_t nonce[RESCUE_NONCE_BYTES]);

#endif
