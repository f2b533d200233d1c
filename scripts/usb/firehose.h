/* SPDX-License-Identifier: MIT */
/*
 * Qualcomm's Firehose <-> the phone's rescue mode (docs/rescue.md). A tool sends bare documents and
 * bare data; the phone takes packets. What the phone knows goes to it under its own names; what it
 * has no use for - the bootable drive, patches that only put a partition table's checksums right -
 * is acknowledged here.
 *
 * Before anything of the tool's goes to the phone, the account that the bridge was given answers
 * the phone's challenge; without one the phone is asked as it is, and refuses.
 */
#ifndef USB_FIREHOSE_H
#define USB_FIREHOSE_H

#include "rescue/rescue_xml.h"
#include "usb/function.h"

#include "format/rescue.h"

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

void firehose_init(struct firehose *firehose, struct stream *stream,
                   const struct edl_account *account);
void firehose_free(struct firehose *firehose);
/* Nothing that was before counts. */
void firehose_begin(struct firehose *firehose);

/* One transfer of the tool's. */
enum usb_status firehose_take(struct firehose *firehose, struct slice data);
/* Takes what has come from the phone; false: the phone says what it must not. */
NODISCARD bool firehose_listen(struct firehose *firehose);

#endif
