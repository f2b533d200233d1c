/* SPDX-License-Identifier: MIT */
#include "usb/account.h"

#include "rom-images/write/rescue_sign.h"
#include "usb/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool sign(const struct edl_account *edl, const uint8_t nonce[RESCUE_NONCE_BYTES],
                 struct slice serial, struct rescue_answer *out_answer)
{
    const struct account *account = CONTAINER_OF(edl, const struct account, edl);

    return rescue_answer_make(&account->key, nonce, serial, out_answer);
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
