/* SPDX-License-Identifier: MIT */
/*
 * Stage fastboot: change it. The phone's side of the fastboot protocol, over the link lab.fastboot.
 *
 * AOSP system/core/fastboot/README.md, protocol 0.4, TCP version 1. The layers, each in its file:
 *
 *   tcp         the byte stream: handshake, lengths, who came and went
 *   session     one packet in, replies out; knows no transport
 *   commands    the table of commands; lock_rules says which of them are allowed on what
 *   getvar, flash, sparse, unlock, oem, bmp   what the commands do
 *   dry_run     what would become of the phone
 */
#ifndef FASTBOOT_FASTBOOT_H
#define FASTBOOT_FASTBOOT_H

#include "fastboot/context.h"

/*
 * Fastboot mode, from its screen to a command or key that ends it. The panel is on already. Draws
 * screen/fastboot_screen.h, polls the keys, rests between packets (phone->power->ops->rest).
 * Without a link (phone->fastboot NULL) the keys still work.
 *
 * No client, whatever it sends or does not read, makes it end or wait for ever; what one leaves
 * half done is forgotten when it goes.
 */
enum fastboot_next fastboot_serve(const struct fastboot_context *context);

#endif
