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
    fprintf(stderr, "usbphone: %s\n", line);
}
