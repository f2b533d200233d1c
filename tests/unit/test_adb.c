/* SPDX-License-Identifier: MIT */
/* The phone's side of adb: messages, sessions, and what a hostile computer may send. */
#include "tests/unit/check.h"

#include "adb/adb_session.h"

#include <stdio.h>
#include <stdlib.h>

#define SENT_MAX 65536

static struct adb_session session;
static uint8_t sent[SENT_MAX];
static size_t sent_bytes;
static char log_text[4096]; /* what the services saw */
static bool data_is_taken;
static bool gone; /* nothing can be sent */

static void note(const char *what, const void *bytes, size_t size)
{
    size_t length = strlen(log_text);

    snprintf(log_text + length, sizeof(log_text) - length, "%s(%.*s) ", what, (int)size,
             (const char *)bytes);
}

static bool on_send(void *context, struct slice bytes)
{
    (void)context;
    assert_true(bytes.size <= sizeof(sent) - sent_bytes);
    memcpy(sent + sent_bytes, bytes.data, bytes.size);
    sent_bytes += gone ? 0 : bytes.size;
    return !gone;
}

static bool on_open(void *context, struct adb_stream *stream, const char *service)
{
    (void)context;
    (void)stream;
    note("open", service, strlen(service));
    return strcmp(service, "none:") != 0;
}

static bool on_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    (void)context;
    (void)stream;
    note("data", bytes.data, bytes.size);
    return data_is_taken;
}

static void on_ready(void *context, struct adb_stream *stream)
{
    (void)context;
    (void)stream;
    note("ready", "", 0);
}

static void on_closed(void *context, struct adb_stream *stream)
{
    (void)context;
    (void)stream;
    note("closed", "", 0);
}

static const struct adb_session_ops ops = {
    .send = on_send, .open = on_open, .data = on_data, .ready = on_ready, .closed = on_closed};

static int begin(void **state)
{
    (void)state;
    memset(&session, 0, sizeof(session));
    session.ops = &ops;
    session.banner = "sideload::x";
    sent_bytes = 0;
    log_text[0] = '\0';
    data_is_taken = true;
    gone = false;
    return 0;
}

static void feed(uint32_t command, uint32_t arg0, uint32_t arg1, const char *payload)
{
    uint8_t message[ADB_HEADER_BYTES + 2048];
    size_t size = strlen(payload);

    adb_wire_put(message, command, arg0, arg1, slice_of(payload, size));
    memcpy(message + ADB_HEADER_BYTES, payload, size);
    adb_session_feed(&session, slice_of(message, ADB_HEADER_BYTES + size));
}

/* Takes the first message off what was sent: its command; checks its arguments. */
static void assert_sent(uint32_t command, uint32_t arg0, uint32_t arg1, const char *payload)
{
    size_t size = le32(sent + 12);

    assert_true(sent_bytes >= ADB_HEADER_BYTES + size);
    assert_int_equal(le32(sent), command);
    assert_int_equal(le32(sent + 4), arg0);
    assert_int_equal(le32(sent + 8), arg1);
    assert_int_equal(size, strlen(payload));
    assert_memory_equal(sent + ADB_HEADER_BYTES, payload, size);
    assert_int_equal(le32(sent + 20), ~command);
    sent_bytes -= ADB_HEADER_BYTES + size;
    memmove(sent, sent + ADB_HEADER_BYTES + size, sent_bytes);
}

static void connect(void)
{
    feed(ADB_CNXN, ADB_VERSION, 1u << 20, "host::features=shell_v2");
    assert_sent(ADB_CNXN, ADB_VERSION, ADB_PAYLOAD_MAX, "sideload::x");
}

static void test_a_conversation(void **state)
{
    struct adb_stream *stream = &session.streams[0];

    (void)state;
    connect();
    feed(ADB_OPEN, 7, 0, "echo:");
    assert_sent(ADB_OKAY, 1, 7, "");
    feed(ADB_WRTE, 7, 1, "hello");
    assert_sent(ADB_OKAY, 1, 7, "");
    assert_int_equal(adb_stream_write(&session, stream, slice_of("back", 4)), 4);
    assert_sent(ADB_WRTE, 1, 7, "back");
    assert_int_equal(adb_stream_write(&session, stream, slice_of("more", 4)), 0); /* not yet */
    feed(ADB_OKAY, 7, 1, "");
    assert_int_equal(adb_stream_write(&session, stream, slice_of("more", 4)), 4);
    assert_sent(ADB_WRTE, 1, 7, "more");
    feed(ADB_CLSE, 7, 1, "");
    assert_int_equal(stream->local_id, 0);
    assert_int_equal(sent_bytes, 0);
    assert_string_equal(log_text, "open(echo:) ready() data(hello) ready() closed() ");
}

static void test_refusals(void **state)
{
    char service[ADB_SERVICE_MAX + 1];

    (void)state;
    feed(ADB_OPEN, 7, 0, "echo:"); /* before the connection */
    feed(ADB_CNXN, 0x00ffffff, 4096, "host::");
    feed(ADB_CNXN, ADB_VERSION, 0, "host::");
    assert_int_equal(sent_bytes, 0);
    connect();
    feed(ADB_OPEN, 7, 0, "none:");
    assert_sent(ADB_CLSE, 0, 7, "");
    feed(ADB_OPEN, 8, 0, "");
    assert_sent(ADB_CLSE, 0, 8, "");
    memset(service, 'x', sizeof(service) - 1);
    service[sizeof(service) - 1] = '\0';
    feed(ADB_OPEN, 9, 0, service);
    assert_sent(ADB_CLSE, 0, 9, "");
    feed(ADB_OPEN, 0, 0, "echo:"); /* no name for the answer */
    feed(ADB_WRTE, 9, 77, "x");    /* to nobody */
    assert_sent(ADB_CLSE, 0, 9, "");
    feed(ADB_OKAY, 9, 77, "");
    feed(ADB_CLSE, 9, 77, "");
    feed(ADB_AUTH, 1, 0, "token");
    feed(ADB_SYNC, 1, 1, "");
    assert_int_equal(sent_bytes, 0);
    assert_string_equal(log_text, "open(none:) ");
}

static void test_too_many_streams(void **state)
{
    (void)state;
    connect();
    for (uint32_t i = 1; i <= ADB_STREAMS_MAX; i++) {
        feed(ADB_OPEN, i, 0, "echo:");
        assert_sent(ADB_OKAY, i, i, "");
    }
    feed(ADB_OPEN, 99, 0, "echo:");
    assert_sent(ADB_CLSE, 0, 99, "");
    data_is_taken = false;
    feed(ADB_WRTE, 3, 3, "too much");
    assert_sent(ADB_CLSE, 3, 3, "");
    feed(ADB_OPEN, 99, 0, "echo:");
    assert_sent(ADB_OKAY, ADB_STREAMS_MAX + 1, 99, "");
    connect(); /* anew: all of them close */
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        assert_int_equal(session.streams[i].local_id, 0);
    }
}

/* What the last client had sent is still coming when the next one is there already. */
static void test_the_next_client_gets_no_answers_to_the_last(void **state)
{
    (void)state;
    connect();
    gone = true;
    feed(ADB_OPEN, 7, 0, "echo:");
    gone = false;
    feed(ADB_OPEN, 8, 0, "echo:");
    feed(ADB_WRTE, 9, 77, "x");
    assert_int_equal(sent_bytes, 0);
    connect();
    feed(ADB_OPEN, 7, 0, "echo:");
    assert_sent(ADB_OKAY, 2, 7, "");
}

/* Another stream's number on the other side does not reach this one. */
static void test_streams_are_apart(void **state)
{
    (void)state;
    connect();
    feed(ADB_OPEN, 7, 0, "a:");
    feed(ADB_OPEN, 8, 0, "b:");
    sent_bytes = 0;
    feed(ADB_WRTE, 7, 2, "x");
    assert_sent(ADB_CLSE, 0, 7, "");
    feed(ADB_CLSE, 7, 2, "");
    assert_int_equal(session.streams[1].local_id, 2);
}

static void test_checksums(void **state)
{
    (void)state;
    feed(ADB_CNXN, ADB_VERSION_MIN, 4096, "host::"); /* an old adb: they count */
    assert_sent(ADB_CNXN, ADB_VERSION, ADB_PAYLOAD_MAX, "sideload::x");
    feed(ADB_OPEN, 7, 0, "echo:");
    assert_sent(ADB_OKAY, 1, 7, "");
    for (int good = 1; good >= 0; good--) {
        uint8_t message[ADB_HEADER_BYTES + 1];

        adb_wire_put(message, ADB_WRTE, 7, 1, slice_of("x", 1));
        message[ADB_HEADER_BYTES] = good ? 'x' : 'y';
        adb_session_feed(&session, slice_of(message, sizeof(message)));
    }
    assert_sent(ADB_OKAY, 1, 7, "");
    assert_int_equal(sent_bytes, 0);
    feed(ADB_WRTE, 7, 1, "lost");
    assert_int_equal(sent_bytes, 0);
    connect();
}

/* Bytes that are no message, in front of a good beginning and cut anywhere. */
static void test_garbage(void **state)
{
    static const struct {
        const char *name;
        size_t at; /* in a header */
        uint8_t value;
    } cases[] = {{"command", 0, 'X'}, {"magic", 20, 0}, {"length", 15, 0xff}, {"length", 14, 0x05}};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t message[ADB_HEADER_BYTES];

        connect();
        adb_wire_put(message, ADB_OKAY, 1, 1, slice_of("", 0));
        message[cases[i].at] = cases[i].value;
        adb_session_feed(&session, slice_of(message, sizeof(message)));
        feed(ADB_OPEN, 7, 0, "echo:"); /* does not count any more */
        assert_int_equal(sent_bytes, 0);
    }
    for (size_t garbage = 0; garbage < 60; garbage++) {
        uint8_t bytes[60];

        for (size_t i = 0; i < garbage; i++) {
            bytes[i] = (uint8_t)rand();
        }
        begin(NULL);
        adb_session_feed(&session, slice_of(bytes, garbage));
        connect();
    }
}

/* One byte at a time is the same as all at once. */
static void test_in_pieces(void **state)
{
    uint8_t message[ADB_HEADER_BYTES + 6];

    (void)state;
    adb_wire_put(message, ADB_CNXN, ADB_VERSION, 4096, slice_of("host::", 6));
    memcpy(message + ADB_HEADER_BYTES, "host::", 6);
    for (size_t i = 0; i < sizeof(message); i++) {
        assert_int_equal(sent_bytes, 0);
        adb_session_feed(&session, slice_of(message + i, 1));
    }
    assert_sent(ADB_CNXN, ADB_VERSION, ADB_PAYLOAD_MAX, "sideload::x");
    /* Half a message of a client that vanished does not reach the next. */
    adb_session_feed(&session, slice_of(message, 10));
    adb_session_reset(&session);
    connect();
}

static void test_long_writes_are_cut(void **state)
{
    static uint8_t bytes[10000];

    (void)state;
    feed(ADB_CNXN, ADB_VERSION, 4096, "host::");
    feed(ADB_OPEN, 7, 0, "echo:");
    assert_int_equal(
        adb_stream_write(&session, &session.streams[0], slice_of(bytes, sizeof(bytes))), 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_conversation, begin),
        cmocka_unit_test_setup(test_refusals, begin),
        cmocka_unit_test_setup(test_too_many_streams, begin),
        cmocka_unit_test_setup(test_the_next_client_gets_no_answers_to_the_last, begin),
        cmocka_unit_test_setup(test_streams_are_apart, begin),
        cmocka_unit_test_setup(test_checksums, begin),
        cmocka_unit_test_setup(test_garbage, begin),
        cmocka_unit_test_setup(test_in_pieces, begin),
        cmocka_unit_test_setup(test_long_writes_are_cut, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
