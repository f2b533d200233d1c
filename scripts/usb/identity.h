/* SPDX-License-Identifier: MIT */
/* Who the phone says it is on its cable, for each mode. */
#ifndef USB_IDENTITY_H
#define USB_IDENTITY_H

#include "usb/usb.h"

#define IDENTITY_TEXT_BYTES 64 /* with the NUL; what a string descriptor can hold twice over */

struct identity {
    const char *mode; /* its word on the command line and in the lines of standard input */
    uint16_t vendor_id, product_id;
    uint8_t class_code, subclass, protocol; /* of the one interface */
    const char *interface;                  /* its name; NULL: nothing is plugged */
    bool winusb;                            /* Windows: WinUSB binds without a driver's file */
    bool serial_in_product;                 /* the serial number is a part of the product's name */
};

/* What differs from phone to phone. Printable ASCII. */
struct identity_names {
    char product[IDENTITY_TEXT_BYTES];
    char serial[IDENTITY_TEXT_BYTES];
};

const struct identity *identity_of(enum usb_mode mode);

/* False: no mode is called so. */
NODISCARD bool identity_mode_named(struct slice word, enum usb_mode *out_mode);

/* Copies what a descriptor can hold of it; what is not printable ASCII becomes `?`. */
void identity_text(char out[IDENTITY_TEXT_BYTES], const char *text);

#endif
