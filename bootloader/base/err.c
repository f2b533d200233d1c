/* SPDX-License-Identifier: MIT */
/* The names of the errors. Part of base/. */
#include "base/err.h"

#include <stddef.h>

static const char *const names[] = {
#define X(name) #name,
    ERR_LIST(X)
#undef X
};

const char *err_name(enum err err)
{
    size_t index = (size_t)err;

    return index < sizeof names / sizeof names[0] ? names[index] : "E_UNKNOWN";
}
