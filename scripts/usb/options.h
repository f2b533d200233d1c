/* SPDX-License-Identifier: MIT */
/* The command line of usbphone. */
#ifndef USB_OPTIONS_H
#define USB_OPTIONS_H

#include "base/bytes.h"

enum options_way {
    OPTIONS_NONE,
    OPTIONS_REDIR,
    OPTIONS_USBIP,
    OPTIONS_VHCI,
};

struct options {
    enum options_way way;
    uint16_t port;
    const char *listen; /* an IPv4 address */
    const char *serial;
    const char *product;
    const char *account; /* a key's file, or NULL */
    const char *mode;    /* a line as on standard input, or NULL: standard input has them */
    bool help;
};

extern const char options_help[];

/* False: says on standard error what is wrong. */
NODISCARD bool options_parse(int count, char **words, struct options *out_options);

#endif
