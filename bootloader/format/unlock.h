/* SPDX-License-Identifier: MIT */
/*
 * Unlocking: the token that the phone gives out, and the answer that the account service signs.
 *
 * Our own layout, after the shape of the real tokens. `fastboot oem get_token` (and getvar token)
 * show the token in base64; `fastboot stage FILE` and `fastboot oem unlock` bring the answer.
 *
 *   token    'U', version 1, version 1, number of bytes that follow; then, in this order, records of
 *            type, length, value (texts without a NUL):
 *              1   nonce (16 bytes)
 *              3   product, the codename
 *              2   chip id, the serial number
 *   answer   struct unlock_answer: the OEM's public key, whose SHA-256 is in the fuses, and its
 *            RSA-4096 PKCS#1 v1.5 signature of the SHA-256 of UNLOCK_DOMAIN (with its NUL), then
 *            the token's bytes (decoded)
 *
 * The domain keeps the two uses of the key apart: a signed vbmeta image begins with "AVB0".
 */
#ifndef FORMAT_UNLOCK_H
#define FORMAT_UNLOCK_H

#include "format/vbmeta.h"

#include <assert.h>
#include <stdint.h>

#define UNLOCK_DOMAIN       "FLASHLAB-UNLOCK-1"
#define UNLOCK_DOMAIN_BYTES sizeof(UNLOCK_DOMAIN)

#define UNLOCK_TOKEN_MAGIC      'U'
#define UNLOCK_TOKEN_VERSION    1
#define UNLOCK_TOKEN_HEAD_BYTES 4
#define UNLOCK_RECORD_NONCE     1
#define UNLOCK_RECORD_CHIP_ID   2
#define UNLOCK_RECORD_PRODUCT   3
#define UNLOCK_NONCE_BYTES      16
#define UNLOCK_TEXT_BYTES_MAX   31 /* of product and chip id */
#define UNLOCK_TOKEN_BYTES_MAX                                                                     \
    (UNLOCK_TOKEN_HEAD_BYTES + 2 + UNLOCK_NONCE_BYTES + 2 * (2 + UNLOCK_TEXT_BYTES_MAX))

#define UNLOCK_ANSWER_MAGIC "FLUNLOCK"

struct unlock_answer {
    uint8_t magic[8];
    uint8_t public_key[VBMETA_RSA4096_KEY_BYTES]; /* as AVB lays it out */
    uint8_t signature[VBMETA_RSA4096_BYTES];
};

static_assert(sizeof(struct unlock_answer) == 1552, "no padding");

#endif
