/* SPDX-License-Identifier: MIT */
/*
 * The phone's side of an ADB connection: who is at the other end, and the streams that it opened.
 * No keys are exchanged (a phone in a lab). Transport-free: bytes in, bytes out through `ops`.
 *
 * The other side may write to a stream again when what it wrote was taken; so may this one.
 */
#ifndef USERLAND_ADB_SESSION_H
#define USERLAND_ADB_SESSION_H

#include "adb/adb_wire.h"

#define ADB_STREAMS_MAX 8
#define ADB_SERVICE_MAX 1024 /* bytes of a service's name, with the NUL */

struct adb_stream {
    uint32_t local_id; /* 0: a free place */
    uint32_t remote_id;
    bool may_write;
    bool held; /* what came last is not acknowledged yet: adb_stream_taken() will */
    int tag;   /* the service's own */
};

struct adb_session;

struct adb_session_ops {
    /* To the other side. False: it is gone. */
    bool (*send)(void *context, struct slice bytes);
    /* A service is asked for. False: there is none. It may write when `ready` comes. */
    bool (*open)(void *context, struct adb_stream *stream, const char *service);
    /*
     * Bytes for a service; they are acknowledged when this comes back, unless it sets stream->held.
     * False closes the stream.
     */
    bool (*data)(void *context, struct adb_stream *stream, struct slice bytes);
    /* The stream may be written to: it is open now, or what was written has arrived. */
    void (*ready)(void *context, struct adb_stream *stream);
    /* The other side closed it, or went away. */
    void (*closed)(void *context, struct adb_stream *stream);
};

struct adb_session {
    const struct adb_session_ops *ops;
    void *context;
    const char *banner; /* "sideload::ro.product.name=dipper;" */
    bool connected;
    uint32_t peer_payload_max;
    uint32_t last_id;
    struct adb_stream streams[ADB_STREAMS_MAX];
    struct adb_parser parser;
};

/* Nobody is at the other end (any more): all streams close, a half message is forgotten. */
void adb_session_reset(struct adb_session *session);

/* What came. Calls back for every message that is complete. */
void adb_session_feed(struct adb_session *session, struct slice bytes);

/*
 * Writes to a stream that may be written to; what is longer than the other side takes at once is
 * cut. Returns how much was sent, 0 when nothing could be.
 */
size_t adb_stream_write(struct adb_session *session, struct adb_stream *stream, struct slice bytes);

/* What was held is taken now, and the other side may write again. */
void adb_stream_taken(struct adb_session *session, struct adb_stream *stream);

/* This side ends it. */
void adb_stream_close(struct adb_session *session, struct adb_stream *stream);

#endif
