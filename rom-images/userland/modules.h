/* SPDX-License-Identifier: MIT */
/*
 * Kernel modules, as listed in /lib/modules/load: one path a line, each after those that it needs.
 *
 * Loading costs start-up time, so it is done in two passes: first only what the home screen's
 * report travels on, and the rest when the person can already see something.
 */
#ifndef USERLAND_MODULES_H
#define USERLAND_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#define MODULES_MAX        64
#define MODULES_LIST_BYTES 8192

struct modules {
    char list[MODULES_LIST_BYTES]; /* the file; the paths point into it */
    const char *paths[MODULES_MAX];
    bool loaded[MODULES_MAX];
    size_t count;
};

/* Reads the list. Without the file, or with an empty one, there is nothing to load. */
void modules_read(struct modules *modules);

/* Splits `list` (a text of size_bytes) into paths; the part of modules_read that tests see. */
void modules_parse(struct modules *modules, const char *text, size_t size_bytes);

/* Is it one of those that the first pass loads? By file name: "/lib/modules/virtio_mmio.ko". */
bool modules_needed_early(const char *path);

/* The two passes. A module that fails is said on standard error, and the rest goes on. */
void modules_load_early(struct modules *modules);
void modules_load_rest(struct modules *modules);

#endif
