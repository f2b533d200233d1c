/* SPDX-License-Identifier: MIT */
/* The phone's side of an ADB connection. */
#include "adb/adb_session.h"

#include <string.h>

#define SHORT_BYTES 512

/*
 * A short payload goes with its header: two small packets would wait for each other on their way.
 */
static bool pass(struct adb_session *session, uint32_t command, uint32_t arg0, uint32_t arg1,
                 struct slice payload)
{
    uint8_t message[ADB_HEADER_BYTES + SHORT_BYTES];

    adb_wire_put(message, command, arg0, arg1, payload);
    if (payload.size <= SHORT_BYTES) {
        memcpy(message + ADB_HEADER_BYTES, payload.data, payload.size);
        return session->ops->send(session->context,
                                  slice_of(message, ADB_HEADER_BYTES + payload.size));
    }
    return session->ops->send(session->context, slice_of(message, ADB_HEADER_BYTES)) &&
           session->ops->send(session->context, payload);
}

/* Who cannot be sent to has gone: what else it has sent is not answered to the next. */
static bool send(struct adb_session *session, uint32_t command, uint32_t arg0, uint32_t arg1,
                 struct slice payload)
{
    bool sent = pass(session, command, arg0, arg1, payload);

    session->connected &= sent;
    return sent;
}

/* A short message of which nobody waits for the end: a lost one shows when bytes stay away. */
static void tell(struct adb_session *session, uint32_t command, uint32_t arg0, uint32_t arg1)
{
    (void)send(session, command, arg0, arg1, slice_of("", 0));
}

static void forget(struct adb_session *session, struct adb_stream *stream)
{
    session->ops->closed(session->context, stream);
    *stream = (struct adb_stream){0};
}

static void close_streams(struct adb_session *session)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (session->streams[i].local_id != 0) {
            forget(session, &session->streams[i]);
        }
    }
}

void adb_session_reset(struct adb_session *session)
{
    close_streams(session);
    session->connected = false;
    session->parser.have = 0;
    session->parser.lost = false;
    session->parser.checksums = false;
}

static struct adb_stream *free_stream(struct adb_session *session)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (session->streams[i].local_id == 0) {
            return &session->streams[i];
        }
    }
    return NULL;
}

/* The stream of a message: `local_id` as we named it, `remote_id` as the other side did, or 0. */
static struct adb_stream *find(struct adb_session *session, uint32_t local_id, uint32_t remote_id)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        struct adb_stream *stream = &session->streams[i];

        if (local_id != 0 && stream->local_id == local_id &&
            (remote_id == 0 || stream->remote_id == remote_id)) {
            return stream;
        }
    }
    return NULL;
}

static void on_connect(struct adb_session *session)
{
    const struct adb_message *message = &session->parser.message;

    if (message->arg0 < ADB_VERSION_MIN || message->arg1 == 0) {
        return;
    }
    close_streams(session);
    session->connected = true;
    session->peer_payload_max = message->arg1;
    session->parser.checksums = message->arg0 < ADB_VERSION_NO_CHECKSUM;
    (void)send(session, ADB_CNXN, ADB_VERSION, ADB_PAYLOAD_MAX,
               slice_of(session->banner, strlen(session->banner)));
}

static void on_open(struct adb_session *session)
{
    const struct adb_message *message = &session->parser.message;
    struct adb_stream *stream = free_stream(session);
    char service[ADB_SERVICE_MAX];

    if (message->arg0 == 0) {
        return;
    }
    if (stream == NULL || message->payload_bytes == 0 ||
        message->payload_bytes >= sizeof(service)) {
        tell(session, ADB_CLSE, 0, message->arg0);
        return;
    }
    memcpy(service, session->parser.payload, message->payload_bytes);
    service[message->payload_bytes] = '\0';
    session->last_id += session->last_id == UINT32_MAX ? 2 : 1;
    *stream = (struct adb_stream){.local_id = session->last_id, .remote_id = message->arg0};
    if (!session->ops->open(session->context, stream, service)) {
        tell(session, ADB_CLSE, 0, message->arg0);
        *stream = (struct adb_stream){0};
        return;
    }
    tell(session, ADB_OKAY, stream->local_id, stream->remote_id);
    stream->may_write = true;
    session->ops->ready(session->context, stream);
}

static void on_write(struct adb_session *session, struct adb_stream *stream)
{
    uint32_t local_id = stream->local_id;
    uint32_t remote_id = stream->remote_id;
    bool taken = session->ops->data(
        session->context, stream,
        slice_of(session->parser.payload, session->parser.message.payload_bytes));

    if (stream->local_id != local_id) {
        return; /* the service has closed it meanwhile */
    }
    if (taken && stream->held) {
        return;
    }
    if (taken) {
        tell(session, ADB_OKAY, local_id, remote_id);
    } else {
        adb_stream_close(session, stream);
    }
}

static void on_stream_message(struct adb_session *session)
{
    const struct adb_message *message = &session->parser.message;
    struct adb_stream *stream = find(session, message->arg1, message->arg0);

    if (stream == NULL) {
        if (message->command == ADB_WRTE) {
            tell(session, ADB_CLSE, 0, message->arg0);
        }
        return;
    }
    switch (message->command) {
    case ADB_OKAY:
        stream->may_write = true;
        session->ops->ready(session->context, stream);
        break;
    case ADB_WRTE:
        on_write(session, stream);
        break;
    default:
        forget(session, stream);
        break;
    }
}

static void on_message(struct adb_session *session)
{
    switch (session->parser.message.command) {
    case ADB_CNXN:
        on_connect(session);
        break;
    case ADB_OPEN:
        if (session->connected) {
            on_open(session);
        }
        break;
    case ADB_OKAY:
    case ADB_WRTE:
    case ADB_CLSE:
        if (session->connected) {
            on_stream_message(session);
        }
        break;
    default:
        break; /* SYNC is never sent, AUTH was not asked for */
    }
}

void adb_session_feed(struct adb_session *session, struct slice bytes)
{
    while (adb_parser_take(&session->parser, &bytes)) {
        on_message(session);
    }
}

size_t adb_stream_write(struct adb_session *session, struct adb_stream *stream, struct slice bytes)
{
    size_t size = MIN(bytes.size, session->peer_payload_max);

    if (!stream->may_write || size == 0 ||
        !send(session, ADB_WRTE, stream->local_id, stream->remote_id, slice_of(bytes.data, size))) {
        return 0;
    }
    stream->may_write = false;
    return size;
}

void adb_stream_taken(struct adb_session *session, struct adb_stream *stream)
{
    stream->held = false;
    tell(session, ADB_OKAY, stream->local_id, stream->remote_id);
}

void adb_stream_close(struct adb_session *session, struct adb_stream *stream)
{
    tell(session, ADB_CLSE, stream->local_id, stream->remote_id);
    *stream = (struct adb_stream){0};
}
