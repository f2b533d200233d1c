/* SPDX-License-Identifier: MIT */
/* Why a package was not installed. */
#include "recovery_fault.h"

#include <stddef.h>

static const struct {
    const char *name;
    const char *text;
} faults[FAULT_COUNT] = {
#define X(code, fault_name, fault_text) [code] = {.name = (fault_name), .text = (fault_text)},
    RECOVERY_FAULTS(X)
#undef X
};

const char *recovery_fault_name(enum recovery_fault fault)
{
    return (size_t)fault < FAULT_COUNT ? faults[fault].name : "unknown";
}

const char *recovery_fault_text(enum recovery_fault fault)
{
    return (size_t)fault < FAULT_COUNT ? faults[fault].text : "";
}
