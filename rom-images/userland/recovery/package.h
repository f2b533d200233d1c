/* SPDX-License-Identifier: MIT */
/*
 * A package as its blocks come, and as it may be believed.
 *
 * The package lies on a computer that may send something else each time it is asked. So the first
 * pass takes every block once, keeps its SHA-256, and checks the signature over all of them;
 * afterwards a block counts only if it is the one that was checked.
 */
#ifndef USERLAND_RECOVERY_PACKAGE_H
#define USERLAND_RECOVERY_PACKAGE_H

#include "base/sha256.h"
#include "recovery/fault.h"
#include "package/recovery_zip_format.h"

/* Where blocks come from. */
struct recovery_reader {
    uint64_t size_bytes;
    /*
     * Reads block `index` (RECOVERY_ZIP_BLOCK_BYTES; the last one what is left) to `out`. Those
     * from `index` up to, without, `end` will probably be asked for next.
     */
    bool (*read)(void *context, uint64_t index, uint64_t end, uint8_t *out);
    void (*progress)(void *context, uint64_t done_blocks, uint64_t all_blocks);
    void *context;
};

/* A package whose signature is right. Ends with recovery_package_free. */
struct recovery_package {
    const struct recovery_reader *reader;
    uint64_t signed_bytes;
    uint8_t (*digests)[SHA256_BYTES]; /* of each signed block; on the heap */
    uint64_t cached;                  /* the block in `block`; UINT64_MAX: none */
    uint64_t read_ahead;              /* blocks before this one will be wanted */
    uint8_t block[RECOVERY_ZIP_BLOCK_BYTES];
};

/*
 * The first pass. `key` is the maker's, as AVB lays it out. Nothing of the package may be used
 * before it comes back with FAULT_NONE; with any other there is nothing to free.
 */
enum recovery_fault recovery_package_check(struct recovery_package *package,
                                           const struct recovery_reader *reader, struct slice key);

/*
 * `out.size` signed bytes from `offset`. FAULT_ZIP_END when they do not all exist, FAULT_LINK when
 * they do not come, FAULT_CHANGED when they are not those of the first pass.
 */
enum recovery_fault recovery_package_read(struct recovery_package *package, uint64_t offset,
                                          struct span out);

void recovery_package_free(struct recovery_package *package);

#endif
