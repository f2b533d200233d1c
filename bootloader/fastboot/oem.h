/* SPDX-License-Identifier: MIT */
/*
 * The oem commands that ask. Stage fastboot. Those about the lock: lock.h.
 */
#ifndef FASTBOOT_OEM_H
#define FASTBOOT_OEM_H

#include "fastboot/reply.h"

void oem_run_device_info(struct session *session, const char *argument);
void oem_run_log(struct session *session, const char *argument);
void oem_run_why(struct session *session, const char *argument);
void oem_run_sha256(struct session *session, const char *argument);
void oem_run_screenshot(struct session *session, const char *argument);
void oem_run_ignore_anti(struct session *session, const char *argument);

#endif
