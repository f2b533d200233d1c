/* SPDX-License-Identifier: MIT */
/* RSA signatures. Stage verify. */
#include "verify/signature.h"

#include "base/sha512.h"
#include "format/vbmeta.h"
#include "verify/rsa.h"

#include <string.h>

#define HEAD_BYTES sizeof(struct vbmeta_public_key)

/* Of each of the numbers in a key; 0: of none that is taken here. */
static size_t number_bytes(struct slice key)
{
    size_t bytes = key.size < HEAD_BYTES ? 0 : (key.size - HEAD_BYTES) / 2;
    bool known = bytes == VBMETA_RSA2048_BYTES || bytes == VBMETA_RSA4096_BYTES;

    return known && key.size == HEAD_BYTES + 2 * bytes ? bytes : 0;
}

bool signature_key_is_well_formed(struct slice key)
{
    const struct vbmeta_public_key *head = (const struct vbmeta_public_key *)key.data;
    const uint8_t *modulus = key.data + HEAD_BYTES;
    size_t bytes = number_bytes(key);

    return bytes != 0 && be32(head->key_bits) == 8 * bytes && (modulus[0] & 0x80) != 0 &&
           (modulus[bytes - 1] & 1) != 0 &&
           be32(modulus + bytes - 4) * be32(head->n0inv) == UINT32_MAX &&
           memcmp(modulus + bytes, modulus, bytes) < 0;
}

/* What a signature of a digest is: 0, 1, ones, 0, and the digest with its name before it. */
static void pad(struct slice digest, uint8_t *out, size_t size)
{
    static const uint8_t sha256_name[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                          0x01, 0x05, 0x00, 0x04, SHA256_BYTES};
    size_t ones = size - 3 - sizeof sha256_name - digest.size;
    uint8_t *name = out + 3 + ones;

    out[0] = 0;
    out[1] = 1;
    memset(out + 2, 0xff, ones);
    out[2 + ones] = 0;
    memcpy(name, sha256_name, sizeof sha256_name);
    if (digest.size == SHA512_BYTES) { /* the same but for two lengths and the function's number */
        name[1] += SHA512_BYTES - SHA256_BYTES;
        name[14] = 3;
        name[18] = SHA512_BYTES;
    }
    memcpy(out + size - digest.size, digest.data, digest.size);
}

bool signature_is_right(struct slice key, struct slice digest, struct slice signature)
{
    size_t bytes = number_bytes(key);
    const uint8_t *modulus = key.data + HEAD_BYTES;
    uint8_t signed_bytes[RSA_BYTES_MAX];
    uint8_t expected[RSA_BYTES_MAX];

    if (bytes == 0 || signature.size != bytes ||
        (digest.size != SHA256_BYTES && digest.size != SHA512_BYTES) ||
        !rsa_public(slice_of(modulus, bytes), slice_of(modulus + bytes, bytes), signature,
                    signed_bytes)) {
        return false;
    }
    pad(digest, expected, bytes);
    return memcmp(signed_bytes, expected, bytes) == 0;
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
    return signature_is_right(key, slice_of(digest, SHA256_BYTES), signature) ? OK
                                                                              : E_VBMETA_SIGNATURE;
}
