/* SPDX-License-Identifier: MIT */
/*
 * The large pieces of memory that a fake phone is made of. A test makes a thousand phones, one after
 * the other: each gets what the one before gave back, so that the kernel hands out and clears pages
 * once. Under ASan a piece that was given back is poisoned: whoever still uses it is found.
 */
#ifndef TESTS_FAKE_MEMORY_H
#define TESTS_FAKE_MEMORY_H

#include <stddef.h>

/* Aligned to 2 MiB; what is in it is anything. Aborts when there is none. */
void *fake_memory_take(size_t size);

/* NULL: nothing. */
void fake_memory_give(void *bytes);

#endif
