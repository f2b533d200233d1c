/* SPDX-License-Identifier: MIT */
/* Which slot is current, and changing that. Stage fastboot. */
#include "fastboot/slot_commands.h"

#include "policy/slot_policy.h"

#include <string.h>

static enum err open_misc(const struct fastboot_context *context, struct partition *out_misc)
{
    if (context->board->slot_count != SLOT_COUNT || context->gpt == NULL) {
        return E_GPT_NOT_FOUND;
    }
    return gpt_find(context->gpt, "misc", out_misc);
}

enum err slot_read(const struct fastboot_context *context, struct slots *out_slots)
{
    struct partition misc;

    TRY(open_misc(context, &misc));
    return slots_read(&misc, context->phone->scratch, out_slots);
}

char slot_current(const struct fastboot_context *context)
{
    const struct slot_trial nothing_tried = {0};
    struct slots slots;

    if (slot_read(context, &slots) != OK) {
        return 'a';
    }
    return slot_policy_next(&slots, &nothing_tried) == 1 ? 'b' : 'a';
}

bool slot_parse(const char *text, size_t *out_index)
{
    if (*text == '_') {
        text++;
    }
    if (strcmp(text, "a") != 0 && strcmp(text, "b") != 0) {
        return false;
    }
    *out_index = (size_t)(*text - 'a');
    return true;
}

bool slot_names_part(const char *name, enum part part)
{
    size_t length = strlen(part_name(part));
    size_t slot;

    if (strncmp(name, part_name(part), length) != 0) {
        return false;
    }
    return name[length] == '\0' || (name[length] == '_' && slot_parse(name + length, &slot));
}

void slot_run_set_active(struct session *session, const char *argument)
{
    const struct fastboot_context *context = session->context;
    struct partition misc;
    struct slots slots;
    size_t index;
    enum err err;

    if (context->board->slot_count == 0) {
        session_fail(session, "this phone has no slots");
        return;
    }
    if (!slot_parse(argument, &index)) {
        session_fail(session, "no such slot: a or b");
        return;
    }
    err = open_misc(context, &misc);
    if (err == OK) {
        err = slots_read(&misc, context->phone->scratch, &slots);
    }
    if (err == OK) {
        slots_set_active(&slots, index);
        err = slots_write(&misc, context->phone->scratch, &slots);
    }
    if (err != OK) {
        session_fail_err(session, "the slots' record could not be changed", err);
        return;
    }
    session_okay(session, "");
}
