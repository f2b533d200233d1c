/* SPDX-License-Identifier: MIT */
/*
 * Device trees and fuses for the tests of stage board,
 * small and in heap memory of their exact size.
 */
#ifndef TESTS_FAKE_TREE_H
#define TESTS_FAKE_TREE_H

#include "base/bytes.h"

#include "board/model.h"

/*
 * A machine as QEMU describes one: a few nodes, one reservation, no padding. End with free(data).
 */
struct span fake_machine_tree(void);

/* The overlay that boardc writes for fake_model(). End with free(data). */
struct span fake_overlay(void);

/* dipper, with all protections. */
struct model fake_model(void);

/* A fuse record of `codename`, made for China, with that anti-rollback index. */
struct fuses_record fake_fuses(const char *codename, uint32_t rollback_index);

/* The bytes in heap memory of exactly their size, so that the sanitizer sees a step too far. */
struct span fake_copy(const void *bytes, size_t size);

#endif
