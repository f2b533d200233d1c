/* SPDX-License-Identifier: MIT */
/*
 * RSA-4096 signing keys: made, written and read as PEM, used. RFC 8017 (PKCS #1 v1.5 signatures);
 * the public half as AVB 2.0 lays it out (bootloader/format/vbmeta.h). Files of keys: key_files.h.
 */
#ifndef ROM_IMAGES_KEYS_H
#define ROM_IMAGES_KEYS_H

#include "base/bytes.h"
#include "base/sha256.h"
#include "format/vbmeta.h"

#include <bearssl.h>

/* A private key. Holds pointers into itself: never copy one. */
struct signing_key {
    br_rsa_private_key private_key;
    uint8_t private_bytes[BR_RSA_KBUF_PRIV_SIZE(4096)];
    uint8_t public_key[VBMETA_RSA4096_KEY_BYTES]; /* as it stands in a vbmeta image */
};

/* Makes a new key from the system's entropy; takes seconds. False when there is no entropy. */
bool signing_key_generate(struct signing_key *key);

/* Reads a private key from PEM text. False when it is not RSA with 4096 bits and e = 65537. */
bool signing_key_from_pem(struct signing_key *key, struct slice pem);

/*
 * Writes the key as PEM text ("BEGIN PRIVATE KEY", PKCS #8) with a NUL to `out`; returns its length
 * without the NUL, or 0 when `out_size` (SIGNING_KEY_PEM_BYTES is enough) is too small.
 */
#define SIGNING_KEY_PEM_BYTES 4096
size_t signing_key_to_pem(const struct signing_key *key, char *out, size_t out_size);

/* Signs a SHA-256 digest. False when the key is broken. */
bool signing_key_sign(const struct signing_key *key, const uint8_t digest[SHA256_BYTES],
                      uint8_t out_signature[VBMETA_RSA4096_BYTES]);

#endif
