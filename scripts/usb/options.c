/* SPDX-License-Identifier: MIT */
#include "usb/options.h"

#include "base/text.h"
#include "usb/report.h"

#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "usbphone: plays a phone on a USB cable, and forwards what a tool says to the phone's ports.\n"
    "scripts/phone usb NAME starts it for a phone; docs/usb.md tells which tool takes which way.\n"
    "\n"
    "  usbphone --redir PORT      for virtual machines: usbredir on 127.0.0.1:PORT (0: a free one)\n"
    "  usbphone --usbip PORT      for Linux and Windows hosts: USB/IP on 127.0.0.1:PORT\n"
    "  usbphone --vhci            into this computer's own USB (root; modprobe vhci-hcd)\n"
    "\n"
    "  --serial S --product TEXT  who the phone is\n"
    "  --account FILE             in rescue mode, answer the phone's challenge with this key\n"
    "  --listen ADDRESS           instead of 127.0.0.1; whoever reaches it may flash the phone\n"
    "  --mode \"MODE ADDRESS\"      stay in one mode, and do not read standard input\n"
    "\n"
    "Standard input has one line for each change: MODE ADDRESS, where MODE is off, fastboot, adb or\n"
    "edl, and ADDRESS is the phone's port, 127.0.0.1:PORT or the path of a socket. Its end ends it.\n"
    "\n"
    "  usbphone --usbip 3240 --serial 8a7b6c5d --mode \"fastboot 127.0.0.1:5554\"\n";

static bool port_of(const char *text, uint16_t *out_port)
{
    uint64_t port;

    if (!text_to_u64(slice_of(text, strlen(text)), UINT16_MAX, &port)) {
        report("%s is no port: 0 to 65535", text);
        return false;
    }
    *out_port = (uint16_t)port;
    return true;
}

/* The word that takes this option's value; NULL: there is no such option. */
static const char **text_of(struct options *options, const char *name)
{
    const struct {
        const char *name;
        const char **value;
    } texts[] = {
        {"--serial", &options->serial},   {"--product", &options->product},
        {"--account", &options->account}, {"--listen", &options->listen},
        {"--mode", &options->mode},
    };

    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        if (strcmp(texts[i].name, name) == 0) {
            return texts[i].value;
        }
    }
    return NULL;
}

static bool set_way(struct options *options, enum options_way way)
{
    if (options->way != OPTIONS_NONE) {
        report("one of --redir, --usbip and --vhci");
        return false;
    }
    options->way = way;
    return true;
}

/* An option with its value. */
static bool take_pair(struct options *options, const char *name, const char *value)
{
    const char **text = text_of(options, name);

    if (strcmp(name, "--redir") == 0) {
        return set_way(options, OPTIONS_REDIR) && port_of(value, &options->port);
    }
    if (strcmp(name, "--usbip") == 0) {
        return set_way(options, OPTIONS_USBIP) && port_of(value, &options->port);
    }
    if (text == NULL) {
        report("there is no option %s; --help tells which there are", name);
        return false;
    }
    *text = value;
    return true;
}

bool options_parse(int count, char **words, struct options *out_options)
{
    *out_options =
        (struct options){.listen = "127.0.0.1", .serial = "0123456789", .product = "Flashlab"};
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--help") == 0) {
            out_options->help = true;
            return true;
        }
        if (strcmp(words[i], "--vhci") == 0) {
            if (!set_way(out_options, OPTIONS_VHCI)) {
                return false;
            }
        } else if (i + 1 == count) {
            report("%s wants a value; --help tells more", words[i]);
            return false;
        } else {
            if (!take_pair(out_options, words[i], words[i + 1])) {
                return false;
            }
            i++;
        }
    }
    if (out_options->way == OPTIONS_NONE) {
        report("one of --redir PORT, --usbip PORT and --vhci; --help tells more");
        return false;
    }
    return true;
}
