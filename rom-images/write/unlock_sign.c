/* SPDX-License-Identifier: MIT */
/* Tokens read strictly: what the phone never makes is not signed. Base64: RFC 4648, chapter 4. */
#include "rom-images/write/unlock_sign.h"

#include <string.h>

#define BASE64_GROUP 4

/* The value of a digit; -1: none. */
static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    return found == NULL ? -1 : (int)(found - digits);
}

/* One group of four; returns how many bytes it stands for, 0 when it is none. */
static size_t take_group(const char *group, uint8_t out[3])
{
    size_t padding = group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    uint32_t bits = 0;

    for (size_t i = 0; i < BASE64_GROUP; i++) {
        int value = i < BASE64_GROUP - padding ? digit(group[i]) : 0;

        if (value < 0) {
            return 0;
        }
        bits = bits << 6 | (uint32_t)value;
    }
    if ((bits & ((1u << 8 * padding) - 1)) != 0) {
        return 0; /* bits that no byte has: another text for the same token */
    }
    out[0] = (uint8_t)(bits >> 16);
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)bits;
    return 3 - padding;
}

static bool decode(const char *base64, struct unlock_request *request)
{
    size_t length = strlen(base64);

    if (length == 0 || length % BASE64_GROUP != 0) {
        return false;
    }
    request->token_bytes = 0;
    for (size_t at = 0; at < length; at += BASE64_GROUP) {
        uint8_t bytes[3];
        size_t count = take_group(base64 + at, bytes);

        if (count == 0 || count > sizeof(request->token) - request->token_bytes ||
            (count < 3 && at + BASE64_GROUP != length)) {
            return false;
        }
        memcpy(request->token + request->token_bytes, bytes, count);
        request->token_bytes += count;
    }
    return true;
}

/* The next record, which must be of this type; moves *rest behind it. */
static bool take_record(struct slice *rest, uint8_t type, struct slice *out_value)
{
    if (rest->size < 2 || rest->data[0] != type ||
        slice_sub(*rest, 2, rest->data[1], out_value) != OK) {
        return false;
    }
    *rest = slice_of(out_value->data + out_value->size, rest->size - 2 - out_value->size);
    return true;
}

static bool take_text(struct slice *rest, uint8_t type, char out[UNLOCK_TEXT_BYTES_MAX + 1])
{
    struct slice value;

    if (!take_record(rest, type, &value) || value.size == 0 || value.size > UNLOCK_TEXT_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] <= ' ' || value.data[i] > '~') {
            return false;
        }
    }
    memcpy(out, value.data, value.size);
    out[value.size] = '\0';
    return true;
}

bool unlock_request_read(const char *base64, struct unlock_request *out_request)
{
    struct unlock_request request;
    struct slice rest;
    struct slice nonce;

    if (!decode(base64, &request) || request.token_bytes < UNLOCK_TOKEN_HEAD_BYTES ||
        request.token[0] != UNLOCK_TOKEN_MAGIC || request.token[1] != UNLOCK_TOKEN_VERSION ||
        request.token[2] != UNLOCK_TOKEN_VERSION ||
        request.token[3] != request.token_bytes - UNLOCK_TOKEN_HEAD_BYTES) {
        return false;
    }
    rest = slice_of(request.token + UNLOCK_TOKEN_HEAD_BYTES,
                    request.token_bytes - UNLOCK_TOKEN_HEAD_BYTES);
    if (!take_record(&rest, UNLOCK_RECORD_NONCE, &nonce) || nonce.size != UNLOCK_NONCE_BYTES ||
        !take_text(&rest, UNLOCK_RECORD_PRODUCT, request.product) ||
        !take_text(&rest, UNLOCK_RECORD_CHIP_ID, request.chip_id) || rest.size != 0) {
        return false;
    }
    *out_request = request;
    return true;
}

bool unlock_answer_make(const struct unlock_request *request, const struct signing_key *key,
                        struct unlock_answer *out_answer)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(request->token, request->token_bytes));
    sha256_final(&sha, digest);
    memcpy(out_answer->magic, UNLOCK_ANSWER_MAGIC, sizeof(out_answer->magic));
    memcpy(out_answer->public_key, key->public_key, sizeof(out_answer->public_key));
    return signing_key_sign(key, digest, out_answer->signature);
}
