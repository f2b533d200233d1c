/* SPDX-License-Identifier: MIT */
/* The commands, a row each. Stage fastboot. */
#include "fastboot/commands.h"

#include "fastboot/boot_image_check.h"
#include "fastboot/dry_run.h"
#include "fastboot/flash.h"
#include "fastboot/getvar.h"
#include "fastboot/lock.h"
#include "fastboot/lock_rules.h"
#include "fastboot/oem.h"
#include "fastboot/slot_commands.h"
#include "fastboot/user_key.h"

#include <string.h>

enum argument {
    ARGUMENT_NONE,
    ARGUMENT_TEXT,      /* what follows the name, not empty */
    ARGUMENT_PARTITION, /* so too; the lock's rules look at it */
};

static void run_download(struct session *session, const char *argument);
static void run_upload(struct session *session, const char *argument);
static void run_boot(struct session *session, const char *argument);
static void run_help(struct session *session, const char *argument);

/* A client that is told OKAY waits for it for ever. */
static void run_reboot_fastboot(struct session *session, const char *argument)
{
    session_fail(session, "no fastboot in this phone's system: try fastboot reboot bootloader");
}

#define RUNS(run)  run, FASTBOOT_NEXT_REBOOT /* which does not count */
#define ENDS(next) NULL, FASTBOOT_NEXT_##next

/* clang-format off */
static const struct command {
    const char *name;
    enum argument argument;
    enum lock_action action;
    void (*run)(struct session *session, const char *argument); /* NULL: OKAY, and ... */
    enum fastboot_next ends;                                    /* ... with that it is over */
} commands[] = {
    {"getvar:",                     ARGUMENT_TEXT,      LOCK_ACTION_FREE,            RUNS(getvar_run)},
    {"download:",                   ARGUMENT_TEXT,      LOCK_ACTION_FREE,            RUNS(run_download)},
    {"upload",                      ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(run_upload)},
    {"flash:" USER_KEY_PARTITION,   ARGUMENT_NONE,      LOCK_ACTION_FLASH,           RUNS(user_key_run_flash)},
    {"erase:" USER_KEY_PARTITION,   ARGUMENT_NONE,      LOCK_ACTION_ERASE,           RUNS(user_key_run_erase)},
    {"flash:" CRC_LIST_NAME,        ARGUMENT_NONE,      LOCK_ACTION_FLASH,           RUNS(flash_run_crc_list)},
    {"flash:" CRC_LIST_SPARSE_NAME, ARGUMENT_NONE,      LOCK_ACTION_FLASH,           RUNS(flash_run_sparse_crc_list)},
    {"flash:antirbpass",            ARGUMENT_NONE,      LOCK_ACTION_FLASH,           RUNS(flash_run_antirbpass)},
    {"flash:",                      ARGUMENT_PARTITION, LOCK_ACTION_FLASH,           RUNS(flash_run)},
    {"erase:",                      ARGUMENT_PARTITION, LOCK_ACTION_ERASE,           RUNS(flash_run_erase)},
    {"boot",                        ARGUMENT_NONE,      LOCK_ACTION_BOOT,            RUNS(run_boot)},
    {"continue",                    ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(CONTINUE)},
    {"reboot",                      ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(REBOOT)},
    {"reboot-bootloader",           ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(BOOTLOADER)},
    {"reboot-recovery",             ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(RECOVERY)},
    {"reboot-fastboot",             ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(run_reboot_fastboot)},
    {"powerdown",                   ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(POWER_OFF)},
    {"set_active:",                 ARGUMENT_TEXT,      LOCK_ACTION_SET_ACTIVE,      RUNS(slot_run_set_active)},
    {"flashing lock",               ARGUMENT_NONE,      LOCK_ACTION_LOCK,            RUNS(lock_run_flashing_lock)},
    {"flashing unlock",             ARGUMENT_NONE,      LOCK_ACTION_UNLOCK,          RUNS(lock_run_unlock)},
    {"flashing lock_critical",      ARGUMENT_NONE,      LOCK_ACTION_LOCK_CRITICAL,   RUNS(lock_run_lock_critical)},
    {"flashing unlock_critical",    ARGUMENT_NONE,      LOCK_ACTION_UNLOCK_CRITICAL, RUNS(lock_run_unlock_critical)},
    {"flashing get_unlock_ability", ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(lock_run_get_ability)},
    {"oem help",                    ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(run_help)},
    {"oem device-info",             ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(oem_run_device_info)},
    {"oem lock",                    ARGUMENT_NONE,      LOCK_ACTION_LOCK,            RUNS(lock_run_oem_lock)},
    {"oem unlock",                  ARGUMENT_NONE,      LOCK_ACTION_UNLOCK,          RUNS(lock_run_unlock)},
    {"oem lock-check",              ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(lock_run_check)},
    {"oem get_token",               ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(lock_run_get_token)},
    {"oem log",                     ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(oem_run_log)},
    {"oem why",                     ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(oem_run_why)},
    {"oem sha256:",                 ARGUMENT_PARTITION, LOCK_ACTION_READ,            RUNS(oem_run_sha256)},
    {"oem screenshot",              ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(oem_run_screenshot)},
    {"oem reboot-recovery",         ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(RECOVERY)},
    {"oem ignore_anti",             ARGUMENT_NONE,      LOCK_ACTION_FREE,            RUNS(oem_run_ignore_anti)},
    {"oem edl",                     ARGUMENT_NONE,      LOCK_ACTION_FREE,            ENDS(RESCUE)},
};
/* clang-format on */

static bool matches(const struct command *command, const char *text)
{
    return command->argument == ARGUMENT_NONE
               ? strcmp(text, command->name) == 0
               : strncmp(text, command->name, strlen(command->name)) == 0;
}

static const struct command *find(const char *text)
{
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (matches(&commands[i], text)) {
            return &commands[i];
        }
    }
    return NULL;
}

void commands_run(struct session *session, const char *text)
{
    const struct fastboot_context *context = session->context;
    const struct command *command = find(text);
    enum lock_class class_ = LOCK_CLASS_NORMAL;
    const char *argument;
    const char *refusal;

    if (command == NULL) {
        session_fail(session, "unknown command (fastboot oem help lists them)");
        return;
    }
    argument = text + strlen(command->name);
    if (command->argument != ARGUMENT_NONE && *argument == '\0') {
        session_fail(session, "the command lacks its argument");
        return;
    }
    if (command->argument == ARGUMENT_PARTITION) {
        class_ = lock_class_of(argument);
    }
    refusal = lock_refusal(lock_state_of(context->board, context->state), command->action, class_);
    if (refusal != NULL) {
        session_fail(session, refusal);
        return;
    }
    if (command->run == NULL) {
        session_end(session, command->ends);
        session_okay(session, "");
        return;
    }
    command->run(session, argument);
}

static void run_help(struct session *session, const char *argument)
{
    for (size_t row = 0; row < ARRAY_COUNT(commands); row++) {
        session_info(session, commands[row].name);
    }
    session_okay(session, "");
}

/* Exactly eight hexadecimal digits. */
static bool parse_size(const char *text, uint32_t *out_size)
{
    uint32_t size = 0;

    if (strlen(text) != 8) {
        return false;
    }
    for (; *text != '\0'; text++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *digit = strchr(digits, *text);

        if (digit == NULL) {
            return false;
        }
        size = size << 4 | (uint32_t)((digit - digits) % 16);
    }
    *out_size = size;
    return true;
}

static void run_download(struct session *session, const char *argument)
{
    char hex[9];
    struct text text = text_in(hex, sizeof hex);
    uint32_t size;

    session->download = (struct span){NULL, 0};
    if (!parse_size(argument, &size)) {
        session_fail(session, "download: takes eight hexadecimal digits");
        return;
    }
    if (size == 0) {
        session_fail(session, "nothing to download");
        return;
    }
    if (size > session->context->phone->download.size) {
        session_fail(session, "the download is too large: see getvar max-download-size");
        return;
    }
    session->expected_bytes = size;
    session->received_bytes = 0;
    text_hex(&text, size, 8);
    session_reply(session, "DATA", hex);
}

static void run_upload(struct session *session, const char *argument)
{
    char hex[9];
    struct text text = text_in(hex, sizeof hex);

    if (session->staged.size == 0) {
        session_fail(session, "nothing is staged: try fastboot oem screenshot first");
        return;
    }
    text_hex(&text, session->staged.size, 8);
    session_reply(session, "DATA", hex);
    session->wire->ops->send(session->wire, session->staged);
    session->staged = slice_of(NULL, 0);
    session_okay(session, "");
}

static void run_boot(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    struct fastboot_outcome outcome;
    char chars[FASTBOOT_REPLY_BYTES_MAX];

    if (session->download.size == 0) {
        session_fail(session, "no boot image was downloaded");
        return;
    }
    if (boot_image_check_refuses(NULL, span_slice(session->download), chars, sizeof chars)) {
        session_fail(session, chars);
        return;
    }
    outcome = dry_run(session, context->state, span_slice(session->download));
    if (outcome.decision.fate != FATE_BOOT) {
        dry_run_explain(context, &outcome, chars, sizeof chars);
        session_fail(session, chars);
        return;
    }
    session_end(session, FASTBOOT_NEXT_BOOT_IMAGE);
    session_okay(session, "");
}
