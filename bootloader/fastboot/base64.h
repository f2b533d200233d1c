/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, chapter 4). Stage fastboot. */
#ifndef FASTBOOT_BASE64_H
#define FASTBOOT_BASE64_H

#include "base/text.h"

/* Adds the bytes to `out`, padded with '='. */
void base64_text(struct text *out, struct slice bytes);

#endif
