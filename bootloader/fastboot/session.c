/* SPDX-License-Identifier: MIT */
/* Packets in, replies out; the download. Stage fastboot. */
#include "fastboot/session.h"

#include "fastboot/commands.h"

#include <string.h>

#define PROGRESS_INFO_US 1000000
#define PROGRESS_STEP    10 /* percent */

void session_begin(struct session *session, const struct fastboot_context *context,
                   struct wire *wire)
{
    *session = (struct session){.context = context, .wire = wire, .command = ""};
}

/* A whole download that can only be an unlock answer. */
static void keep_answer(struct session *session)
{
    if (session->download.size == sizeof session->answer &&
        memcmp(session->download.data, UNLOCK_ANSWER_MAGIC, sizeof UNLOCK_ANSWER_MAGIC - 1) == 0) {
        memcpy(session->answer, session->download.data, sizeof session->answer);
        session->has_answer = true;
    }
}

void session_forget(struct session *session)
{
    keep_answer(session);
    session->expected_bytes = 0;
    session->received_bytes = 0;
    session->download = (struct span){NULL, 0};
}

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
    struct text told = text_in(chars, sizeof chars);

    session_reply(session, kind, text);
    text_str(&told, kind);
    text_str(&told, text);
    host->ops->tell(host, session->command, chars);
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

    text_str(&why, text);
    text_str(&why, " (");
    text_str(&why, err_name(err));
    text_char(&why, ')');
    session_fail(session, chars);
}

static bool is_printable(struct slice packet)
{
    for (size_t i = 0; i < packet.size; i++) {
        if (packet.data[i] < ' ' || packet.data[i] > '~') {
            return false;
        }
    }
    return true;
}

void session_command(struct session *session, struct slice packet)
{
    char command[FASTBOOT_COMMAND_BYTES_MAX + 1];

    session->command = "";
    if (packet.size == 0) {
        session_fail(session, "an empty command");
        return;
    }
    if (packet.size > FASTBOOT_COMMAND_BYTES_MAX) {
        session_refuse_long(session);
        return;
    }
    if (!is_printable(packet)) {
        session_fail(session, "a command is printable ASCII");
        return;
    }
    memcpy(command, packet.data, packet.size);
    command[packet.size] = '\0';
    session->command = command;
    commands_run(session, command);
    session->command = "";
}

void session_refuse_long(struct session *session)
{
    session->command = "";
    session_fail(session, "the command is too long: at most 4096 bytes");
}

struct span session_data_room(const struct session *session)
{
    return (struct span){
        .data = session->context->phone->download.data + session->received_bytes,
        .size = session->expected_bytes - session->received_bytes,
    };
}

void session_data_took(struct session *session, size_t count)
{
    session->received_bytes += count;
    if (session->received_bytes < session->expected_bytes) {
        return;
    }
    session->download =
        (struct span){session->context->phone->download.data, session->received_bytes};
    session->expected_bytes = 0;
    session->received_bytes = 0;
    session->command = "download";
    session_okay(session, "");
    session->command = "";
}

void session_data_refuse(struct session *session, const char *why)
{
    session->expected_bytes = 0;
    session->received_bytes = 0;
    session->command = "download";
    session_fail(session, why);
    session->command = "";
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
        text_str(&text, title);
        text_str(&text, ": ");
        text_u64(&text, percent);
        text_char(&text, '%');
        session_info(session, chars);
        session->shown_us = now_us;
    }
    session->shown_percent = percent;
}

void session_progress_end(struct session *session)
{
    screen_draw_progress(&session->context->phone->panel->canvas, "", 0);
}

void session_end(struct session *session, enum fastboot_next next)
{
    session->ended = true;
    session->next = next;
}
