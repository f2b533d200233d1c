/* SPDX-License-Identifier: MIT */
/* Why a package was not installed. */
#include "recovery/fault.h"

#include <stddef.h>

static const char *const names[FAULT_COUNT] = {
    [FAULT_NONE] = "none",
    [FAULT_LINK] = "connection",
    [FAULT_MEMORY] = "memory",
    [FAULT_SIZE] = "size",
    [FAULT_UNSIGNED] = "unsigned",
    [FAULT_SIGNATURE] = "signature",
    [FAULT_CHANGED] = "changed",
    [FAULT_ZIP_END] = "zip-end",
    [FAULT_ZIP_CENTRAL] = "zip-central",
    [FAULT_ZIP_LOCAL] = "zip-local",
    [FAULT_ZIP_NAME] = "zip-name",
    [FAULT_ZIP_GAP] = "zip-gap",
    [FAULT_METADATA] = "metadata",
    [FAULT_PRODUCT] = "product",
    [FAULT_REGION] = "region",
    [FAULT_ROLLBACK] = "rollback",
    [FAULT_DATE] = "date",
    [FAULT_IMAGES] = "images",
    [FAULT_WRITE] = "write",
};

static const char *const texts[FAULT_COUNT] = {
#define X(code, english_styles, english, chinese_styles, chinese) [code] = (english),
    RECOVERY_FAULTS(X)
#undef X
};

const char *recovery_fault_name(enum recovery_fault fault)
{
    return (size_t)fault < FAULT_COUNT && names[fault] != NULL ? names[fault] : "unknown";
}

const char *recovery_fault_text(enum recovery_fault fault)
{
    return (size_t)fault < FAULT_COUNT ? texts[fault] : "";
}
