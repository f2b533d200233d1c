/* SPDX-License-Identifier: MIT */
#include "usb/report.h"

#include <stdarg.h>
#include <stdio.h>

void report(const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *at = line; *at != '\0'; at++) {
        *at = *at >= ' ' && *at <= '~' ? *at : '?'; /* a stranger's words may be in it */
    }
    fprintf(stderr, "usbphone: %s\n", line);
}
