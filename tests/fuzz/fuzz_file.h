/* SPDX-License-Identifier: MIT */
/* For targets whose parser wants a file: one in memory, and its name. */
#ifndef TESTS_FUZZ_FILE_H
#define TESTS_FUZZ_FILE_H

#include "tests/fuzz/fuzz.h"

#define FUZZ_FILE_NAME "x.yaml" /* models and ROMs are called as their files are */

/* A file with these bytes, until the next call. What tools say on standard error is dropped. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
