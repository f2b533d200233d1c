/* SPDX-License-Identifier: MIT */
/* What every unit test includes: cmocka, and a comparison of errors that prints their names. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define assert_err(actual, expected) check_err((actual), (expected), "", __FILE__, __LINE__)
/* With the name of the case that is being tried. */
#define assert_err_in(name, actual, expected)                                                      \
    check_err((actual), (expected), (name), __FILE__, __LINE__)

static inline void check_err(enum err actual, enum err expected, const char *name, const char *file,
                             int line)
{
    if (actual != expected) {
        print_error("%s: got %s, expected %s\n", name, err_name(actual), err_name(expected));
        _fail(file, line);
    }
}

#endif
