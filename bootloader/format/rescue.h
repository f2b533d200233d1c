/* SPDX-License-Identifier: MIT */
/*
 * Rescue mode: packets on lab.edl, and how an account shows that it is authorised. Our own layout,
 * after the shape of Sahara and Firehose; docs/rescue.md has the whole protocol. Little endian.
 *
 *   packet   type 32, size 32, then `size` bytes
 *   answer   struct rescue_answer: the OEM's public key, whose SHA-256 is in the fuses, and its
 *            RSA-4096 PKCS#1 v1.5 signature of the SHA-256 of RESCUE_DOMAIN (with its NUL), the
 * nonce and the phone's serial number (without a NUL)
 *
 * The domain keeps the uses of the key apart: a signed vbmeta image begins with "AVB0", an unlock
 * answer signs another domain.
 */
#ifndef FORMAT_RESCUE_H
#define FORMAT_RESCUE_H

#include "format/vbmeta.h"

#include <assert.h>
#include <stdint.h>

#define RESCUE_VERSION 1

#define RESCUE_HEADER_BYTES   8
#define RESCUE_PACKET_XML     1u
#define RESCUE_PACKET_DATA    2u
#define RESCUE_XML_BYTES_MAX  4096u
#define RESCUE_DATA_BYTES_MAX 262144u

#define RESCUE_DOMAIN       "FLASHLAB-RESCUE-1"
#define RESCUE_DOMAIN_BYTES sizeof(RESCUE_DOMAIN)
#define RESCUE_NONCE_BYTES  32
#define RESCUE_ANSWER_MAGIC "FLRESCUE"

struct rescue_answer {
    uint8_t magic[8];
    uint8_t public_key[VBMETA_RSA4096_KEY_BYTES]; /* as AVB lays it out */
    uint8_t signature[VBMETA_RSA4096_BYTES];
};

static_assert(sizeof(struct rescue_answer) == 1552, "no padding");

#endif
