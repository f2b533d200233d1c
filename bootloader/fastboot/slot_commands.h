/* SPDX-License-Identifier: MIT */
/*
 * A/B slots, as fastboot commands and variables see them. Stage fastboot.
 * The record: storage/slots.h.
 */
#ifndef FASTBOOT_SLOT_COMMANDS_H
#define FASTBOOT_SLOT_COMMANDS_H

#include "fastboot/reply.h"
#include "storage/slots.h"

/*
 * The slots' record; E_GPT_NOT_FOUND on a phone without slots.
 * What is damaged in it reads as the defaults.
 */
NODISCARD enum err slot_read(const struct fastboot_context *context, struct slots *out_slots);

/* 'a' or 'b': the slot that would be tried next; 'a' too when none would be. */
char slot_current(const struct fastboot_context *context);

/* "a", "_a", "b" or "_b" as an index; false for anything else. */
bool slot_parse(const char *text, size_t *out_index);

/* Is a partition of that name `part`, of either slot or without one? */
bool slot_names_part(const char *name, enum part part);

void slot_run_set_active(struct session *session, const char *argument);

#endif
