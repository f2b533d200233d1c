/* SPDX-License-Identifier: MIT */
/*
 * Puts a checked package onto the phone.
 *
 * First everything is looked at - what the package says of itself, its images, their places - and
 * only then is anything written. vbmeta comes last: until then the old one stands, by which the old
 * recovery still starts, so a phone whose power is cut can be sideloaded again. What is on the disk
 * already is not written again; a recovery of the same build is not even touched.
 */
#ifndef USERLAND_RECOVERY_INSTALL_H
#define USERLAND_RECOVERY_INSTALL_H

#include "recovery/zip.h"
#include "recovery/metadata.h"

/* The phone's partitions. */
struct recovery_target {
    /* False: there is no such partition. */
    bool (*size)(void *context, const char *partition, uint64_t *out_bytes);
    /* Makes [offset, offset + size) what `bytes` are. */
    bool (*write)(void *context, const char *partition, uint64_t offset, struct slice bytes);
    /* All that was written to it lies on the disk. */
    bool (*finish)(void *context, const char *partition);
    /* Everything is checked: the first write comes next. False stops it. */
    bool (*begin)(void *context, const struct recovery_metadata *metadata);
    void (*progress)(void *context, unsigned percent);
    void *context;
};

enum recovery_fault recovery_install(struct recovery_package *package,
                                     const struct recovery_phone *phone,
                                     const struct recovery_target *target);

#endif
