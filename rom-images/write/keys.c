/* SPDX-License-Identifier: MIT */
/*
 * RSA-4096 keys through BearSSL: made, encoded, decoded, used. RFC 8017; AVB 2.0 for the public
 * half. Where they are kept is in key_files.c.
 */
#include "rom-images/write/keys.h"

#include <string.h>

#define KEY_BITS   4096
#define KEY_BYTES  VBMETA_RSA4096_BYTES
#define KEY_WORDS  (KEY_BYTES / 4)
#define PRIME_MAX  (KEY_BYTES / 2)
#define EXPONENT   65537
#define PEM_BANNER "PRIVATE KEY"
#define DER_BYTES  3072 /* of a PKCS #8 RSA-4096 key: about 2375 */

/* -1 / n modulo 2^32, for odd n: Newton's iteration doubles the number of right bits each time. */
static uint32_t negative_inverse(uint32_t n)
{
    uint32_t inverse = n; /* right in the lowest 3 bits */

    for (int i = 0; i < 4; i++) {
        inverse *= 2 - n * inverse;
    }
    return 0u - inverse;
}

/* Big numbers here are KEY_WORDS words, the lowest first. */

static bool not_below(const uint32_t *a, const uint32_t *b)
{
    for (size_t i = KEY_WORDS; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] > b[i];
        }
    }
    return true;
}

static void subtract(uint32_t *a, const uint32_t *b)
{
    uint64_t borrow = 0;

    for (size_t i = 0; i < KEY_WORDS; i++) {
        uint64_t difference = (uint64_t)a[i] - b[i] - borrow;

        a[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
}

/* a = 2 a mod n, for a below n. */
static void double_mod(uint32_t *a, const uint32_t *n)
{
    uint32_t carry = 0;

    for (size_t i = 0; i < KEY_WORDS; i++) {
        uint32_t next = a[i] >> 31;

        a[i] = a[i] << 1 | carry;
        carry = next;
    }
    if (carry != 0 || not_below(a, n)) {
        subtract(a, n);
    }
}

/* The public key as AVB has it: bits, -1/n mod 2^32, n, R^2 mod n (R = 2^4096). */
static void build_public_key(struct signing_key *key, const uint8_t modulus[KEY_BYTES])
{
    struct vbmeta_public_key *head = (struct vbmeta_public_key *)key->public_key;
    uint8_t *rr_bytes = key->public_key + sizeof(*head) + KEY_BYTES;
    uint32_t n[KEY_WORDS];
    uint32_t rr[KEY_WORDS] = {1};

    for (size_t i = 0; i < KEY_WORDS; i++) {
        n[i] = be32(modulus + KEY_BYTES - 4 - 4 * i);
    }
    for (size_t i = 0; i < 2 * KEY_BITS; i++) {
        double_mod(rr, n);
    }
    put_be32(head->key_bits, KEY_BITS);
    put_be32(head->n0inv, negative_inverse(n[0]));
    memcpy(key->public_key + sizeof(*head), modulus, KEY_BYTES);
    for (size_t i = 0; i < KEY_WORDS; i++) {
        put_be32(rr_bytes + KEY_BYTES - 4 - 4 * i, rr[i]);
    }
}

/* Checks what was made or read, and derives the public half. */
static bool complete(struct signing_key *key)
{
    /* The i31 variant, the default, fails for 4096 bits in BearSSL 0.6. */
    br_rsa_compute_modulus compute_modulus = br_rsa_i15_compute_modulus;
    uint8_t modulus[KEY_BYTES];

    if (key->private_key.n_bitlen != KEY_BITS ||
        compute_modulus(NULL, &key->private_key) != KEY_BYTES ||
        br_rsa_compute_pubexp_get_default()(&key->private_key) != EXPONENT ||
        compute_modulus(modulus, &key->private_key) != KEY_BYTES || (modulus[0] & 0x80) == 0) {
        return false;
    }
    build_public_key(key, modulus);
    return true;
}

bool signing_key_generate(struct signing_key *key)
{
    br_prng_seeder seeder = br_prng_seeder_system(NULL);
    br_hmac_drbg_context random;

    br_hmac_drbg_init(&random, &br_sha256_vtable, NULL, 0);
    if (seeder == NULL || !seeder(&random.vtable)) {
        return false;
    }
    return br_rsa_keygen_get_default()(&random.vtable, &key->private_key, key->private_bytes, NULL,
                                       NULL, KEY_BITS, EXPONENT) == 1 &&
           complete(key);
}

/* Copies one number of a decoded key into the key's own room. */
static bool take_number(struct signing_key *key, size_t *used, unsigned char **number,
                        size_t size_bytes)
{
    if (size_bytes > PRIME_MAX || size_bytes > sizeof(key->private_bytes) - *used) {
        return false;
    }
    memcpy(key->private_bytes + *used, *number, size_bytes);
    *number = key->private_bytes + *used;
    *used += size_bytes;
    return true;
}

static bool take_key(struct signing_key *key, const br_rsa_private_key *decoded)
{
    br_rsa_private_key *own = &key->private_key;
    size_t used = 0;

    *own = *decoded;
    return take_number(key, &used, &own->p, own->plen) &&
           take_number(key, &used, &own->q, own->qlen) &&
           take_number(key, &used, &own->dp, own->dplen) &&
           take_number(key, &used, &own->dq, own->dqlen) &&
           take_number(key, &used, &own->iq, own->iqlen) && complete(key);
}

static void push_der(void *decoder, const void *bytes, size_t size)
{
    br_skey_decoder_push(decoder, bytes, size);
}

bool signing_key_from_pem(struct signing_key *key, struct slice pem)
{
    br_pem_decoder_context pem_decoder;
    br_skey_decoder_context decoder;
    bool inside = false;

    br_pem_decoder_init(&pem_decoder);
    br_skey_decoder_init(&decoder);
    while (pem.size != 0) {
        size_t taken = br_pem_decoder_push(&pem_decoder, pem.data, pem.size);
        int event = br_pem_decoder_event(&pem_decoder);

        pem = slice_of(pem.data + taken, pem.size - taken);
        if (event == BR_PEM_BEGIN_OBJ) {
            inside = true;
            br_pem_decoder_setdest(&pem_decoder, push_der, &decoder);
        } else if (event == BR_PEM_END_OBJ && inside) {
            const br_rsa_private_key *decoded = br_skey_decoder_get_rsa(&decoder);

            return br_skey_decoder_last_error(&decoder) == 0 && decoded != NULL &&
                   take_key(key, decoded);
        } else if (event == BR_PEM_ERROR) {
            return false;
        }
    }
    return false;
}

size_t signing_key_to_pem(const struct signing_key *key, char *out, size_t out_size)
{
    uint8_t exponent[] = {EXPONENT >> 16, EXPONENT >> 8 & 0xff, EXPONENT & 0xff};
    uint8_t modulus[KEY_BYTES];
    uint8_t secret[KEY_BYTES];
    uint8_t der[DER_BYTES];
    size_t secret_bytes = br_rsa_compute_privexp_get_default()(secret, &key->private_key, EXPONENT);
    br_rsa_public_key public_key = {
        .n = modulus, .nlen = sizeof(modulus), .e = exponent, .elen = sizeof(exponent)};
    size_t der_bytes;

    memcpy(modulus, key->public_key + sizeof(struct vbmeta_public_key), KEY_BYTES);
    der_bytes = br_encode_rsa_pkcs8_der(NULL, &key->private_key, &public_key, secret, secret_bytes);
    if (secret_bytes == 0 || der_bytes == 0 || der_bytes > sizeof(der) ||
        br_pem_encode(NULL, NULL, der_bytes, PEM_BANNER, BR_PEM_LINE64) >= out_size) {
        return 0;
    }
    (void)br_encode_rsa_pkcs8_der(der, &key->private_key, &public_key, secret, secret_bytes);
    return br_pem_encode(out, der, der_bytes, PEM_BANNER, BR_PEM_LINE64);
}

/* Does the public half agree? A private key with one damaged number still signs, but wrongly. */
static bool verifies(const struct signing_key *key, const uint8_t digest[SHA256_BYTES],
                     const uint8_t signature[VBMETA_RSA4096_BYTES])
{
    uint8_t exponent[] = {EXPONENT >> 16, EXPONENT >> 8 & 0xff, EXPONENT & 0xff};
    uint8_t modulus[KEY_BYTES];
    uint8_t signed_digest[SHA256_BYTES];
    const br_rsa_public_key public_key = {
        .n = modulus, .nlen = sizeof(modulus), .e = exponent, .elen = sizeof(exponent)};

    memcpy(modulus, key->public_key + sizeof(struct vbmeta_public_key), KEY_BYTES);
    return br_rsa_pkcs1_vrfy_get_default()(signature, VBMETA_RSA4096_BYTES, BR_HASH_OID_SHA256,
                                           SHA256_BYTES, &public_key, signed_digest) == 1 &&
           memcmp(signed_digest, digest, SHA256_BYTES) == 0;
}

bool signing_key_sign(const struct signing_key *key, const uint8_t digest[SHA256_BYTES],
                      uint8_t out_signature[VBMETA_RSA4096_BYTES])
{
    return br_rsa_pkcs1_sign_get_default()(BR_HASH_OID_SHA256, digest, SHA256_BYTES,
                                           &key->private_key, out_signature) == 1 &&
           verifies(key, digest, out_signature);
}
