/* SPDX-License-Identifier: MIT */
/* The user's own AVB key. Stage fastboot. */
#include "fastboot/user_key.h"

#include "verify/signature.h"

#include <string.h>

static void commit(struct session *session, const uint8_t key_sha256[SHA256_BYTES])
{
    const struct fastboot_context *context = session->context;
    struct state next = *context->state;
    enum err err;

    memcpy(next.user_key_sha256, key_sha256, sizeof next.user_key_sha256);
    err = state_commit(context->phone->nor, &next);
    if (err != OK) {
        session_fail_err(session, "the key could not be stored", err);
        return;
    }
    *context->state = next;
    session_okay(session, "");
}

static bool has_verified_boot(struct session *session)
{
    if (board_has(session->context->board, PROTECTION_VERIFIED_BOOT)) {
        return true;
    }
    session_fail(session, "this phone has no verified boot: no key counts");
    return false;
}

void user_key_run_flash(struct session *session, const char *argument)
{
    struct slice key = span_slice(session->download);
    uint8_t digest[SHA256_BYTES];

    if (!has_verified_boot(session)) {
        return;
    }
    if (!signature_key_is_well_formed(key)) {
        session_fail(session, "not an RSA key of 2048 or 4096 bits as AVB lays it "
                              "out (avbtool extract_public_key makes one)");
        return;
    }
    sha256_digest(key, digest);
    commit(session, digest);
}

void user_key_run_erase(struct session *session, const char *argument)
{
    static const uint8_t none[SHA256_BYTES];

    if (has_verified_boot(session)) {
        commit(session, none);
    }
}
