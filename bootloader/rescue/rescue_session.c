/* SPDX-License-Identifier: MIT */
/* One client of rescue mode: the table of commands, and what it is answered. */
#include "rescue/rescue_session.h"

#include "base/text.h"
#include "rescue/rescue_auth.h"

#include <string.h>

/* Refusals in words. The first is the real one, spelling included. */
static const struct {
    enum err err;
    const char *words;
} refusals[] = {
    {E_RESCUE_LOCKED, "only nop and sig tag can be recevied before authentication"},
    {E_RESCUE_COMMAND, "there is no such command: nop, sig, configure, getstorageinfo, program, "
                       "erase, reset"},
    {E_RESCUE_ATTRIBUTE, "an attribute is missing, or its value is not one that it can have"},
    {E_RESCUE_CHALLENGE, "ask for the challenge first: sig with TargetName req"},
    {E_RESCUE_ANSWER, "that is not the answer to a challenge"},
    {E_VBMETA_KEY, "this account is not authorised"},
    {E_VBMETA_SIGNATURE, "this account's signature is not one for this phone and this challenge"},
    {E_RESCUE_XML, "that is not one command inside a data element"},
    {E_RESCUE_PACKET, "that packet does not belong here: connect again"},
    {E_RESCUE_STALL, "nothing came for two seconds: connect again"},
    {E_GPT_NOT_FOUND, "there is no partition of that name"},
    {E_BLOCK_RANGE, "that is more than there is room for"},
    {E_BLOCK_ALIGN, "a data packet must hold whole sectors"},
};

static const char *refusal_of(enum err err)
{
    for (size_t i = 0; i < ARRAY_COUNT(refusals); i++) {
        if (refusals[i].err == err) {
            return refusals[i].words;
        }
    }
    return "the phone could not do it";
}

/* A partition's name, for example, may have any character. */
static void text_value(struct text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        bool plain = *value >= ' ' && *value <= '~' && strchr("\"<>&", *value) == NULL;

        text_char(text, plain ? *value : '?');
    }
}

enum err rescue_say(struct rescue *rescue, const char *tag, const char *attribute,
                    const char *value)
{
    char chars[RESCUE_REPLY_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_all(&text, "<?xml version=\"1.0\"?><data><", tag, " ", attribute, "=\"");
    text_value(&text, value);
    text_str(&text, "\"/></data>");
    return rescue_stream_send_xml(&rescue->stream, slice_of(chars, text.length));
}

static enum err respond(struct rescue *rescue, const char *value, bool raw)
{
    char chars[RESCUE_REPLY_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_all(&text, "<?xml version=\"1.0\"?><data><response value=\"", value,
             raw ? "\" rawmode=\"true\"/></data>" : "\" rawmode=\"false\"/></data>");
    return rescue_stream_send_xml(&rescue->stream, slice_of(chars, text.length));
}

enum err rescue_go_on(struct rescue *rescue)
{
    return respond(rescue, "ACK", true);
}

enum err rescue_data_head(struct rescue *rescue, uint64_t limit, size_t *out_size)
{
    struct rescue_packet packet;

    TRY(rescue_stream_head(&rescue->stream, &packet));
    if (packet.type != RESCUE_PACKET_DATA || packet.size == 0 ||
        packet.size > RESCUE_DATA_BYTES_MAX || packet.size > limit) {
        return E_RESCUE_PACKET;
    }
    *out_size = packet.size;
    return OK;
}

static enum err hello(struct rescue *rescue)
{
    const struct board *board = rescue->context->board;
    char chars[RESCUE_REPLY_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_str(&text, "<?xml version=\"1.0\"?><data><hello version=\"");
    text_u64(&text, RESCUE_VERSION);
    text_str(&text, "\" product=\"");
    text_value(&text, board->codename);
    text_str(&text, "\" serial=\"");
    text_value(&text, board->serial);
    text_str(&text, "\" MaxXMLSizeInBytes=\"");
    text_u64(&text, RESCUE_XML_BYTES_MAX);
    text_str(&text, "\" MaxPayloadSizeToTargetInBytes=\"");
    text_u64(&text, RESCUE_DATA_BYTES_MAX);
    text_str(&text, "\"/></data>");
    return rescue_stream_send_xml(&rescue->stream, slice_of(chars, text.length));
}

static enum err run_nop(struct rescue *rescue, const struct rescue_xml *xml)
{
    return OK;
}

static enum err give_challenge(struct rescue *rescue)
{
    char chars[2 * RESCUE_NONCE_BYTES + 1];
    struct text text = text_in(chars, sizeof chars);

    rescue_nonce_make(rescue->context->phone, rescue->context->board, ++rescue->challenges,
                      rescue->nonce);
    rescue->challenged = true;
    text_bytes_hex(&text, slice_of(rescue->nonce, sizeof rescue->nonce));
    return rescue_say(rescue, "sig", "blob", chars);
}

/* One answer to a challenge: right or wrong, the next needs a new one. */
static enum err take_answer(struct rescue *rescue, const struct rescue_xml *xml)
{
    struct rescue_answer answer;
    uint64_t bytes;
    size_t size;

    TRY(rescue_xml_u64(xml, "size_in_bytes", &bytes));
    if (!rescue->challenged) {
        return E_RESCUE_CHALLENGE;
    }
    if (bytes != sizeof answer) {
        return E_RESCUE_ANSWER;
    }
    rescue->challenged = false;
    TRY(rescue_go_on(rescue));
    TRY(rescue_data_head(rescue, sizeof answer, &size));
    if (size != sizeof answer) {
        return E_RESCUE_PACKET;
    }
    TRY(rescue_stream_read(&rescue->stream, (struct span){(uint8_t *)&answer, sizeof answer}));
    TRY(rescue_answer_check(slice_of(&answer, sizeof answer), rescue->context->board,
                            rescue->nonce));
    rescue->authorised = true;
    return OK;
}

static enum err run_sig(struct rescue *rescue, const struct rescue_xml *xml)
{
    struct slice target;

    TRY(rescue_xml_value(xml, "TargetName", &target));
    if (target.size != 3) {
        return E_RESCUE_ATTRIBUTE;
    }
    if (memcmp(target.data, "req", 3) == 0) {
        return give_challenge(rescue);
    }
    return memcmp(target.data, "sig", 3) == 0 ? take_answer(rescue, xml) : E_RESCUE_ATTRIBUTE;
}

/* What the phone takes was said in its hello: a client that wants more is told again. */
static enum err run_configure(struct rescue *rescue, const struct rescue_xml *xml)
{
    uint64_t bytes;

    TRY(rescue_xml_u64(xml, "MaxPayloadSizeToTargetInBytes", &bytes));
    return bytes != 0 && bytes <= RESCUE_DATA_BYTES_MAX ? OK : E_RESCUE_ATTRIBUTE;
}

static enum err run_reset(struct rescue *rescue, const struct rescue_xml *xml)
{
    rescue->reset = true;
    return OK;
}

static const struct command {
    const char *name;
    bool for_everybody; /* also before authentication */
    enum err (*run)(struct rescue *rescue, const struct rescue_xml *xml);
} commands[] = {
    {"nop", true, run_nop},
    {"sig", true, run_sig},
    {"configure", false, run_configure},
    {"getstorageinfo", false, rescue_storage_info},
    {"program", false, rescue_program},
    {"erase", false, rescue_erase},
    {"reset", false, run_reset},
};

static const struct command *command_named(const struct rescue_xml *xml)
{
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (rescue_xml_is(xml, commands[i].name)) {
            return &commands[i];
        }
    }
    return NULL;
}

/* *out_name: the command's, for the trace. */
static enum err run_command(struct rescue *rescue, struct slice text, const char **out_name)
{
    const struct command *command;
    struct rescue_xml xml;

    *out_name = "?";
    TRY(rescue_xml_parse(text, &xml));
    command = command_named(&xml);
    if (command != NULL) {
        *out_name = command->name;
    }
    if (!rescue->authorised && (command == NULL || !command->for_everybody)) {
        return E_RESCUE_LOCKED;
    }
    return command == NULL ? E_RESCUE_COMMAND : command->run(rescue, &xml);
}

static bool ends_session(enum err err)
{
    return err == E_RESCUE_GONE || err == E_RESCUE_STALL || err == E_RESCUE_PACKET;
}

/* What is wrong with the text is one to the client, whichever check found it. */
static enum err as_told(enum err err)
{
    return err == E_RESCUE_XML_NAME || err == E_RESCUE_XML_VALUE || err == E_RESCUE_XML_COUNT ||
                   err == E_RESCUE_XML_DUPLICATE
               ? E_RESCUE_XML
               : err;
}

static enum err answer(struct rescue *rescue, const char *name, enum err err)
{
    struct rescue_host *host = rescue->context->host;
    const char *words = err == OK ? "" : refusal_of(as_told(err));
    char chars[RESCUE_REPLY_BYTES];
    struct text text = text_in(chars, sizeof chars);

    host->ops->report(host, name, rescue->target, words);
    if (err == OK) {
        return respond(rescue, "ACK", false);
    }
    text_all(&text, "ERROR: ", words, " (", err_name(err), ")");
    TRY(rescue_say(rescue, "log", "value", chars));
    return respond(rescue, "NAK", false);
}

/* One packet, which must be a command; what is wrong with it is answered. */
static enum err serve_packet(struct rescue *rescue)
{
    const char *name = "?";
    struct rescue_packet packet;
    enum err err;

    rescue->target[0] = '\0';
    TRY(rescue_stream_head(&rescue->stream, &packet));
    if (packet.type != RESCUE_PACKET_XML || packet.size > sizeof rescue->xml) {
        err = E_RESCUE_PACKET;
    } else {
        err = rescue_stream_read(&rescue->stream, (struct span){rescue->xml, packet.size});
    }
    if (err == OK) {
        err = run_command(rescue, slice_of(rescue->xml, packet.size), &name);
    }
    if (err == E_RESCUE_GONE) {
        return err;
    }
    TRY(answer(rescue, name, err));
    return ends_session(err) ? err : OK;
}

void rescue_session(struct rescue *rescue)
{
    rescue->challenged = false;
    rescue->authorised = false;
    rescue->reset = false;
    if (hello(rescue) != OK) {
        return;
    }
    while (!rescue->reset) {
        if (serve_packet(rescue) != OK) {
            return;
        }
    }
}
