/* SPDX-License-Identifier: MIT */
/* Replies to a command. Stage fastboot. */
#include "fastboot/reply.h"

#define PROGRESS_INFO_US 1000000
#define PROGRESS_STEP    10 /* percent */

void session_reply(struct session *session, const char *kind, const char *text)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX + 1];
    struct text reply = text_in(chars, sizeof chars);

    text_str(&reply, kind);
    /* Some of it may be a hostile name: nothing that a terminal would obey. */
    for (; *text != '\0'; text++) {
        text_char(&reply, *text < ' ' || *text > '~' ? '?' : *text);
    }
    session->wire->ops->send(session->wire, slice_of(chars, reply.length));
}

static void answer(struct session *session, const char *kind, const char *text)
{
    struct fastboot_host *host = session->context->host;
    char chars[FASTBOOT_REPLY_BYTES_MAX + 1];
    struct text packet = text_in(chars, sizeof chars);

    session_reply(session, kind, text);
    text_all(&packet, kind, text);
    host->ops->report(host, session->command, chars);
}

void session_okay(struct session *session, const char *text)
{
    answer(session, "OKAY", text);
}

void session_fail(struct session *session, const char *text)
{
    answer(session, "FAIL", text);
}

void session_info(struct session *session, const char *text)
{
    session_reply(session, "INFO", text);
}

void session_fail_err(struct session *session, const char *text, enum err err)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text why = text_in(chars, sizeof chars);

    text_all(&why, text, " (", err_name(err), ")");
    session_fail(session, chars);
}

void session_progress(struct session *session, const char *title, uint64_t done, uint64_t total)
{
    const struct phone *phone = session->context->phone;
    unsigned percent = total == 0 ? 100 : (unsigned)(done * 100 / total);
    uint64_t now_us = phone->power->ops->now_us(phone->power);
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text text = text_in(chars, sizeof chars);

    if (done == 0) {
        session->shown_us = now_us;
        session->shown_percent = 0;
        screen_draw_progress(&phone->panel->canvas, title, 0);
        return;
    }
    if (percent < session->shown_percent + PROGRESS_STEP &&
        now_us - session->shown_us < PROGRESS_INFO_US) {
        return;
    }
    screen_draw_progress(&phone->panel->canvas, title, percent);
    if (now_us - session->shown_us >= PROGRESS_INFO_US) {
        text_all(&text, title, ": ");
        text_u64(&text, percent);
        text_char(&text, '%');
        session_info(session, chars);
        session->shown_us = now_us;
    }
    session->shown_percent = percent;
}

void session_progress_end(struct session *session)
{
    const struct phone *phone = session->context->phone;

    screen_draw_progress(&phone->panel->canvas, "", 0);
    if (phone->keys != NULL) {
        phone->keys->ops->forget(phone->keys); /* meant for what was on the screen meanwhile */
    }
}

void session_end(struct session *session, enum fastboot_next next)
{
    session->ended = true;
    session->next = next;
}
