/* SPDX-License-Identifier: MIT */
/* The unlock token, and who answered it. Stage fastboot. */
#include "fastboot/unlock.h"

#include "base/sha256.h"
#include "verify/signature.h"

#include <string.h>

#define DTB_HEADER_BYTES 40
#define DTB_SIZE_OFFSET  4

/*
 * The seed of this power-on is in the machine's own device tree (/chosen, rng-seed and kaslr-seed):
 * QEMU makes it anew each time.
 */
static struct slice seed_of(const struct phone *phone)
{
    struct slice tree = phone->machine_dtb;
    uint32_t size;

    if (tree.size < DTB_HEADER_BYTES) {
        return tree;
    }
    size = be32(tree.data + DTB_SIZE_OFFSET);
    return slice_of(tree.data, MIN(size, tree.size));
}

static void make_nonce(const struct phone *phone, const struct board *board,
                       const struct state *state, uint8_t out_nonce[UNLOCK_NONCE_BYTES])
{
    static const char domain[] = "FLASHLAB-NONCE-1";
    uint8_t digest[SHA256_BYTES];
    uint8_t counter[8];
    struct sha256 sha;

    put_le64(counter, state->nonce_counter);
    sha256_init(&sha);
    sha256_update(&sha, slice_of(domain, sizeof domain));
    sha256_update(&sha, slice_of(counter, sizeof counter));
    sha256_update(&sha, slice_of(board->serial, sizeof board->serial));
    sha256_update(&sha, seed_of(phone));
    sha256_final(&sha, digest);
    memcpy(out_nonce, digest, UNLOCK_NONCE_BYTES);
}

static void add_record(struct unlock_token *token, uint8_t type, struct slice value)
{
    token->bytes[token->size++] = type;
    token->bytes[token->size++] = (uint8_t)value.size;
    memcpy(token->bytes + token->size, value.data, value.size);
    token->size += value.size;
}

static struct slice text_record(const char *text)
{
    return slice_of(text, strnlen(text, UNLOCK_TEXT_BYTES_MAX));
}

void unlock_token_make(const struct phone *phone, const struct board *board,
                       const struct state *state, struct unlock_token *out_token)
{
    uint8_t nonce[UNLOCK_NONCE_BYTES];
    struct unlock_token token = {
        .bytes = {UNLOCK_TOKEN_MAGIC, UNLOCK_TOKEN_VERSION, UNLOCK_TOKEN_VERSION},
        .size = UNLOCK_TOKEN_HEAD_BYTES,
    };

    make_nonce(phone, board, state, nonce);
    add_record(&token, UNLOCK_RECORD_NONCE, slice_of(nonce, sizeof nonce));
    add_record(&token, UNLOCK_RECORD_PRODUCT, text_record(board->codename));
    add_record(&token, UNLOCK_RECORD_CHIP_ID, text_record(board->serial));
    token.bytes[3] = (uint8_t)(token.size - UNLOCK_TOKEN_HEAD_BYTES);
    *out_token = token;
}

enum err unlock_check(struct slice answer, const struct unlock_token *token,
                      const uint8_t root_key_sha256[SHA256_BYTES])
{
    const struct unlock_answer *fields = (const struct unlock_answer *)answer.data;
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    if (answer.size != sizeof *fields ||
        memcmp(fields->magic, UNLOCK_ANSWER_MAGIC, sizeof fields->magic) != 0) {
        return E_UNLOCK_ANSWER;
    }
    sha256_init(&sha);
    sha256_update(&sha, slice_of(UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(token->bytes, token->size));
    sha256_final(&sha, digest);
    return signature_by_root(slice_of(fields->public_key, sizeof fields->public_key),
                             root_key_sha256, digest,
                             slice_of(fields->signature, sizeof fields->signature));
}
