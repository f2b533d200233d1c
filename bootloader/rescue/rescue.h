/* SPDX-License-Identifier: MIT */
/*
 * Stage rescue (EDL): change it, on a phone that nothing else answers on. docs/rescue.md has the protocol. The layers, each in
 * its file:
 *
 *   rescue          clients, one after the other
 *   rescue_stream   packets of one client
 *   rescue_session  one command after the other, and the table of commands
 *   rescue_xml      the text of a command
 *   rescue_auth     who may do more than knock
 *   rescue_storage  writing and erasing
 *
 * It reaches the disk and nothing else: fuses and the lock state in the NOR stay as they are.
 */
#ifndef RESCUE_RESCUE_H
#define RESCUE_RESCUE_H

#include "rescue/context.h"

/*
 * Answers on phone->rescue until an authorised account resets the phone. Whatever a client sends,
 * or does not, the next one finds it as the first did: nothing of the one before counts for it.
 */
enum rescue_next rescue_serve(const struct rescue_context *context);

#endif
