/* SPDX-License-Identifier: MIT */
/* One configuration, one interface, one bulk endpoint each way, at high speed. USB 2.0, 9.6. */
#include "usb/descriptors.h"

#include "usb/descriptors_ms.h"

#include <stdio.h>
#include <string.h>

enum {
    DEVICE = 1,
    CONFIGURATION = 2,
    STRING = 3,
    INTERFACE = 4,
    ENDPOINT = 5,
    QUALIFIER = 6,
    BOS = 15,
    CAPABILITY = 16,
};

enum {
    CONFIGURATION_BYTES = 32,
    BOS_BYTES = 33,
    MILLIAMPERE_500 = 250,
    BULK = 2,
    BUS_POWERED = 0x80,
};

enum {
    TEXT_LANGUAGES,
    TEXT_MANUFACTURER,
    TEXT_PRODUCT,
    TEXT_SERIAL,
    TEXT_INTERFACE,
    TEXT_MICROSOFT = 0xee, /* OS descriptors 1.0: does the device have them? */
};

static bool put_text(struct control_reply *reply, const char *text)
{
    control_reply_put(reply, (const uint8_t[]){(uint8_t)(2 + 2 * strlen(text)), STRING}, 2);
    control_reply_put_utf16(reply, text, strlen(text));
    return true;
}

/* Has it a BOS? Then its USB version must be above 2.00. */
static uint16_t usb_bcd(const struct description *what)
{
    return what->identity->winusb ? 0x0201 : 0x0200;
}

static bool put_device(const struct description *what, struct control_reply *reply)
{
    const struct identity *id = what->identity;
    const uint8_t bytes[] = {
        18,
        DEVICE,
        LE16(usb_bcd(what)),
        0, /* class, subclass, protocol: the interface's */
        0,
        0,
        USB_CONTROL_PACKET_BYTES,
        LE16(id->vendor_id),
        LE16(id->product_id),
        LE16(USB_DEVICE_BCD),
        TEXT_MANUFACTURER,
        TEXT_PRODUCT,
        id->serial_in_product ? 0 : TEXT_SERIAL,
        1, /* configuration */
    };

    control_reply_put(reply, bytes, sizeof bytes);
    return true;
}

static bool put_configuration(const struct description *what, struct control_reply *reply)
{
    const struct identity *id = what->identity;
    const uint8_t bytes[CONFIGURATION_BYTES] = {
        /* configuration: total, interfaces, its number, no name */
        9, CONFIGURATION, LE16(CONFIGURATION_BYTES), 1, 1, 0, BUS_POWERED, MILLIAMPERE_500,
        /* interface: number, alternate, endpoints */
        9, INTERFACE, 0, 0, 2, id->class_code, id->subclass, id->protocol, TEXT_INTERFACE,
        /* endpoints */
        7, ENDPOINT, USB_EP_IN, BULK, LE16(USB_PACKET_BYTES), 0, 7, ENDPOINT, USB_EP_OUT, BULK,
        LE16(USB_PACKET_BYTES), 0};

    control_reply_put(reply, bytes, sizeof bytes);
    return true;
}

static bool put_qualifier(const struct description *what, struct control_reply *reply)
{
    const uint8_t bytes[] = {10, QUALIFIER, LE16(usb_bcd(what)), 0, 0, 0, USB_CONTROL_PACKET_BYTES,
                             1,  0};

    control_reply_put(reply, bytes, sizeof bytes);
    return true;
}

/* One platform capability: MS OS 2.0, for Windows 8.1 and later. */
static bool put_bos(const struct description *what, struct control_reply *reply)
{
    const uint8_t bytes[BOS_BYTES] = {
        5, BOS, LE16(BOS_BYTES), 1, 28, CAPABILITY, 5, 0,
        /* {D8DD60DF-4589-4CC7-9CD2-659D9E648A9F} */
        0xdf, 0x60, 0xdd, 0xd8, 0x89, 0x45, 0xc7, 0x4c, 0x9c, 0xd2, 0x65, 0x9d, 0x9e, 0x64, 0x8a,
        0x9f,
        /* for Windows 6.3 on; the set's size; how to ask for it; no other mode */
        0x00, 0x00, 0x03, 0x06, LE16(descriptors_ms_set_bytes()), DESCRIPTORS_MS_REQUEST, 0};

    if (!what->identity->winusb) {
        return false;
    }
    control_reply_put(reply, bytes, sizeof bytes);
    return true;
}

static bool put_product(const struct description *what, struct control_reply *reply)
{
    char text[IDENTITY_TEXT_BYTES + 32];

    if (!what->identity->serial_in_product) {
        return put_text(reply, what->names->product);
    }
    snprintf(text, sizeof text, "QUSB__BULK_CID:0000_SN:%s", what->names->serial);
    return put_text(reply, text);
}

static bool put_string(const struct description *what, uint8_t index, struct control_reply *reply)
{
    switch (index) {
    case TEXT_LANGUAGES:
        control_reply_put(reply, (const uint8_t[]){4, STRING, LE16(0x0409)}, 4); /* en-US */
        return true;
    case TEXT_MANUFACTURER:
        return put_text(reply, "Flashlab");
    case TEXT_PRODUCT:
        return put_product(what, reply);
    case TEXT_SERIAL:
        return !what->identity->serial_in_product && put_text(reply, what->names->serial);
    case TEXT_INTERFACE:
        return put_text(reply, what->identity->interface);
    case TEXT_MICROSOFT:
        control_reply_put(reply, (const uint8_t[]){18, STRING}, 2);
        control_reply_put_utf16(reply, "MSFT100", 7);
        control_reply_put(reply, (const uint8_t[]){DESCRIPTORS_MS_REQUEST, 0}, 2);
        return what->identity->winusb;
    default:
        return false;
    }
}

bool descriptors_put(const struct description *what, uint16_t value, struct control_reply *reply)
{
    switch (value >> 8) {
    case DEVICE:
        return put_device(what, reply);
    case CONFIGURATION:
        return (value & 0xff) == 0 && put_configuration(what, reply);
    case STRING:
        return put_string(what, (uint8_t)value, reply);
    case QUALIFIER:
        return put_qualifier(what, reply);
    case BOS:
        return put_bos(what, reply);
    default:
        return false;
    }
}
