/* SPDX-License-Identifier: MIT */
/* Challenge and answer of rescue mode. */
#include "rescue/rescue_auth.h"

#include "base/sha256.h"
#include "verify/signature.h"

#include <string.h>

static struct slice serial_of(const struct board *board)
{
    return slice_of(board->serial, strnlen(board->serial, sizeof board->serial));
}

void rescue_nonce_make(const struct phone *phone, const struct board *board, uint64_t count,
                       uint8_t out_nonce[RESCUE_NONCE_BYTES])
{
    uint8_t numbers[16];
    struct sha256 sha;

    put_le64(numbers, phone->power->ops->now_us(phone->power));
    put_le64(numbers + 8, count);
    sha256_init(&sha);
    sha256_update(&sha, phone->machine_dtb); /* has the seed of this power-on */
    sha256_update(&sha, serial_of(board));
    sha256_update(&sha, slice_of(numbers, sizeof numbers));
    sha256_final(&sha, out_nonce);
}

/* What is signed: the domain, the challenge, and which phone gave it. */
static void digest_of(const struct board *board, const uint8_t nonce[RESCUE_NONCE_BYTES],
                      uint8_t out_digest[SHA256_BYTES])
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(RESCUE_DOMAIN, RESCUE_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(nonce, RESCUE_NONCE_BYTES));
    sha256_update(&sha, serial_of(board));
    sha256_final(&sha, out_digest);
}

enum err rescue_answer_check(struct slice answer, const struct board *board,
                             const uint8_t nonce[RESCUE_NONCE_BYTES])
{
    const struct rescue_answer *parts = (const struct rescue_answer *)answer.data;
    uint8_t digest[SHA256_BYTES];

    if (answer.size != sizeof *parts ||
        memcmp(parts->magic, RESCUE_ANSWER_MAGIC, sizeof parts->magic) != 0) {
        return E_RESCUE_ANSWER;
    }
    digest_of(board, nonce, digest);
    return signature_by_root(slice_of(parts->public_key, sizeof parts->public_key),
                             board->root_key_sha256, digest,
                             slice_of(parts->signature, sizeof parts->signature));
}
