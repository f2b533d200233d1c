/* SPDX-License-Identifier: MIT */
/* What would become of the phone. Stage fastboot. */
#include "fastboot/dry_run.h"

#include "fastboot/slot_commands.h"

#define LOADING "Checking the ROM"

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
    {REASON_UNSUPPORTED, "the ROM is signed in a way that this phone cannot check"},
    {REASON_ROLLBACK, "the ROM is older than the phone's fuses allow"},
    {REASON_NO_ROM, "there is nothing on it that could be started"},
    {REASON_BAD_GPT, "the disk or its partition table cannot be read"},
    {REASON_BAD_BOARD, "the phone's own records cannot be read"},
    {REASON_BAD_STATE, "what the phone remembers cannot be read or written"},
    {REASON_BOOT_LOOP, "the ROM restarted the phone again and again before it was ready"},
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
    text_all(text, label, value);
}

void dry_run_explain(const struct fastboot_context *context, const struct fastboot_outcome *outcome,
                     char *out_words, size_t words_size)
{
    enum reason reason = outcome->decision.reason;
    struct text text = text_in(out_words, words_size);

    add_pair(&text, reason_name(reason), ": ");
    text_str(&text, words_of(reason));
    if (reason == REASON_REGION_MISMATCH || reason == REASON_REGION_UNKNOWN) {
        add_pair(&text, " (made for ", region_name(context->board->made_for));
        add_pair(&text, ", ROM ", region_name(outcome->verified->region));
        text_char(&text, ')');
    } else if (reason == REASON_ROLLBACK) {
        text_str(&text, " (phone ");
        text_u64(&text, context->board->rollback_index);
        text_str(&text, ", ROM ");
        text_u64(&text, outcome->verified->rollback_index);
        text_char(&text, ')');
    } else if (outcome->why != OK) {
        add_pair(&text, " (", err_name(outcome->why));
        text_char(&text, ')');
    }
}

/* A ROM that takes its time to read, hash and unpack: the client hears of it. */
struct loading {
    struct progress progress;
    struct session *session;
    bool begun;
};

static bool tell(struct progress *progress, uint64_t done, uint64_t total)
{
    struct loading *loading = CONTAINER_OF(progress, struct loading, progress);

    if (!loading->begun) {
        session_progress(loading->session, LOADING, 0, total);
        loading->begun = true;
    }
    session_progress(loading->session, LOADING, done, total);
    return true;
}

struct fastboot_outcome dry_run(struct session *session, const struct state *state,
                                struct slice boot_image)
{
    static const struct progress_ops ops = {.at = tell};
    struct fastboot_host *host = session->context->host;
    struct loading loading = {.progress = {&ops}, .session = session};
    struct fastboot_outcome outcome;

    session->staged = slice_of(NULL, 0); /* it lies where the ramdisk goes */
    outcome = host->ops->dry_run(host, state, boot_image, &loading.progress);
    if (loading.begun) {
        session_progress_end(session);
    }
    return outcome;
}

void dry_run_info(struct session *session, const char *label,
                  const struct fastboot_outcome *outcome)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    add_pair(&line, label, fate_name(outcome->decision.fate));
    session_info(session, chars);
    dry_run_explain(session->context, outcome, chars, sizeof chars);
    session_info(session, chars);
}

void dry_run_info_next_start(struct session *session, const char *name)
{
    struct fastboot_outcome next;

    if (!slot_names_part(name, PART_VBMETA) && !slot_names_part(name, PART_BOOT)) {
        return;
    }
    next = dry_run(session, session->context->state, slice_of(NULL, 0));
    if (next.decision.fate != FATE_BOOT) {
        dry_run_info(session, "next start: ", &next);
    }
}
