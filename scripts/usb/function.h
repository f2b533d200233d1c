/* SPDX-License-Identifier: MIT */
/*
 * A function, in USB's sense: what stands between the two bulk endpoints and the phone's stream.
 * Pure: it moves bytes between transfers and two queues. Who carries the queues to the phone calls
 * it, and obeys `redial` - the phone forgets a client when its stream is closed.
 */
#ifndef USB_FUNCTION_H
#define USB_FUNCTION_H

#include "usb/queue.h"
#include "usb/usb.h"

/* What lies between this function and the phone. */
struct stream {
    struct queue to_phone;
    struct queue held; /* for the phone too, once it has said that it is there */
    struct queue from_phone;
    bool redial; /* close it; whoever has something to say opens it again */
};

struct function;

struct function_ops {
    /* Plugged, reset, or the stream was closed: nothing that was before counts. */
    void (*begin)(struct function *function);
    /* One OUT transfer, of any size but zero. Anything but USB_OK: it was not taken. */
    enum usb_status (*out)(struct function *function, struct slice data);
    /*
     * Fills the transfer that waits for `room.size` bytes; *filled says how far it was filled
     * before. True: it is complete; false: the rest is still to come.
     */
    bool (*in)(struct function *function, struct span room, size_t *filled);
    /* Bytes have come from the phone, whether the host waits for them or not. NULL: let them lie. */
    void (*heard)(struct function *function);
    /* Is an answer on its way that the host is to have before the cable is pulled? */
    bool (*owes)(const struct function *function);
    /* Does it want the stream open, though it has nothing to send? NULL: never. */
    bool (*wants_stream)(const struct function *function);
    /* Nothing has moved for seconds, and the host waits for nothing: it has gone. NULL: may be. */
    void (*idle)(struct function *function);
    /* The host waits no more for an IN transfer. NULL: so be it. */
    void (*cancelled)(struct function *function);
};

struct function {
    const struct function_ops *ops;
    struct stream *stream;
};

/* Moves at most `limit` bytes from the front of a queue into a transfer. */
size_t function_move(struct queue *from, struct span room, size_t *filled, size_t limit);

/* Forget the stream and all that is on it, and begin anew. */
void function_redial(struct function *function);

#endif
