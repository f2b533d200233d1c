/* SPDX-License-Identifier: MIT */
/*
 * What the phone's processor does, by the phone's own clock: half as fast as an emulated one on the
 * computer of docs/performance.md. The core is compiled once more for that (core_paced in
 * tests/meson.build): the compiler has it call here at each basic block, and its memory functions,
 * hashes and zlib go by here. So a loop over bytes from outside takes time, too, when it asks no
 * device for anything.
 *
 * Not charged: libfdt, whose trees are small, and the screen.
 */
#ifndef TESTS_FAKE_PROCESSOR_H
#define TESTS_FAKE_PROCESSOR_H

#include "base/bytes.h"

/*
 * From now on the clock goes on with what the core does. A byte that is hashed or unpacked counts
 * `times`: small images stand for large ones. NULL: no longer.
 */
void fake_processor_charge(uint64_t *now_us, unsigned times);

#endif
