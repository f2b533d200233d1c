/* SPDX-License-Identifier: MIT */
/* Locking and unlocking. Stage fastboot. */
#include "fastboot/lock.h"

#include "fastboot/base64.h"
#include "fastboot/dry_run.h"
#include "storage/wipe.h"

#include <string.h>

#define QUESTION_US 30000000 /* nobody answers the phone: no */
#define REST_US     5000

/* What the change leaves behind; the rest of the state stays. */
static enum err change(const struct fastboot_context *context, bool unlocked, bool critical)
{
    struct nor *nor = context->phone->nor;
    struct state next = *context->state;

    next.critical_unlocked = critical;
    if (unlocked) {
        /* In the same record: the answer that was used is worth nothing now. */
        next.nonce_counter++;
    }
    TRY(state_change_lock(nor, &next, unlocked));
    *context->state = next;
    return wipe_when_pending(nor, context->state, context->gpt);
}

static void change_and_answer(struct session *session, bool unlocked, bool critical)
{
    const struct fastboot_context *context = session->context;
    enum err err;

    if (context->gpt == NULL) {
        session_fail(session, "the disk has no usable partition table: user data cannot be erased");
        return;
    }
    session_info(session, "Erasing user data");
    err = change(context, unlocked, critical);
    if (err != OK) {
        session_fail_err(session, "the lock could not be changed in full", err);
        return;
    }
    session_end(session, FASTBOOT_NEXT_REBOOT);
    session_okay(session, "");
}

/* What was pressed so far was meant for what the screen showed until now. */
static void forget_keys(const struct phone *phone)
{
    if (phone->keys != NULL) {
        phone->keys->ops->forget(phone->keys);
    }
}

/*
 * Asks the person at the phone; a client that goes, and half a minute without an answer, are a no.
 */
static bool confirmed(struct session *session, bool unlock)
{
    const struct phone *phone = session->context->phone;
    const struct canvas *canvas = &phone->panel->canvas;
    struct power *power = phone->power;
    uint64_t end_us = power->ops->now_us(power) + QUESTION_US;
    enum screen_answer answer = SCREEN_ANSWER_NONE;
    bool yes = false;

    session_info(session, "Answer on the phone: volume keys choose, the power key confirms");
    screen_draw_question(canvas, unlock, yes);
    forget_keys(phone);
    while (answer == SCREEN_ANSWER_NONE && !session->wire->ops->gone(session->wire) &&
           power->ops->now_us(power) < end_us) {
        answer = screen_question_keys(canvas, phone->keys, unlock, &yes);
        if (answer == SCREEN_ANSWER_NONE) {
            power->ops->rest(power, REST_US);
        }
    }
    screen_draw_fastboot(canvas, &session->facts);
    forget_keys(phone);
    return answer == SCREEN_ANSWER_YES;
}

/* True when it would boot; else the words why not, in English. */
static bool boots_when_locked(struct session *session, char *chars, size_t size)
{
    const struct fastboot_context *context = session->context;
    const struct board *board = context->board;
    struct state locked = *context->state;
    struct text words = text_in(chars, size);
    struct fastboot_outcome outcome;

    locked.unlocked = false;
    outcome = dry_run(session, &locked, slice_of(NULL, 0));
    if (outcome.decision.fate != FATE_BOOT) {
        dry_run_explain(context, &outcome, chars, size);
        return false;
    }
    if (board->regime == REGIME_SHIPPED && board->on_policy_list && board->made_for == REGION_CN &&
        outcome.verified->region == REGION_GLOBAL) {
        text_str(&words,
                 "region-mismatch: the phone was made for cn, and a global ROM that looks at "
                 "that will not start on it");
        return false;
    }
    text_str(&words, "it would boot");
    return true;
}

void lock_run_check(struct session *session, const char *argument)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];

    if (boots_when_locked(session, chars, sizeof chars)) {
        session_info(session, chars); /* older clients show no words of an OKAY */
        session_okay(session, "");
    } else {
        session_fail(session, chars);
    }
}

static void warn(struct session *session)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];

    if (!boots_when_locked(session, chars, sizeof chars)) {
        session_info(session, "Warning: locked, this phone will not start its ROM:");
        session_info(session, chars);
    }
}

void lock_run_oem_lock(struct session *session, const char *argument)
{
    warn(session);
    change_and_answer(session, false, false);
}

void lock_run_flashing_lock(struct session *session, const char *argument)
{
    warn(session);
    if (session->context->board->os == OS_ANDROID_ONE && !confirmed(session, false)) {
        session_fail(session, "not confirmed on the phone");
        return;
    }
    change_and_answer(session, false, false);
}

/* What the person has to do about a refused answer. */
static const char *missing_step(struct slice answer, enum err err)
{
    if (answer.size == 0) {
        return "no answer was staged: the account gives it (bind, wait, then fastboot stage FILE)";
    }
    if (err == E_UNLOCK_ANSWER) {
        return "what was staged is no unlock answer";
    }
    if (err == E_VBMETA_KEY) {
        return "the answer is signed by somebody else than the maker's account service";
    }
    return "the answer is for another token: there is a new one after each unlock";
}

/* Xiaomi: the maker's account has to agree. */
static void unlock_by_answer(struct session *session)
{
    const struct fastboot_context *context = session->context;
    struct slice answer = span_slice(session->download);
    struct unlock_token token;
    enum err err;

    if (answer.size == 0 && session->has_answer) {
        answer = slice_of(session->answer, sizeof session->answer);
    }
    unlock_token_make(context->phone, context->board, context->state, &token);
    err = unlock_check(answer, &token, context->board->root_key_sha256);
    session->has_answer = false;
    session->download = (struct span){NULL, 0};
    if (err != OK) {
        session_info(session, missing_step(answer, err));
        session_fail(session, "Token Verify Failed");
        return;
    }
    change_and_answer(session, true, true);
}

/* Android One: the owner has to. */
static void unlock_by_keys(struct session *session, bool critical)
{
    if (!session->context->state->unlock_ability) {
        session_fail(session, "Flashing Unlock is not allowed");
        return;
    }
    if (!confirmed(session, true)) {
        session_fail(session, "not confirmed on the phone");
        return;
    }
    change_and_answer(session, true, critical);
}

void lock_run_unlock(struct session *session, const char *argument)
{
    if (session->context->board->os == OS_ANDROID_ONE) {
        unlock_by_keys(session, session->context->state->critical_unlocked);
    } else {
        unlock_by_answer(session);
    }
}

void lock_run_unlock_critical(struct session *session, const char *argument)
{
    unlock_by_keys(session, true);
}

void lock_run_lock_critical(struct session *session, const char *argument)
{
    if (session->context->board->os == OS_MIUI) {
        session_fail(session, "this phone locks all at once: fastboot oem lock");
        return;
    }
    if (!confirmed(session, false)) {
        session_fail(session, "not confirmed on the phone");
        return;
    }
    change_and_answer(session, true, false);
}

void lock_run_get_ability(struct session *session, const char *argument)
{
    bool able = session->context->board->os == OS_MIUI || session->context->state->unlock_ability;

    session_info(session, able ? "get_unlock_ability: 1" : "get_unlock_ability: 0");
    session_okay(session, "");
}

void lock_run_get_token(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);
    struct unlock_token token;

    unlock_token_make(context->phone, context->board, context->state, &token);
    text_str(&line, "token: ");
    base64_text(&line, slice_of(token.bytes, token.size));
    session_info(session, chars);
    session_okay(session, "");
}
