/* SPDX-License-Identifier: MIT */
/* RSA-4096 signatures. Stage verify. */
#include "verify/signature.h"

#include "format/vbmeta.h"
#include "verify/rsa.h"

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

/* What a signature of a SHA-256 digest is: 0, 1, ones, 0, and the digest with its name before it. */
static void pad(const uint8_t digest[SHA256_BYTES], uint8_t *out, size_t size)
{
    static const uint8_t name[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    size_t ones = size - 3 - sizeof name - SHA256_BYTES;

    out[0] = 0;
    out[1] = 1;
    memset(out + 2, 0xff, ones);
    out[2 + ones] = 0;
    memcpy(out + 3 + ones, name, sizeof name);
    memcpy(out + size - SHA256_BYTES, digest, SHA256_BYTES);
}

bool signature_is_right(struct slice key, const uint8_t digest[SHA256_BYTES],
                        struct slice signature)
{
    const uint8_t *modulus = key.data + sizeof(struct vbmeta_public_key);
    uint8_t signed_bytes[VBMETA_RSA4096_BYTES];
    uint8_t expected[VBMETA_RSA4096_BYTES];

    if (signature.size != VBMETA_RSA4096_BYTES ||
        !rsa_public(slice_of(modulus, VBMETA_RSA4096_BYTES),
                    slice_of(modulus + VBMETA_RSA4096_BYTES, VBMETA_RSA4096_BYTES), signature,
                    signed_bytes)) {
        return false;
    }
    pad(digest, expected, sizeof expected);
    return memcmp(signed_bytes, expected, sizeof expected) == 0;
}

enum err signature_by_root(struct slice key, const uint8_t root_key_sha256[SHA256_BYTES],
                           const uint8_t digest[SHA256_BYTES], struct slice signature)
{
    uint8_t key_sha256[SHA256_BYTES];

    sha256_digest(key, key_sha256);
    if (memcmp(key_sha256, root_key_sha256, SHA256_BYTES) != 0 ||
        !signature_key_is_well_formed(key)) {
        return E_VBMETA_KEY;
    }
    return signature_is_right(key, digest, signature) ? OK : E_VBMETA_SIGNATURE;
}
