/* SPDX-License-Identifier: MIT */
/*
 * The variables. What no virtual phone has - a battery, a modem - is a lab value that a real one
 * could have said. Stage fastboot.
 */
#include "fastboot/getvar.h"

#include "fastboot/base64.h"
#include "fastboot/flash.h"
#include "fastboot/lock_rules.h"
#include "fastboot/slot_commands.h"
#include "iface/block.h"

#include <string.h>

/* Of which phone, what of it, and where the answer goes. */
struct question {
    const struct fastboot_context *context;
    const char *argument;
    struct text *out;
};

/* False: there is no such thing (the argument names nothing that is there). */
typedef bool value_of(const struct question *q);

static bool is_unlocked(const struct fastboot_context *context)
{
    return !state_is_locked(context->board, context->state);
}

static void put_yes(struct text *out, bool yes)
{
    text_str(out, yes ? "yes" : "no");
}

static void put_hex(struct text *out, uint64_t value)
{
    text_str(out, "0x");
    text_hex(out, value, 1);
}

static bool value_anti(const struct question *q)
{
    if (board_has(q->context->board, PROTECTION_ANTI_ROLLBACK)) {
        text_u64(q->out, q->context->board->rollback_index);
    }
    return true;
}

static bool value_token(const struct question *q)
{
    struct unlock_token token;

    unlock_token_make(q->context->phone, q->context->board, q->context->state, &token);
    base64_text(q->out, slice_of(token.bytes, token.size));
    return true;
}

static bool value_unlocked(const struct question *q)
{
    put_yes(q->out, is_unlocked(q->context));
    return true;
}

static bool value_device_state(const struct question *q)
{
    text_str(q->out, is_unlocked(q->context) ? "unlocked" : "locked");
    return true;
}

static bool value_boot_state(const struct question *q)
{
    text_str(q->out, boot_state_name(q->context->last.decision.boot_state));
    return true;
}

static bool value_secure(const struct question *q)
{
    put_yes(q->out, board_has(q->context->board, PROTECTION_VERIFIED_BOOT));
    return true;
}

static bool value_erase_block(const struct question *q)
{
    put_hex(q->out, q->context->gpt != NULL ? q->context->gpt->disk->block_bytes : 0);
    return true;
}

static bool value_product(const struct question *q)
{
    text_str(q->out, q->context->board->codename);
    return true;
}

static bool value_serial(const struct question *q)
{
    text_str(q->out, q->context->board->serial);
    return true;
}

static bool value_hwc(const struct question *q)
{
    const char *hwc = region_hwc(q->context->board->made_for);

    if (hwc == NULL) {
        return false;
    }
    text_str(q->out, hwc);
    return true;
}

static bool value_max_download(const struct question *q)
{
    put_hex(q->out, q->context->phone->download.size);
    return true;
}

static bool value_slot_count(const struct question *q)
{
    text_u64(q->out, q->context->board->slot_count);
    return true;
}

static bool value_current_slot(const struct question *q)
{
    if (q->context->board->slot_count == 0) {
        return false;
    }
    text_char(q->out, slot_current(q->context));
    return true;
}

static bool value_slot_suffixes(const struct question *q)
{
    if (q->context->board->slot_count == 0) {
        return false;
    }
    text_str(q->out, "_a,_b");
    return true;
}

static bool find_slot(const struct question *q, struct slot *out_slot)
{
    struct slots slots;
    size_t index;

    if (!slot_parse(q->argument, &index) || slot_read(q->context, &slots) != OK) {
        return false;
    }
    *out_slot = slots.list[index];
    return true;
}

static bool value_slot_successful(const struct question *q)
{
    struct slot slot;

    if (!find_slot(q, &slot)) {
        return false;
    }
    put_yes(q->out, slot.successful);
    return true;
}

static bool value_slot_unbootable(const struct question *q)
{
    struct slot slot;

    if (!find_slot(q, &slot)) {
        return false;
    }
    put_yes(q->out, !slot_is_bootable(&slot));
    return true;
}

static bool value_slot_retry_count(const struct question *q)
{
    struct slot slot;

    if (!find_slot(q, &slot)) {
        return false;
    }
    text_u64(q->out, slot.tries);
    return true;
}

static bool value_slot_reason(const struct question *q)
{
    struct slot slot;

    if (!find_slot(q, &slot)) {
        return false;
    }
    text_str(q->out, slot_unbootable_name((enum slot_unbootable)slot.unbootable));
    return true;
}

/* The name itself, or that of one of its slots. */
static bool is_partition(const char *name, const char *base)
{
    size_t length = strlen(base);

    return strncmp(name, base, length) == 0 &&
           (name[length] == '\0' || strcmp(name + length, "_a") == 0 ||
            strcmp(name + length, "_b") == 0);
}

/* As real phones say it, whatever their partitions hold. */
static bool value_partition_type(const struct question *q)
{
    static const char *const names[] = {"system", "vendor", "cache", "userdata", "cust", "persist"};
    struct partition partition;
    bool ext4 = false;

    if (flash_find(q->context, q->argument, &partition) != OK) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        ext4 |= is_partition(q->argument, names[i]);
    }
    text_str(q->out, ext4 ? "ext4" : "raw");
    return true;
}

static bool value_partition_size(const struct question *q)
{
    struct partition partition;

    if (flash_find(q->context, q->argument, &partition) != OK) {
        return false;
    }
    put_hex(q->out, partition.size_bytes);
    return true;
}

/* Is there a partition of that name for each slot? Of one that is not there, nothing is said. */
static bool value_has_slot(const struct question *q)
{
    char chars[GPT_NAME_BYTES];
    struct text name = text_in(chars, sizeof chars);
    struct partition partition;
    bool has_slot;

    text_all(&name, q->argument, "_a");
    has_slot = q->context->board->slot_count != 0 && q->context->gpt != NULL && !name.full &&
               gpt_find(q->context->gpt, chars, &partition) == OK;
    if (!has_slot && flash_find(q->context, q->argument, &partition) != OK) {
        return false;
    }
    put_yes(q->out, has_slot);
    return true;
}

static bool value_is_logical(const struct question *q)
{
    text_str(q->out, "no");
    return true;
}

enum listing {
    LISTED,           /* by getvar all */
    LISTED_PARTITION, /* so too, once for each partition */
    LISTED_NAME,      /* once for each, without the slot */
    LISTED_SLOT,      /* once for each slot */
    NOT_LISTED,
};

/* clang-format off */
static const struct variable {
    const char *name;
    enum listing listing;
    bool takes_argument;
    value_of *value;   /* NULL: always `text` */
    const char *text;
} variables[] = {
    {"crc",                    LISTED,           false, NULL, "1"},
    {"anti",                   LISTED,           false, value_anti, NULL},
    {"token",                  LISTED,           false, value_token, NULL},
    {"hw-revision",            LISTED,           false, NULL, "1"},
    {"unlocked",               LISTED,           false, value_unlocked, NULL},
    {"off-mode-charge",        LISTED,           false, NULL, "0"},
    {"charger-screen-enabled", LISTED,           false, NULL, "0"},
    {"battery-soc-ok",         LISTED,           false, NULL, "yes"},
    {"battery-voltage",        LISTED,           false, NULL, "4000"},
    {"version-baseband",       LISTED,           false, NULL, "none"},
    {"version-bootloader",     LISTED,           false, NULL, "flashlab-" FLASHLAB_VERSION},
    {"erase-block-size",       LISTED,           false, value_erase_block, NULL},
    {"logical-block-size",     LISTED,           false, value_erase_block, NULL},
    {"variant",                LISTED,           false, NULL, "virtual"},
    {"partition-type",         LISTED_PARTITION, true,  value_partition_type, NULL},
    {"partition-size",         LISTED_PARTITION, true,  value_partition_size, NULL},
    {"has-slot",               LISTED_NAME,      true,  value_has_slot, NULL},
    {"is-logical",             NOT_LISTED,       true,  value_is_logical, NULL},
    {"secure",                 LISTED,           false, value_secure, NULL},
    {"serialno",               LISTED,           false, value_serial, NULL},
    {"product",                LISTED,           false, value_product, NULL},
    {"slot-count",             LISTED,           false, value_slot_count, NULL},
    {"current-slot",           LISTED,           false, value_current_slot, NULL},
    {"slot-suffixes",          NOT_LISTED,       false, value_slot_suffixes, NULL},
    {"slot-successful",        LISTED_SLOT,      true,  value_slot_successful, NULL},
    {"slot-unbootable",        LISTED_SLOT,      true,  value_slot_unbootable, NULL},
    {"slot-retry-count",       LISTED_SLOT,      true,  value_slot_retry_count, NULL},
    {"slot-unbootable-reason", LISTED_SLOT,      true,  value_slot_reason, NULL},
    {"max-download-size",      LISTED,           false, value_max_download, NULL},
    {"device-state",           LISTED,           false, value_device_state, NULL},
    {"boot-state",             LISTED,           false, value_boot_state, NULL},
    {"hwc",                    LISTED,           false, value_hwc, NULL},
    {"is-userspace",           LISTED,           false, NULL, "no"},
    {"version",                LISTED,           false, NULL, "0.4"},
    {"kernel",                 NOT_LISTED,       false, NULL, "flashlab"},
};
/* clang-format on */

static bool evaluate(const struct variable *variable, const struct question *q)
{
    if (variable->value == NULL) {
        text_str(q->out, variable->text);
        return true;
    }
    return variable->value(q);
}

static void list_one(struct session *session, const struct variable *variable, const char *argument)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text line = text_in(chars, sizeof chars);

    text_all(&line, variable->name, ":");
    if (variable->takes_argument) {
        text_all(&line, argument, ":");
    }
    if (evaluate(variable, &(struct question){session->context, argument, &line})) {
        session_info(session, chars);
    }
}

static void list_partitions(struct session *session, const struct variable *variable)
{
    const struct gpt *gpt = session->context->gpt;

    for (size_t i = 0; gpt != NULL && i < gpt->count; i++) {
        list_one(session, variable, gpt->partitions[i].name);
    }
}

/* "boot" for boot_a; boot_b is said with it. */
static void list_names(struct session *session, const struct variable *variable)
{
    const struct fastboot_context *context = session->context;
    const struct gpt *gpt = context->gpt;

    for (size_t i = 0; gpt != NULL && i < gpt->count; i++) {
        char chars[GPT_NAME_BYTES];
        struct text name = text_in(chars, sizeof chars);
        size_t length = strlen(gpt->partitions[i].name);

        text_str(&name, gpt->partitions[i].name);
        if (context->board->slot_count != 0 && length > 2 && chars[length - 2] == '_') {
            if (chars[length - 1] == 'b') {
                continue;
            }
            chars[length - 2] = '\0';
        }
        list_one(session, variable, chars);
    }
}

static void list_slots(struct session *session, const struct variable *variable)
{
    if (session->context->board->slot_count != 0) {
        list_one(session, variable, "a");
        list_one(session, variable, "b");
    }
}

static void list_all(struct session *session)
{
    for (size_t i = 0; i < ARRAY_COUNT(variables); i++) {
        switch (variables[i].listing) {
        case LISTED:
            list_one(session, &variables[i], "");
            break;
        case LISTED_PARTITION:
            list_partitions(session, &variables[i]);
            break;
        case LISTED_NAME:
            list_names(session, &variables[i]);
            break;
        case LISTED_SLOT:
            list_slots(session, &variables[i]);
            break;
        case NOT_LISTED:
            break;
        }
    }
    session_okay(session, "");
}

/* "NAME", or "NAME:" before an argument that is not empty. */
static const struct variable *find(const char *text, const char **out_argument)
{
    for (size_t i = 0; i < ARRAY_COUNT(variables); i++) {
        size_t length = strlen(variables[i].name);

        if (strncmp(text, variables[i].name, length) != 0) {
            continue;
        }
        if (!variables[i].takes_argument && text[length] == '\0') {
            *out_argument = "";
            return &variables[i];
        }
        if (variables[i].takes_argument && text[length] == ':' && text[length + 1] != '\0') {
            *out_argument = text + length + 1;
            return &variables[i];
        }
    }
    return NULL;
}

void getvar_run(struct session *session, const char *argument)
{
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    struct text value = text_in(chars, sizeof chars);
    struct question q = {.context = session->context, .out = &value};
    const struct variable *variable;

    if (strcmp(argument, "all") == 0) {
        list_all(session);
        return;
    }
    variable = find(argument, &q.argument);
    if (variable == NULL || !evaluate(variable, &q)) {
        session_fail(session, "unknown variable");
        return;
    }
    session_okay(session, chars);
}
