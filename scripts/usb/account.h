/* SPDX-License-Identifier: MIT */
/* An account of rescue mode: a signing key, as a file (build/keys/oem.pem is the authorised one). */
#ifndef USB_ACCOUNT_H
#define USB_ACCOUNT_H

#include "rom-images/write/keys.h"
#include "usb/firehose_link.h"

struct account {
    struct edl_account edl;
    struct signing_key key;
};

/* Loads FILE, a PEM. False: says why on standard error. */
NODISCARD bool account_load(struct account *account, const char *file);

#endif
