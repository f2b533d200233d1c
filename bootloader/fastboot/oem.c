/* SPDX-License-Identifier: MIT */
/* Asking the phone. Stage fastboot. */
#include "fastboot/oem.h"

#include "fastboot/dry_run.h"
#include "fastboot/flash.h"
#include "fastboot/lock_rules.h"
#include "fastboot/bmp.h"
#include "iface/block.h"

#define HASH_PIECE_BYTES (1u << 20)
#define LOG_LINE_CHARS   240 /* longer ones are folded */

static void add_pair(struct text *text, const char *label, const char *value)
{
    text_all(text, label, value);
}

static void info_bool(struct session *session, const char *label, bool value)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    add_pair(&line, label, value ? "true" : "false");
    session_info(session, chars);
}

void oem_run_device_info(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    enum lock_state lock = lock_state_of(context->board, context->state);

    info_bool(session, "Verity mode: ", board_has(context->board, PROTECTION_VERIFIED_BOOT));
    info_bool(session, "Device unlocked: ", lock != LOCK_STATE_LOCKED);
    info_bool(session, "Device critical unlocked: ",
              lock == LOCK_STATE_UNLOCKED_CRITICAL || lock == LOCK_STATE_NONE);
    info_bool(session, "Charger screen enabled: ", false);
    session_okay(session, "");
}

void oem_run_log(struct session *session, const char *argument)
{
    const struct text *log = session->context->phone->logged;
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    if (log == NULL) {
        session_fail(session, "this phone keeps no log");
        return;
    }
    for (size_t i = 0; i < log->length; i++) {
        bool ended = log->chars[i] == '\n';

        if (!ended) {
            text_char(&line, log->chars[i]);
        }
        if (ended || line.length == LOG_LINE_CHARS) {
            session_info(session, chars);
            line = text_in(chars, sizeof chars);
        }
    }
    if (log->full) {
        session_info(session, "(more was said than fits)");
    }
    session_okay(session, "");
}

/* Why the phone is here, and what would become of it if it were started now. */
void oem_run_why(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    struct fastboot_outcome now;

    dry_run_info(session, "last decision: ", &context->last);
    now = dry_run(session, context->state, slice_of(NULL, 0));
    dry_run_info(session, "started now: ", &now);
    session_okay(session, "");
}

static enum err hash(struct session *session, const struct partition *partition, const char *title,
                     uint8_t out_digest[SHA256_BYTES])
{
    struct span room = session->context->phone->kernel;
    uint64_t at = 0;
    struct sha256 sha;

    sha256_init(&sha);
    session_progress(session, title, 0, partition->size_bytes);
    while (at < partition->size_bytes) {
        uint64_t left = partition->size_bytes - at;
        struct span piece = {room.data, MIN(room.size, HASH_PIECE_BYTES)};

        piece.size = left < piece.size ? (size_t)left : piece.size;
        TRY(partition_read(partition, at, piece));
        sha256_update(&sha, span_slice(piece));
        at += piece.size;
        session_progress(session, title, at, partition->size_bytes);
        if (session->wire->ops->gone(session->wire)) {
            return E_LINK_CLOSED;
        }
    }
    sha256_final(&sha, out_digest);
    return OK;
}

void oem_run_sha256(struct session *session, const char *argument)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);
    uint8_t digest[SHA256_BYTES];
    struct partition partition;
    enum err err;

    if (flash_find(session->context, argument, &partition) != OK) {
        session_fail(session, "no such partition on this phone");
        return;
    }
    add_pair(&line, "Reading ", argument);
    err = hash(session, &partition, chars, digest);
    session_progress_end(session);
    if (err != OK) {
        session_fail_err(session, "the disk failed", err);
        return;
    }
    line = text_in(chars, sizeof chars);
    text_bytes_hex(&line, slice_of(digest, sizeof digest));
    session_info(session, chars);
    session_okay(session, "");
}

void oem_run_screenshot(struct session *session, const char *argument)
{
    const struct phone *phone = session->context->phone;
    size_t size;
    enum err err;

    if (phone->panel->canvas.width_px == 0) {
        session_fail(session, "this phone has no screen");
        return;
    }
    err = bmp_write(&phone->panel->canvas, phone->ramdisk, &size);
    if (err != OK) {
        session_fail_err(session, "the picture does not fit", err);
        return;
    }
    session->staged = slice_of(phone->ramdisk.data, size);
    session_info(session, "staged: fastboot get_staged FILE.bmp");
    session_okay(session, "");
}

/* What some tools send first. What a real phone makes of it is not known: here it changes nothing. */
void oem_run_ignore_anti(struct session *session, const char *argument)
{
    session_info(session, "the fuses are asked all the same");
    session_okay(session, "");
}
