/* SPDX-License-Identifier: MIT */
#include "usb/descriptors_ms.h"

/* AOSP's, for fastboot and adb alike. */
static const char guid[] = "{F72FE0D4-CBCB-407D-8814-9ED673D0DD6B}";
static const char guid_name[] = "DeviceInterfaceGUIDs";

enum {
    COMPATIBLE_ID = 4, /* wIndex */
    PROPERTIES = 5,
    SET = 7,
};

enum {
    MULTI_STRING = 7, /* REG_MULTI_SZ: ends in one more NUL */
    NAME_BYTES = 2 * sizeof guid_name,
    GUIDS_BYTES = 2 * (sizeof guid + 1),
    SET_HEADER_BYTES = 10,
    SET_ID_BYTES = 20,
    SET_PROPERTY_BYTES = 10 + NAME_BYTES + GUIDS_BYTES,
    SET_BYTES = SET_HEADER_BYTES + SET_ID_BYTES + SET_PROPERTY_BYTES,
    SECTION_BYTES = 14 + NAME_BYTES + GUIDS_BYTES,
    PROPERTIES_BYTES = 10 + SECTION_BYTES,
};

#define WINUSB 'W', 'I', 'N', 'U', 'S', 'B', 0, 0

size_t descriptors_ms_set_bytes(void)
{
    return SET_BYTES;
}

static void put_set(struct control_reply *reply)
{
    /* clang-format off */
    const uint8_t head[] = {
        LE16(SET_HEADER_BYTES), LE16(0), LE32(0x06030000), LE16(SET_BYTES), /* from Windows 8.1 on */
        LE16(SET_ID_BYTES), LE16(3), WINUSB, 0, 0, 0, 0, 0, 0, 0, 0,
        LE16(SET_PROPERTY_BYTES), LE16(4), LE16(MULTI_STRING), LE16(NAME_BYTES),
    };
    /* clang-format on */

    control_reply_put(reply, head, sizeof head);
    control_reply_put_utf16(reply, guid_name, sizeof guid_name);
    control_reply_put(reply, (const uint8_t[]){LE16(GUIDS_BYTES)}, 2);
    control_reply_put_utf16(reply, guid, sizeof guid + 1);
}

static void put_compatible_id(struct control_reply *reply)
{
    const uint8_t bytes[40] = {
        LE32(40), LE16(0x0100), LE16(COMPATIBLE_ID), 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, WINUSB};

    control_reply_put(reply, bytes, sizeof bytes);
}

static void put_properties(struct control_reply *reply)
{
    const uint8_t head[] = {LE32(PROPERTIES_BYTES), LE16(0x0100),       LE16(PROPERTIES), LE16(1),
                            LE32(SECTION_BYTES),    LE32(MULTI_STRING), LE16(NAME_BYTES)};

    control_reply_put(reply, head, sizeof head);
    control_reply_put_utf16(reply, guid_name, sizeof guid_name);
    control_reply_put(reply, (const uint8_t[]){LE32(GUIDS_BYTES)}, 4);
    control_reply_put_utf16(reply, guid, sizeof guid + 1);
}

bool descriptors_ms_put(uint16_t index, struct control_reply *reply)
{
    switch (index) {
    case COMPATIBLE_ID:
        put_compatible_id(reply);
        return true;
    case PROPERTIES:
        put_properties(reply);
        return true;
    case SET:
        put_set(reply);
        return true;
    default:
        return false;
    }
}
