/* SPDX-License-Identifier: MIT */
/*
 * Who is told now and then how far something long has come, and may end it: a phone that works on
 * what a stranger made still looks at its keys and tells its client.
 */
#ifndef IFACE_PROGRESS_H
#define IFACE_PROGRESS_H

#include "base/bytes.h"

struct progress;

struct progress_ops {
    /* False: that is enough. */
    bool (*at)(struct progress *progress, uint64_t done, uint64_t total);
};

/* Whoever listens embeds this and finds itself again with CONTAINER_OF. */
struct progress {
    const struct progress_ops *ops;
};

/* Nobody listens to NULL. */
static inline bool progress_goes_on(struct progress *progress, uint64_t done, uint64_t total)
{
    return progress == NULL || progress->ops->at(progress, done, total);
}

#endif
