/* SPDX-License-Identifier: MIT */
/*
 * One client of rescue mode: a hello, then command after command. Stage fastboot; private to
 * rescue*.c and their tests. docs/rescue.md has the protocol.
 */
#ifndef FASTBOOT_RESCUE_SESSION_H
#define FASTBOOT_RESCUE_SESSION_H

#include "rescue/context.h"
#include "rescue/rescue_stream.h"
#include "rescue/rescue_xml.h"
#include "format/rescue.h"
#include "storage/gpt.h"

struct rescue {
    const struct rescue_context *context;
    struct rescue_stream stream;
    uint64_t challenges; /* given since rescue mode began */

    /* of this client */
    bool challenged; /* `nonce` waits for its answer */
    uint8_t nonce[RESCUE_NONCE_BYTES];
    bool authorised;
    bool reset;                  /* it asked for that, and may */
    char target[GPT_NAME_BYTES]; /* the partition that the command is about, or empty */
    uint8_t xml[RESCUE_XML_BYTES_MAX];
};

/*
 * Serves the client that is there until it goes, breaks the rules of packets, or resets the phone.
 */
void rescue_session(struct rescue *rescue);

/* For commands: a line of words, and the word that data may follow. */
NODISCARD enum err rescue_say(struct rescue *rescue, const char *tag, const char *attribute,
                              const char *value);
NODISCARD enum err rescue_go_on(struct rescue *rescue);
/*
 * The head of the next packet, which must be one of data of at most `limit` bytes, and not empty.
 */
NODISCARD enum err rescue_data_head(struct rescue *rescue, uint64_t limit, size_t *out_size);

/* rescue_storage.c */
NODISCARD enum err rescue_program(struct rescue *rescue, const struct rescue_xml *xml);
NODISCARD enum err rescue_erase(struct rescue *rescue, const struct rescue_xml *xml);
NODISCARD enum err rescue_storage_info(struct rescue *rescue, const struct rescue_xml *xml);

#endif
