/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes adb_session.h: the input is what a computer sends. Streams answer,
 * and stay in their places.
 */
#include "tests/fuzz/fuzz.h"

#include "adb/adb_session.h"

static bool take(void *context, struct slice bytes)
{
    return bytes.size <= ADB_PAYLOAD_MAX;
}

static bool open_stream(void *context, struct adb_stream *stream, const char *service)
{
    return strnlen(service, ADB_SERVICE_MAX) < ADB_SERVICE_MAX;
}

static bool take_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    return bytes.size != 3;
}

static void answer(void *context, struct adb_stream *stream)
{
    fuzz_assert(adb_stream_write(context, stream, slice_of("answer", 6)) <= 6);
}

static void on_closed(void *context, struct adb_stream *stream)
{
    fuzz_assert(stream->local_id != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct adb_session_ops ops = {take, open_stream, take_data, answer, on_closed};
    static struct adb_session session;

    session.ops = &ops;
    session.context = &session;
    session.banner = "sideload::";
    adb_session_feed(&session, slice_of(data, size / 2));
    adb_session_feed(&session, slice_of(data + size / 2, size - size / 2));
    adb_session_reset(&session);
    return 0;
}
