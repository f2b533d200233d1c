/* SPDX-License-Identifier: MIT */
/* The bytes of a YAML file, before libyaml sees them. Part of yaml_tree; host tools only. */
#ifndef BOARD_YAML_BYTES_H
#define BOARD_YAML_BYTES_H

#include "board/yaml_tree.h"

/*
 * Are they few enough, UTF-8, and free of control characters? libyaml would refuse some of this
 * without naming a line, and read some as another encoding. False: tree->error says what and where.
 */
bool yaml_bytes_check(struct yaml_tree *tree, const char *bytes, size_t size);

#endif
