/* SPDX-License-Identifier: MIT */
/* What the bootloader message asks the recovery for. */
#include "recovery/asked.h"

#include "base/text.h"
#include "boot_message.h"

#include <string.h>

static const struct {
    const char *line;
    bool begins; /* more may follow */
    enum recovery_asked_what what;
} arguments[] = {
    {"--wipe_data", false, RECOVERY_ASKED_WIPE_DATA},
    {"--wipe_cache", false, RECOVERY_ASKED_WIPE_CACHE},
    {"--prompt_and_wipe_data", false, RECOVERY_ASKED_PROMPT},
    {RECOVERY_SIDELOAD, false, RECOVERY_ASKED_SIDELOAD},
    {RECOVERY_SIDELOAD_REBOOT, false, RECOVERY_ASKED_SIDELOAD_REBOOT},
    {"--update_package=", true, RECOVERY_ASKED_PACKAGE},
    {"--show_version_mismatch", false, RECOVERY_ASKED_MISMATCH},
    {"--just_exit", false, RECOVERY_ASKED_EXIT},
    {"--reason=", true, RECOVERY_ASKED_ASIDE},
    {"--locale=", true, RECOVERY_ASKED_ASIDE},
    {"--retry_count=", true, RECOVERY_ASKED_ASIDE},
    {"--security", false, RECOVERY_ASKED_ASIDE},
    {"--show_text", false, RECOVERY_ASKED_ASIDE},
};

static const char *const names[] = {
    [RECOVERY_ASKED_WIPE_DATA] = "wipe-data",
    [RECOVERY_ASKED_WIPE_CACHE] = "wipe-cache",
    [RECOVERY_ASKED_PROMPT] = "prompt-and-wipe-data",
    [RECOVERY_ASKED_SIDELOAD] = "sideload",
    [RECOVERY_ASKED_SIDELOAD_REBOOT] = "sideload-auto-reboot",
    [RECOVERY_ASKED_PACKAGE] = "update-package",
    [RECOVERY_ASKED_MISMATCH] = "version-mismatch",
    [RECOVERY_ASKED_EXIT] = "just-exit",
    [RECOVERY_ASKED_ASIDE] = "aside",
    [RECOVERY_ASKED_UNKNOWN] = "unknown",
};

static enum recovery_asked_what what_of(struct slice line)
{
    for (size_t i = 0; i < ARRAY_COUNT(arguments); i++) {
        size_t length = strlen(arguments[i].line);

        if (line.size >= length && memcmp(line.data, arguments[i].line, length) == 0 &&
            (line.size == length || arguments[i].begins)) {
            return arguments[i].what;
        }
    }
    return RECOVERY_ASKED_UNKNOWN;
}

/* The next line of the field, without its end; *at moves behind it. Empty lines are left out. */
static bool next_line(const struct bootloader_message *message, size_t *at, struct slice *out_line)
{
    size_t end = strnlen((const char *)message->recovery, sizeof(message->recovery));

    while (*at < end && message->recovery[*at] == '\n') {
        ++*at;
    }
    *out_line = slice_of(message->recovery + *at, 0);
    while (*at < end && message->recovery[*at] != '\n') {
        ++*at;
        out_line->size++;
    }
    return out_line->size != 0;
}

/* Where the arguments begin; false: it asks the recovery for nothing. */
static bool find_arguments(const struct bootloader_message *message, size_t *out_at)
{
    *out_at = strlen(RECOVERY_WORD);
    return string_equals((const char *)message->command, sizeof(message->command),
                         BCB_BOOT_RECOVERY) &&
           strncmp((const char *)message->recovery, RECOVERY_WORD, *out_at) == 0;
}

static void keep_text(struct slice line, char *out)
{
    size_t size = line.size < RECOVERY_ASKED_BYTES ? line.size : RECOVERY_ASKED_BYTES - 1;

    for (size_t i = 0; i < size; i++) {
        out[i] = line.data[i] >= ' ' && line.data[i] <= '~' ? (char)line.data[i] : '?';
    }
    out[size] = '\0';
}

void recovery_asked_read(const struct bootloader_message *message, struct recovery_asked *out)
{
    struct slice line;
    size_t at;

    *out = (struct recovery_asked){.unknown = ""};
    if (!find_arguments(message, &at)) {
        return;
    }
    while (next_line(message, &at, &line)) {
        enum recovery_asked_what what = what_of(line);
        bool is_shown = what == RECOVERY_ASKED_UNKNOWN || what == RECOVERY_ASKED_PACKAGE;

        out->what[what] = true;
        if (is_shown && out->unknown[0] == '\0') {
            keep_text(line, out->unknown);
        }
    }
}

void recovery_asked_done(struct bootloader_message *message, enum recovery_asked_what what)
{
    struct bootloader_message left = *message;
    struct slice line;
    size_t at;
    size_t used;

    if (!find_arguments(message, &at)) {
        return;
    }
    used = at;
    memset(left.recovery + used, 0, sizeof(left.recovery) - used);
    while (next_line(message, &at, &line)) {
        if (what_of(line) != what) {
            memcpy(left.recovery + used, line.data, line.size);
            used += line.size;
            if (used < sizeof(left.recovery)) { /* the last line of a full field has no end */
                left.recovery[used++] = '\n';
            }
        }
    }
    *message = left;
}

bool recovery_asked_more(const struct bootloader_message *message)
{
    struct recovery_asked asked;

    recovery_asked_read(message, &asked);
    for (size_t i = 0; i < RECOVERY_ASKED_COUNT; i++) {
        if (asked.what[i] && i != RECOVERY_ASKED_ASIDE) {
            return true;
        }
    }
    return false;
}

const char *recovery_asked_name(enum recovery_asked_what what)
{
    return names[(size_t)what < RECOVERY_ASKED_COUNT ? what : RECOVERY_ASKED_UNKNOWN];
}
