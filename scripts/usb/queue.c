/* SPDX-License-Identifier: MIT */
#include "usb/queue.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 4096

struct queue queue_of(size_t limit)
{
    return (struct queue){.limit = limit};
}

void queue_free(struct queue *queue)
{
    free(queue->bytes);
    *queue = queue_of(queue->limit);
}

size_t queue_size(const struct queue *queue)
{
    return queue->end - queue->begin;
}

size_t queue_room(const struct queue *queue)
{
    return queue->limit - queue_size(queue);
}

struct slice queue_slice(const struct queue *queue)
{
    return queue->bytes == NULL ? slice_of(NULL, 0)
                                : slice_of(queue->bytes + queue->begin, queue_size(queue));
}

static bool grow(struct queue *queue, size_t needed)
{
    size_t capacity = queue->capacity != 0 ? queue->capacity : CAPACITY_MIN;
    uint8_t *bytes;

    while (capacity < needed) {
        capacity *= 2;
    }
    bytes = realloc(queue->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    queue->bytes = bytes;
    queue->capacity = capacity;
    return true;
}

bool queue_reserve(struct queue *queue, size_t size, struct span *out_room)
{
    size_t held = queue_size(queue);

    if (size > queue_room(queue)) {
        return false;
    }
    if (size > queue->capacity - queue->end && queue->begin != 0) {
        memmove(queue->bytes, queue->bytes + queue->begin, held);
        queue->begin = 0;
        queue->end = held;
    }
    if (size > queue->capacity - queue->end && !grow(queue, queue->end + size)) {
        return false;
    }
    *out_room = (struct span){queue->bytes + queue->end, size};
    return true;
}

void queue_add(struct queue *queue, size_t size)
{
    queue->end += size;
}

bool queue_put(struct queue *queue, struct slice bytes)
{
    struct span room;

    if (bytes.size == 0) {
        return true;
    }
    if (!queue_reserve(queue, bytes.size, &room)) {
        return false;
    }
    memcpy(room.data, bytes.data, bytes.size);
    queue_add(queue, bytes.size);
    return true;
}

void queue_drop(struct queue *queue, size_t size)
{
    queue->begin += size;
    if (queue->begin == queue->end) {
        queue_clear(queue);
    }
}

void queue_clear(struct queue *queue)
{
    queue->begin = 0;
    queue->end = 0;
}
