/* SPDX-License-Identifier: MIT */
/* Packets in, replies out; the download. Stage fastboot. */
#include "fastboot/session.h"

#include "fastboot/commands.h"

#include <string.h>

void session_begin(struct session *session, const struct fastboot_context *context,
                   struct wire *wire)
{
    *session = (struct session){.context = context, .wire = wire, .command = ""};
}

/* A whole download that can only be an unlock answer. */
static void save_answer(struct session *session)
{
    if (session->download.size == sizeof session->answer &&
        memcmp(session->download.data, UNLOCK_ANSWER_MAGIC, sizeof UNLOCK_ANSWER_MAGIC - 1) == 0) {
        memcpy(session->answer, session->download.data, sizeof session->answer);
        session->has_answer = true;
    }
}

void session_forget(struct session *session)
{
    save_answer(session);
    session->expected_bytes = 0;
    session->received_bytes = 0;
    session->download = (struct span){NULL, 0};
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
    session->command = "download:";
    session_okay(session, "");
    session->command = "";
}

void session_data_refuse(struct session *session, const char *why)
{
    session->expected_bytes = 0;
    session->received_bytes = 0;
    session->command = "download:";
    session_fail(session, why);
    session->command = "";
}
