/* SPDX-License-Identifier: MIT */
/*
 * The byte stream of rescue mode: clients that come and go, and packets of a bounded size. Stage
 * fastboot. Layout: format/rescue.h.
 *
 *   E_RESCUE_GONE    the client went, or no longer takes what is sent
 *   E_RESCUE_STALL   the client began something, and sent nothing more for RESCUE_STALL_US
 */
#ifndef FASTBOOT_RESCUE_STREAM_H
#define FASTBOOT_RESCUE_STREAM_H

#include "base/bytes.h"

struct link;
struct power;

#define RESCUE_STALL_US    2000000u
#define RESCUE_REPLY_BYTES 512

struct rescue_stream {
    struct link *link;
    struct power *power;
    uint32_t changes; /* the link's, since this client came; 0: nobody came yet */
};

/* The head of a packet: `size` bytes follow. */
struct rescue_packet {
    uint32_t type;
    uint32_t size;
};

/* Is another client there than the last one? What that one left behind is thrown away. */
bool rescue_stream_meet(struct rescue_stream *stream);

/* Waits as long as it takes for a packet to begin; never for its end. */
NODISCARD enum err rescue_stream_head(struct rescue_stream *stream,
                                      struct rescue_packet *out_packet);
/* Fills `room`. */
NODISCARD enum err rescue_stream_read(struct rescue_stream *stream, struct span room);
/* At most RESCUE_REPLY_BYTES. What is for a client that went is not for the next one. */
NODISCARD enum err rescue_stream_send_xml(struct rescue_stream *stream, struct slice text);

#endif
