/* SPDX-License-Identifier: MIT */
/* RSA-4096 signatures. Stage verify. */
#include "verify/signature.h"

#include "format/vbmeta.h"

#include <bearssl.h>
#include <string.h>

bool signature_key_is_well_formed(struct slice key)
{
    const struct vbmeta_public_key *head = (const struct vbmeta_public_key *)key.data;
    const uint8_t *modulus = key.data + sizeof *head;
    const uint8_t *r_squared = modulus + VBMETA_RSA4096_BYTES;

    return key.size == VBMETA_RSA4096_KEY_BYTES &&
           be32(head->key_bits) == 8 * VBMETA_RSA4096_BYTES && (modulus[0] & 0x80) != 0 &&
           (modulus[VBMETA_RSA4096_BYTES - 1] & 1) != 0 &&
           be32(modulus + VBMETA_RSA4096_BYTES - 4) * be32(head->n0inv) == UINT32_MAX &&
           memcmp(r_squared, modulus, VBMETA_RSA4096_BYTES) < 0;
}

bool signature_is_right(struct slice key, const uint8_t digest[SHA256_BYTES],
                        struct slice signature)
{
    static const uint8_t exponent[] = {0x01, 0x00, 0x01};
    /* BearSSL wants pointers to bytes that it may write, and never writes them. */
    br_rsa_public_key public_key = {
        .n = (unsigned char *)key.data + sizeof(struct vbmeta_public_key),
        .nlen = VBMETA_RSA4096_BYTES,
        .e = (unsigned char *)exponent,
        .elen = sizeof exponent,
    };
    uint8_t signed_digest[SHA256_BYTES];
    br_rsa_pkcs1_vrfy check = br_rsa_pkcs1_vrfy_get_default();

    return check(signature.data, signature.size, BR_HASH_OID_SHA256, SHA256_BYTES, &public_key,
                 signed_digest) == 1 &&
           memcmp(signed_digest, digest, SHA256_BYTES) == 0;
}
