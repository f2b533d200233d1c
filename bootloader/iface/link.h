/* SPDX-License-Identifier: MIT */
/*
 * A byte stream to the outside: the serial line, or one port of the virtio console.
 *
 *   E_LINK_CLOSED    nobody is at the other end; the bytes are lost
 */
#ifndef IFACE_LINK_H
#define IFACE_LINK_H

#include "base/bytes.h"

struct link;

struct link_ops {
    /* Sends all of it, or fails. */
    enum err (*write)(struct link *link, struct slice bytes);
    /*
     * The same, for those who were there when `changes` was `reader`: E_LINK_CLOSED, and nothing of
     * it reaches anybody else, when they have gone. NULL where `changes` is.
     */
    enum err (*write_to)(struct link *link, uint32_t reader, struct slice bytes);
    /* Takes what has come, up to room.size; *out_count is 0 when nothing has. */
    enum err (*read)(struct link *link, struct span room, size_t *out_count);
    /*
     * How often the other end has come and gone, counted together: odd while somebody is there. It
     * may be asked before anything is read: what is read afterwards may still be from before the
     * last change. NULL: a line that cannot tell.
     */
    uint32_t (*changes)(struct link *link);
    /*
     * Nothing more is taken until it is read again; it can be written to still. A mode that ends
     * closes its link before its last answer: else the bytes of who comes then go down with it. May
     * be NULL.
     */
    enum err (*close)(struct link *link);
};

struct link {
    const struct link_ops *ops;
};

#endif
