/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way: put in at the end, taken from the front. Grows on the heap up to its limit;
 * who fills it looks at queue_room() first. Sizes in bytes.
 */
#ifndef USB_QUEUE_H
#define USB_QUEUE_H

#include "base/bytes.h"

struct queue {
    size_t limit;
    uint8_t *bytes; /* NULL: nothing was ever put in */
    size_t capacity;
    size_t begin, end;
};

/* An empty queue; queue_free() gives back what it holds on the heap. */
struct queue queue_of(size_t limit);
void queue_free(struct queue *queue);

size_t queue_size(const struct queue *queue);
size_t queue_room(const struct queue *queue);
/* What is in it, in one piece; good until the next change. */
struct slice queue_slice(const struct queue *queue);

/* False: that is more than there is room for (or memory), and nothing was put in. */
NODISCARD bool queue_put(struct queue *queue, struct slice bytes);
/* Room for at least `size` (at most queue_room()) in one piece at the end: fill it, then add. */
NODISCARD bool queue_reserve(struct queue *queue, size_t size, struct span *out_room);
void queue_add(struct queue *queue, size_t size);

/* Takes `size` (at most queue_size()) from the front. */
void queue_drop(struct queue *queue, size_t size);
void queue_clear(struct queue *queue);

#endif
