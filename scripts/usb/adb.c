/* SPDX-License-Identifier: MIT */
#include "usb/adb.h"

#include <string.h>

#define DATA_LENGTH 12 /* where a head has the size of the data behind it */
#define MAGIC       20 /* and the command once more, inverted */

static struct adb_function *of(struct function *function)
{
    return CONTAINER_OF(function, struct adb_function, function);
}

static void begin(struct function *function)
{
    adb_function_init(of(function), function->stream);
}

static bool is_head(struct slice data)
{
    return data.size == ADB_HEAD_BYTES && le32(data.data) == ~le32(data.data + MAGIC);
}

/* A server that starts says CNXN first: what the one before had begun is forgotten. */
static bool is_another_client(const struct adb_function *adb, struct slice data)
{
    return adb->spoken && is_head(data) && memcmp(data.data, "CNXN", 4) == 0;
}

static enum usb_status out(struct function *function, struct slice data)
{
    struct adb_function *adb = of(function);

    if (is_another_client(adb, data)) {
        function_redial(function);
    }
    if (!queue_put(&function->stream->to_phone, data)) {
        return USB_IO_ERROR;
    }
    adb->spoken = true;
    return USB_OK;
}

static bool in(struct function *function, struct span room, size_t *filled)
{
    struct adb_function *adb = of(function);
    struct queue *from_phone = &function->stream->from_phone;
    struct slice there = queue_slice(from_phone);

    if (adb->data_left == 0) {
        if (there.size < ADB_HEAD_BYTES || room.size < ADB_HEAD_BYTES) {
            return false;
        }
        adb->data_left = le32(there.data + DATA_LENGTH);
        function_move(from_phone, room, filled, ADB_HEAD_BYTES);
        return true;
    }
    adb->data_left -= function_move(from_phone, room, filled, (size_t)adb->data_left);
    return *filled == room.size || adb->data_left == 0;
}

/* What the phone said last may still be in the queue; the answer to `reboot` is none. */
static bool owes(const struct function *function)
{
    return queue_size(&function->stream->from_phone) != 0;
}

static const struct function_ops ops = {.begin = begin, .out = out, .in = in, .owes = owes};

void adb_function_init(struct adb_function *adb, struct stream *stream)
{
    *adb = (struct adb_function){.function = {.ops = &ops, .stream = stream}};
}
