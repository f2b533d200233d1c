/* SPDX-License-Identifier: MIT */
#include "usb/bridge.h"

#include <stdio.h>

int main(int count, char **words)
{
    static struct bridge bridge;
    struct options options;
    bool ran = false;

    if (!options_parse(count, words, &options)) {
        return 2;
    }
    if (options.help) {
        fputs(options_help, stdout);
        return 0;
    }
    if (bridge_open(&bridge, &options)) {
        ran = bridge_run(&bridge);
    }
    bridge_close(&bridge);
    return ran ? 0 : 1;
}
