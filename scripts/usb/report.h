/* SPDX-License-Identifier: MIT */
/* What the bridge tells a person, on standard error: one line each. */
#ifndef USB_REPORT_H
#define USB_REPORT_H

void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
