/* SPDX-License-Identifier: MIT */
/*
 * Asking what would become of the phone, and saying it in words. Stage fastboot; the flow answers.
 */
#ifndef FASTBOOT_DRY_RUN_H
#define FASTBOOT_DRY_RUN_H

#include "fastboot/reply.h"

/*
 * What the next start would come to under `state`, or that of `boot_image` (size 0: of what is on
 * the disk). It is read to where it would run: what was staged for get_staged is gone.
 */
struct fastboot_outcome dry_run(struct session *session, const struct state *state,
                                struct slice boot_image);

/* In words that a person can act on: "region-mismatch: the ROM is for another market ...". */
void dry_run_explain(const struct fastboot_context *context, const struct fastboot_outcome *outcome,
                     char *out_words, size_t words_size);

/* INFO: `label` with what is done, and why. */
void dry_run_info(struct session *session, const char *label,
                  const struct fastboot_outcome *outcome);

/*
 * After partition `name` was changed: INFO when the phone would not start its ROM now. Only for
 * those that say what a ROM is and what is started: vbmeta, boot.
 */
void dry_run_info_next_start(struct session *session, const char *name);

#endif
