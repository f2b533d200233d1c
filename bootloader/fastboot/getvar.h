/* SPDX-License-Identifier: MIT */
/*
 * getvar: a table of variables, in the order in which a real phone lists them. Stage fastboot.
 */
#ifndef FASTBOOT_GETVAR_H
#define FASTBOOT_GETVAR_H

#include "fastboot/reply.h"

/* "all", "NAME" or "NAME:ARGUMENT". */
void getvar_run(struct session *session, const char *argument);

#endif
