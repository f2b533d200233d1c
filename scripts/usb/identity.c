/* SPDX-License-Identifier: MIT */
/*
 * The ids are those of the real phones: in fastboot mode Google's, as Android's bootloaders have
 * it; in rescue mode Qualcomm's 9008, for which Windows has a vendor's driver (a COM port).
 */
#include "usb/identity.h"

#include <string.h>

static const struct identity identities[] = {
    [USB_OFF] = {.mode = "off"},
    [USB_FASTBOOT] = {"fastboot", 0x18d1, 0xd00d, 0xff, 0x42, 0x03, "fastboot", true, false},
    [USB_ADB] = {"adb", 0x18d1, 0xd001, 0xff, 0x42, 0x01, "ADB Interface", true, false},
    [USB_EDL] = {"edl", 0x05c6, 0x9008, 0xff, 0xff, 0xff, "QUSB__BULK", false, true},
};

const struct identity *identity_of(enum usb_mode mode)
{
    return &identities[mode];
}

bool identity_mode_named(struct slice word, enum usb_mode *out_mode)
{
    for (size_t i = 0; i < ARRAY_COUNT(identities); i++) {
        const char *name = identities[i].mode;

        if (strlen(name) == word.size && memcmp(name, word.data, word.size) == 0) {
            *out_mode = (enum usb_mode)i;
            return true;
        }
    }
    return false;
}

void identity_text(char out[IDENTITY_TEXT_BYTES], const char *text)
{
    size_t length = 0;

    for (; text[length] != '\0' && length < IDENTITY_TEXT_BYTES - 1; length++) {
        bool plain = text[length] >= ' ' && text[length] <= '~';

        out[length] = '?';
        if (plain) {
            out[length] = text[length];
        }
    }
    out[length] = '\0';
}
