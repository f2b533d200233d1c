/* SPDX-License-Identifier: MIT */
/* Asking the phone. Stage fastboot. */
#include "fastboot/oem.h"

#include "fastboot/commands.h"
#include "fastboot/flash.h"
#include "fastboot/lock_rules.h"
#include "fastboot/png.h"
#include "iface/block.h"

#define HASH_PIECE_BYTES (1u << 20)
#define LOG_LINE_CHARS   240 /* longer ones are folded */

static const struct {
    enum reason reason;
    const char *words;
} explanations[] = {
    {REASON_OK, "nothing is wrong with what is on it"},
    {REASON_REGION_MISMATCH, "the ROM is for another market than the phone was made for"},
    {REASON_REGION_UNKNOWN, "the ROM does not say for which market it is"},
    {REASON_BAD_SIGNATURE, "the ROM is not signed, or was damaged"},
    {REASON_BAD_HASH, "an image is not the one that was signed"},
    {REASON_WRONG_KEY, "the ROM is signed by somebody else than the maker"},
    {REASON_ROLLBACK, "the ROM is older than the phone's fuses allow"},
    {REASON_NO_ROM, "there is nothing on it that could be started"},
    {REASON_BAD_GPT, "the disk or its partition table cannot be read"},
    {REASON_BAD_BOARD, "the phone's own records cannot be read"},
    {REASON_BAD_STATE, "what the phone remembers cannot be read or written"},
    {REASON_KEYS, "its keys asked for this"},
    {REASON_BCB, "the system asked for this"},
    {REASON_COMMAND, "a command asked for this"},
};

static const char *words_of(enum reason reason)
{
    for (size_t i = 0; i < ARRAY_COUNT(explanations); i++) {
        if (explanations[i].reason == reason) {
            return explanations[i].words;
        }
    }
    return "nobody decided anything";
}

static void add_pair(struct text *text, const char *label, const char *value)
{
    text_str(text, label);
    text_str(text, value);
}

void oem_explain(const struct fastboot_context *context, const struct verified *verified,
                 struct decision decision, char *out_words, size_t words_size)
{
    struct text text = text_in(out_words, words_size);

    add_pair(&text, reason_name(decision.reason), ": ");
    text_str(&text, words_of(decision.reason));
    if (decision.reason == REASON_REGION_MISMATCH || decision.reason == REASON_REGION_UNKNOWN) {
        add_pair(&text, " (made for ", region_name(context->board->made_for));
        add_pair(&text, ", ROM ", region_name(verified->region));
        text_char(&text, ')');
    } else if (decision.reason == REASON_ROLLBACK) {
        text_str(&text, " (phone ");
        text_u64(&text, context->board->rollback_index);
        text_str(&text, ", ROM ");
        text_u64(&text, verified->rollback_index);
        text_char(&text, ')');
    } else if (verified->why != OK) {
        add_pair(&text, " (", err_name(verified->why));
        text_char(&text, ')');
    }
}

void oem_run_help(struct session *session, const char *argument)
{
    for (size_t row = 0; commands_name(row) != NULL; row++) {
        session_info(session, commands_name(row));
    }
    session_okay(session, "");
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

    info_bool(session,
              "Verity mode: ", (context->board->protections & PROTECTION_VERIFIED_BOOT) != 0);
    info_bool(session, "Device unlocked: ", lock != LOCK_STATE_LOCKED);
    info_bool(session, "Device critical unlocked: ",
              lock == LOCK_STATE_UNLOCKED_CRITICAL || lock == LOCK_STATE_NONE);
    info_bool(session, "Charger screen enabled: ", false);
    session_okay(session, "");
}

void oem_run_log(struct session *session, const char *argument)
{
    const struct text *told = session->context->phone->told;
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    if (told == NULL) {
        session_fail(session, "this phone keeps no log");
        return;
    }
    for (size_t i = 0; i < told->length; i++) {
        bool ended = told->chars[i] == '\n';

        if (!ended) {
            text_char(&line, told->chars[i]);
        }
        if (ended || line.length == LOG_LINE_CHARS) {
            session_info(session, chars);
            line = text_in(chars, sizeof chars);
        }
    }
    if (told->full) {
        session_info(session, "(more was said than fits)");
    }
    session_okay(session, "");
}

static void info_decision(struct session *session, const char *label,
                          const struct verified *verified, struct decision decision)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    add_pair(&line, label, fate_name(decision.fate));
    session_info(session, chars);
    oem_explain(session->context, verified, decision, chars, sizeof chars);
    session_info(session, chars);
}

/* Why the phone is here, and what would become of it if it were started now. */
void oem_run_why(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    const struct verified *verified;
    struct decision now;

    info_decision(session, "last decision: ", context->verified, context->last);
    session->staged = slice_of(NULL, 0); /* it lies where the ramdisk goes */
    now = context->host->ops->judge(context->host, context->state, slice_of(NULL, 0), &verified);
    info_decision(session, "started now: ", verified, now);
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
        struct span piece = {room.data,
                             room.size < HASH_PIECE_BYTES ? room.size : HASH_PIECE_BYTES};

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
    err = png_write(&phone->panel->canvas, phone->ramdisk, &size);
    if (err != OK) {
        session_fail_err(session, "the picture does not fit", err);
        return;
    }
    session->staged = slice_of(phone->ramdisk.data, size);
    session_info(session, "staged: fastboot get_staged FILE.png");
    session_okay(session, "");
}

/* What some tools send first. What a real phone makes of it is not known: here it changes nothing. */
void oem_run_ignore_anti(struct session *session, const char *argument)
{
    session_info(session, "the fuses are asked all the same");
    session_okay(session, "");
}

void oem_run_edl(struct session *session, const char *argument)
{
    session_okay(session, "");
    session_end(session, FASTBOOT_NEXT_RESCUE);
}
