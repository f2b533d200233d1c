/* SPDX-License-Identifier: MIT */
/* The bytes of a YAML file, before libyaml sees them. Host tools only. */
#ifndef BOARD_YAML_BYTES_H
#define BOARD_YAML_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct yaml_bytes_fault {
    unsigned line;  /* from 1 */
    char words[80]; /* what is wrong; what would help */
};

/*
 * Are they UTF-8, and free of control characters? libyaml would refuse some of this without naming
 * a line, and read some as another encoding. False: *out_fault says what and where.
 */
bool yaml_bytes_check(const char *bytes, size_t size, struct yaml_bytes_fault *out_fault);

#endif
