/* SPDX-License-Identifier: MIT */
#include "usb/account.h"

#include "base/sha256.h"
#include "usb/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool sign(const struct edl_account *edl, const uint8_t nonce[RESCUE_NONCE_BYTES],
                 struct slice serial, struct rescue_answer *out_answer)
{
    const struct account *account = CONTAINER_OF(edl, const struct account, edl);
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(RESCUE_DOMAIN, RESCUE_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(nonce, RESCUE_NONCE_BYTES));
    sha256_update(&sha, serial);
    sha256_final(&sha, digest);
    memcpy(out_answer->magic, RESCUE_ANSWER_MAGIC, sizeof out_answer->magic);
    memcpy(out_answer->public_key, account->key.public_key, sizeof out_answer->public_key);
    return signing_key_sign(&account->key, digest, out_answer->signature);
}

bool account_load(struct account *account, const char *file)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    FILE *in = fopen(file, "rb");
    size_t size;

    if (in == NULL) {
        report("%s: %s; make keys with: make build", file, strerror(errno));
        return false;
    }
    size = fread(pem, 1, sizeof pem, in);
    fclose(in);
    if (size == sizeof pem || !signing_key_from_pem(&account->key, slice_of(pem, size))) {
        report("%s: not an RSA-4096 private key in PEM", file);
        return false;
    }
    account->edl.sign = sign;
    return true;
}
