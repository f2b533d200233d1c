/* SPDX-License-Identifier: MIT */
#include "usb/firehose_account.h"

#include "rom-images/write/rescue_sign.h"

#include <stdio.h>
#include <string.h>

static bool hear_hello(struct firehose *firehose, const struct rescue_xml *xml)
{
    struct slice serial = slice_of("", 0);

    if (!rescue_xml_is(xml, "hello")) {
        return true; /* the end of an answer to the client before */
    }
    (void)!rescue_xml_value(xml, "serial", &serial);
    snprintf(firehose->serial, sizeof firehose->serial, "%.*s", (int)serial.size,
             (const char *)serial.data);
    if (firehose->account == NULL) {
        firehose->state = FIREHOSE_READY;
        return true;
    }
    firehose->state = FIREHOSE_CHALLENGE;
    return firehose_command(firehose, "<sig TargetName=\"req\"/>");
}

static bool nonce_of(const struct rescue_xml *xml, uint8_t out_nonce[RESCUE_NONCE_BYTES])
{
    struct slice blob;

    return rescue_xml_value(xml, "blob", &blob) == OK && rescue_nonce_read(blob, out_nonce);
}

static bool hear_challenge(struct firehose *firehose, const struct rescue_xml *xml)
{
    const struct edl_account *account = firehose->account;
    struct slice serial = slice_of(firehose->serial, strlen(firehose->serial));
    uint8_t nonce[RESCUE_NONCE_BYTES];

    if (rescue_xml_is(xml, "sig")) {
        return nonce_of(xml, nonce) && account->sign(account, nonce, serial, &firehose->answer);
    }
    if (!firehose_response_is(xml, false)) {
        return false;
    }
    firehose->state = FIREHOSE_ANSWER;
    return firehose_command(firehose, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
}

static bool hear_go_on(struct firehose *firehose, const struct rescue_xml *xml)
{
    if (!firehose_response_is(xml, true)) {
        return false;
    }
    firehose->state = FIREHOSE_VERDICT;
    return firehose_send(firehose, RESCUE_PACKET_DATA,
                         slice_of(&firehose->answer, sizeof firehose->answer));
}

static bool hear_verdict(struct firehose *firehose, const struct rescue_xml *xml)
{
    if (!rescue_xml_is(xml, "response")) {
        return true; /* why: the phone says it again to whatever comes next */
    }
    firehose->authorised = firehose_response_is(xml, false);
    firehose->state = FIREHOSE_READY;
    firehose->waiting = false;
    return firehose_say(firehose, firehose->authorised
                                      ? "<log value=\"INFO: this account is authorised\"/>"
                                      : "<log value=\"ERROR: this account is not authorised\"/>");
}

bool firehose_authenticate(struct firehose *firehose, const struct rescue_xml *xml)
{
    switch (firehose->state) {
    case FIREHOSE_GREETING:
        return hear_hello(firehose, xml);
    case FIREHOSE_CHALLENGE:
        return hear_challenge(firehose, xml);
    case FIREHOSE_ANSWER:
        return hear_go_on(firehose, xml);
    case FIREHOSE_VERDICT:
        return hear_verdict(firehose, xml);
    case FIREHOSE_READY:
        break;
    }
    return true;
}
