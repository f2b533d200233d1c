/* SPDX-License-Identifier: MIT */
#include "usb/function.h"

#include <string.h>

size_t function_move(struct queue *from, struct span room, size_t *filled, size_t limit)
{
    struct slice there = queue_slice(from);
    size_t count = room.size - *filled;

    if (count > limit) {
        count = limit;
    }
    if (count > there.size) {
        count = there.size;
    }
    if (count != 0) {
        memcpy(room.data + *filled, there.data, count);
        queue_drop(from, count);
        *filled += count;
    }
    return count;
}

void function_redial(struct function *function)
{
    queue_clear(&function->stream->to_phone);
    queue_clear(&function->stream->held);
    queue_clear(&function->stream->from_phone);
    function->stream->redial = true;
    function->ops->begin(function);
}
