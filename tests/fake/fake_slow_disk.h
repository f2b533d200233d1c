/* SPDX-License-Identifier: MIT */
/*
 * A disk that takes its time, by the phone's own clock; and that may be larger than the memory that
 * it is made of: the rest is zeros, and what is written there is lost.
 */
#ifndef TESTS_FAKE_SLOW_DISK_H
#define TESTS_FAKE_SLOW_DISK_H

#include "iface/block.h"

struct fake_slow_disk {
    struct block block;
    struct block *under;
    uint64_t under_blocks; /* of `under`, whatever that says itself by now */
    uint64_t *now_us;
    uint64_t ready_us; /* the read under way is done then */
    bool passed_on;    /* it is one of `under` */
    unsigned request_us;
    unsigned bytes_a_us;
    unsigned times; /* that a byte counts: small images stand for large ones */
};

/* In front of `under`: a request takes `request_us`, and goes on by `bytes_a_us`. */
void fake_slow_disk_init(struct fake_slow_disk *disk, struct block *under, uint64_t *now_us,
                         unsigned request_us, unsigned bytes_a_us);

#endif
