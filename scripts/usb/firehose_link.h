/* SPDX-License-Identifier: MIT */
/* Between a tool and the phone's rescue mode: the state, and what is said to either side. */
#ifndef USB_FIREHOSE_LINK_H
#define USB_FIREHOSE_LINK_H

#include "format/rescue.h"
#include "rescue/rescue_xml.h"
#include "usb/function.h"

#define FIREHOSE_ELEMENT_BYTES  1024 /* an element of ours, with its document around it */
#define FIREHOSE_UNIT_BYTES_MAX 4096

/* Who signs answers to challenges. */
struct edl_account {
    bool (*sign)(const struct edl_account *account, const uint8_t nonce[RESCUE_NONCE_BYTES],
                 struct slice serial, struct rescue_answer *out_answer);
};

enum firehose_state {
    FIREHOSE_GREETING,  /* the phone's hello is still to come */
    FIREHOSE_CHALLENGE, /* the challenge was asked for */
    FIREHOSE_ANSWER,    /* the answer was announced */
    FIREHOSE_VERDICT,   /* ... and sent */
    FIREHOSE_READY,     /* the tool has the word */
};

struct firehose {
    struct stream *stream;
    const struct edl_account *account; /* NULL: nobody */
    enum firehose_state state;
    char serial[RESCUE_XML_VALUE_MAX + 1]; /* as the phone's hello has it */
    struct rescue_answer answer;
    uint64_t payload_bytes; /* `configure` is under way, with so much; 0: it is not */
    uint64_t raw_bytes;     /* data that the last command announced, in units of `raw_unit` */
    uint64_t raw_left;      /* data that the phone is waiting for */
    size_t raw_unit;        /* a data packet holds so much, or a multiple of it */
    uint8_t rest[FIREHOSE_UNIT_BYTES_MAX]; /* the beginning of a unit */
    size_t rest_bytes;
    bool authorised;   /* the account was accepted */
    bool waiting;      /* a command's response is still to come from the phone */
    struct queue held; /* the tool's documents, for later; each after a length of 32 bits */
    struct queue said; /* documents for the tool, in the same way */
};

/* All of these: false when there is no room. */

/* A document, with its length before it. */
NODISCARD bool firehose_put_document(struct queue *queue, struct slice text);
/* An element to the tool; one to the phone, which owes a response then; a packet to the phone. */
NODISCARD bool firehose_say(struct firehose *firehose, const char *element);
NODISCARD bool firehose_command(struct firehose *firehose, const char *element);
NODISCARD bool firehose_send(struct firehose *firehose, uint32_t type, struct slice bytes);

/* Has it this attribute, with this value? */
bool firehose_value_is(const struct rescue_xml *xml, const char *name, const char *value);
/* Is it an ACK, with this raw mode? */
bool firehose_response_is(const struct rescue_xml *xml, bool raw);

#endif
