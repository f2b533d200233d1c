/* SPDX-License-Identifier: MIT */
#include "usb/control.h"

#include "usb/descriptors.h"
#include "usb/descriptors_ms.h"

enum {
    TO_DEVICE = 0x00,
    TO_INTERFACE = 0x01,
    TO_ENDPOINT = 0x02,
    FROM_DEVICE = 0x80,
    FROM_INTERFACE = 0x81,
    FROM_ENDPOINT = 0x82,
    FROM_VENDOR_DEVICE = 0xc0,
    FROM_VENDOR_INTERFACE = 0xc1,
};

enum {
    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
};

#define CONFIGURATION 1

typedef bool answer_fn(const struct description *what, const struct usb_setup *setup,
                       struct control_reply *reply);

static bool give_descriptor(const struct description *what, const struct usb_setup *setup,
                            struct control_reply *reply)
{
    return descriptors_put(what, setup->value, reply);
}

static bool give_microsoft(const struct description *what, const struct usb_setup *setup,
                           struct control_reply *reply)
{
    return what->identity->winusb && descriptors_ms_put(setup->index, reply);
}

/* Powered by the bus, no wake-up, nothing halted. */
static bool give_status(const struct description *what, const struct usb_setup *setup,
                        struct control_reply *reply)
{
    control_reply_put(reply, (const uint8_t[]){0, 0}, 2);
    return true;
}

static bool give_configuration(const struct description *what, const struct usb_setup *setup,
                               struct control_reply *reply)
{
    control_reply_put(reply, (const uint8_t[]){CONFIGURATION}, 1);
    return true;
}

static bool give_interface(const struct description *what, const struct usb_setup *setup,
                           struct control_reply *reply)
{
    control_reply_put(reply, (const uint8_t[]){0}, 1);
    return setup->index == 0;
}

static bool take(const struct description *what, const struct usb_setup *setup,
                 struct control_reply *reply)
{
    return true;
}

static bool take_configuration(const struct description *what, const struct usb_setup *setup,
                               struct control_reply *reply)
{
    return setup->value <= CONFIGURATION;
}

static bool take_interface(const struct description *what, const struct usb_setup *setup,
                           struct control_reply *reply)
{
    return setup->value == 0 && setup->index == 0;
}

/* ENDPOINT_HALT is the only feature, and no endpoint is ever halted. */
static bool take_clear_halt(const struct description *what, const struct usb_setup *setup,
                            struct control_reply *reply)
{
    return setup->value == 0 &&
           (setup->index == USB_EP_IN || setup->index == USB_EP_OUT || (setup->index & 0x7f) == 0);
}

static const struct {
    uint8_t type, request;
    answer_fn *answer;
} requests[] = {
    {FROM_DEVICE, GET_DESCRIPTOR, give_descriptor},
    {FROM_DEVICE, GET_STATUS, give_status},
    {FROM_INTERFACE, GET_STATUS, give_status},
    {FROM_ENDPOINT, GET_STATUS, give_status},
    {FROM_DEVICE, GET_CONFIGURATION, give_configuration},
    {FROM_INTERFACE, GET_INTERFACE, give_interface},
    {TO_DEVICE, SET_ADDRESS, take},
    {TO_DEVICE, SET_CONFIGURATION, take_configuration},
    {TO_INTERFACE, SET_INTERFACE, take_interface},
    {TO_ENDPOINT, CLEAR_FEATURE, take_clear_halt},
    {FROM_VENDOR_DEVICE, DESCRIPTORS_MS_REQUEST, give_microsoft},
    {FROM_VENDOR_INTERFACE, DESCRIPTORS_MS_REQUEST, give_microsoft},
};

enum usb_status control_answer(const struct identity *identity, const struct identity_names *names,
                               const struct usb_setup *setup, struct control_reply *out_reply)
{
    const struct description what = {identity, names};

    for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
        if (requests[i].type != setup->type || requests[i].request != setup->request) {
            continue;
        }
        out_reply->size = 0;
        if (!requests[i].answer(&what, setup, out_reply)) {
            break;
        }
        if (out_reply->size > setup->length) {
            out_reply->size = setup->length;
        }
        return USB_OK;
    }
    out_reply->size = 0;
    return USB_STALL;
}

bool control_is_configuration(const struct usb_setup *setup)
{
    return setup->type == TO_DEVICE && setup->request == SET_CONFIGURATION;
}
