/* SPDX-License-Identifier: MIT */
/*
 * What the readers of the kinds of descriptors share. Stage verify; private to vbmeta_descriptors.c
 * (properties, chains, words for the kernel) and vbmeta_images.c (hashes and hash trees).
 */
#ifndef VERIFY_VBMETA_READING_H
#define VERIFY_VBMETA_READING_H

#include "format/vbmeta.h"
#include "verify/verified.h"

#define DESCRIPTOR_UNIT 8

/* What has been read, and which of it was there. */
struct reading {
    enum part from; /* whose descriptors these are */
    struct verified *verified;
    unsigned seen; /* one bit for each of our properties */
};

/* Takes `length` bytes off the front of *rest; E_VBMETA_DESCRIPTOR when there are fewer. */
NODISCARD enum err reading_take(struct slice *rest, uint64_t length, struct slice *out_part);

/* Only what fills a descriptor up to its unit may be left. */
NODISCARD enum err reading_end(struct slice rest);

/* The partition that a descriptor names; false: none of ours. */
NODISCARD bool reading_part(struct slice name, enum part *out_part);

/* Does another descriptor speak for this partition already? */
bool reading_taken(const struct reading *reading, enum part part);

/* `body`: the whole descriptor, head included. Errors as vbmeta_read_descriptors says. */
NODISCARD enum err vbmeta_read_hash(struct slice body, struct reading *reading);
NODISCARD enum err vbmeta_read_hashtree(struct slice body, struct reading *reading);

#endif
