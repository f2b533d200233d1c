/* SPDX-License-Identifier: MIT */
/*
 * driver/virtio_serial.h: clients that go while they are being sent something, that send and never
 * read, that come and go unseen. Whoever comes next is seen, heard, and gets what is meant for him
 * and nothing else.
 */
#include "tests/unit/check.h"

#include "driver/virtio_serial.h"
#include "tests/fake/fake_console.h"

#include <stdlib.h>

#define BASE 0x1000

struct world {
    struct fake_console console;
    struct virtio_serial serial;
    uint8_t *dma;
    struct link *link;
};

static void start(struct world *world)
{
    static const char *const names[] = {"lab.fastboot"};

    assert_err(virtio_serial_init(&world->serial, &(struct virtio_device){BASE, VIRTIO_ID_CONSOLE},
                                  world->dma, names, 1),
               OK);
    world->link = virtio_serial_link(&world->serial, "lab.fastboot");
}

static int set_up(void **state)
{
    struct world *world = malloc(sizeof *world);

    fake_console_make(&world->console);
    world->dma = aligned_alloc(4096, VIRTIO_SERIAL_DMA_BYTES);
    start(world);
    assert_non_null(world->link);
    assert_int_equal(world->link->ops->changes(world->link), 0);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    fake_console_free(&world->console);
    free(world->dma);
    free(world);
    return 0;
}

static uint32_t changes(struct world *world)
{
    return world->link->ops->changes(world->link);
}

static enum err send(struct world *world, const char *text)
{
    return world->link->ops->write(world->link, slice_of(text, strlen(text)));
}

static enum err write_to(struct world *world, uint32_t reader, const char *text)
{
    return world->link->ops->write_to(world->link, reader, slice_of(text, strlen(text)));
}

/* Reads until nothing has come for a while; how many bytes. */
static size_t drain(struct world *world)
{
    uint8_t bytes[5000];
    size_t all = 0;

    for (int looks = 0; looks < 1000; looks++) {
        size_t count = 0;

        fake_console_run(&world->console);
        (void)world->link->ops->read(world->link, (struct span){bytes, sizeof bytes}, &count);
        all += count;
    }
    return all;
}

/* A client comes, is seen, heard and answered. */
static void check_next(struct world *world)
{
    struct fake_console *console = &world->console;
    uint32_t before = changes(world);
    uint8_t bytes[8];
    size_t count;

    fake_console_come(console);
    fake_console_send(console, "hello", 5);
    fake_console_run(console);
    assert_true(changes(world) > before);
    assert_int_equal(changes(world) % 2, 1);
    assert_err(world->link->ops->read(world->link, (struct span){bytes, sizeof bytes}, &count), OK);
    assert_int_equal(count, 5);
    assert_memory_equal(bytes, "hello", 5);
    assert_err(send(world, "welcome"), OK);
    assert_int_equal(console->socket.got_bytes, 7);
    assert_memory_equal(console->socket.got, "welcome", 7);
    fake_console_go(console);
}

static void one_after_the_other(void **state)
{
    for (int i = 0; i < 50; i++) {
        check_next(*state);
    }
}

/* What comes after a close waits outside, for this phone or for the next. */
static void nothing_is_taken_of_a_closed_port(void **state)
{
    struct world *world = *state;
    struct fake_console *console = &world->console;

    for (int i = 0; i < 3; i++) {
        check_next(world);
        fake_console_run(console);
        world->link->ops->close(world->link);
        fake_console_come(console);
        fake_console_send(console, "hello", 5);
        fake_console_run(console);
        assert_int_equal(console->socket.sends_bytes, 5);
        if (i == 1) {
            start(world); /* it restarts */
        }
        assert_int_equal(drain(world), 5);
        fake_console_go(console);
        fake_console_run(console);
    }
}

static void gone_before_the_answer(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 20; i++) {
        fake_console_come(&world->console);
        assert_int_equal(changes(world) % 2, 1);
        fake_console_go(&world->console);
        assert_err(send(world, "too late"), E_LINK_CLOSED);
        check_next(world);
    }
}

static void gone_with_half_an_answer(void **state)
{
    struct world *world = *state;

    for (size_t room = 0; room < 8; room++) {
        fake_console_come(&world->console);
        world->console.socket.room = room;
        assert_err(send(world, "too much"), E_LINK_CLOSED); /* he does not read */
        fake_console_go(&world->console);
        check_next(world);
    }
}

/* He reads after all, when the phone has given up: that buffer is free again. */
static void reads_late(void **state)
{
    struct world *world = *state;
    struct fake_socket *socket = &world->console.socket;

    for (int i = 0; i < 20; i++) {
        fake_console_come(&world->console);
        socket->room = 3;
        assert_err(send(world, "slowly"), E_LINK_CLOSED);
        socket->room = 100;
        fake_console_run(&world->console);
        assert_err(send(world, ", slowly"), OK);
        assert_int_equal(socket->got_bytes, 14);
        assert_memory_equal(socket->got, "slowly, slowly", 14);
        fake_console_go(&world->console);
        check_next(world);
    }
}

/*
 * All buffers to receive into are full, and he has gone:
 * QEMU never sends on a port that it closes so.
 */
static void gone_after_a_flood(void **state)
{
    static const uint8_t flood[FAKE_CONSOLE_BYTES];
    struct world *world = *state;

    for (int i = 0; i < 3; i++) {
        fake_console_come(&world->console);
        assert_int_equal(changes(world) % 2, 1);
        fake_console_send(&world->console, flood, sizeof flood);
        for (int piece = 0; piece < 100; piece++) {
            fake_console_run(&world->console);
        }
        fake_console_go(&world->console);
        assert_err(send(world, "stop"), E_LINK_CLOSED);
        assert_int_equal(drain(world), 0);
        check_next(world);
    }
}

/* So too when he goes, and the buffers fill up, while the phone waits. */
static void gone_with_a_flood_meanwhile(void **state)
{
    static const uint8_t flood[FAKE_CONSOLE_BYTES];
    struct world *world = *state;

    fake_console_come(&world->console);
    assert_int_equal(changes(world) % 2, 1);
    world->console.socket.room = 2;
    fake_console_send(&world->console, flood, sizeof flood);
    world->console.socket.goes_with_bytes = sizeof flood / 2;
    assert_err(send(world, "stop"), E_LINK_CLOSED);
    assert_true(world->console.socket.gone);
    assert_int_equal(drain(world), 0);
    check_next(world);
}

/* The flood is in the buffers, its sender gone: it is not the next one who sends too much. */
static void an_answer_to_one_who_left_a_flood(void **state)
{
    static const uint8_t flood[60 * 4096];
    struct world *world = *state;
    struct fake_console *console = &world->console;
    uint32_t former;

    fake_console_come(console);
    former = changes(world);
    fake_console_send(console, flood, sizeof flood);
    fake_console_go(console);
    fake_console_come(console);
    fake_console_send(console, "hello", 5);
    fake_console_run(console);
    assert_int_equal(changes(world), former + 2);
    assert_err(write_to(world, former, "stop"), E_LINK_CLOSED);
    assert_int_equal(drain(world), sizeof flood + 5);
    assert_err(send(world, "welcome"), OK);
    assert_int_equal(console->socket.got_bytes, 7);
    fake_console_go(console);
    check_next(world);
}

/* What comes in answer to what was sent is no flood, however much: all of it was asked for. */
static void answered_at_once(void **state)
{
    static const uint8_t data[FAKE_CONSOLE_BYTES];
    struct world *world = *state;

    for (int i = 0; i < 3; i++) {
        fake_console_come(&world->console);
        world->console.socket.answer = data;
        world->console.socket.answer_bytes = sizeof data;
        assert_err(send(world, "DATA"), OK);
        assert_int_equal(drain(world), sizeof data);
        assert_err(send(world, "OKAY"), OK);
        fake_console_go(&world->console);
        check_next(world);
    }
}

/* A flood that the phone has time to read is none. */
static void much_is_read(void **state)
{
    static const uint8_t data[FAKE_CONSOLE_BYTES];
    struct world *world = *state;

    fake_console_come(&world->console);
    fake_console_send(&world->console, data, sizeof data);
    assert_int_equal(drain(world), sizeof data);
    assert_err(send(world, "thanks"), OK);
    fake_console_go(&world->console);
    check_next(world);
}

/* They come and go while the phone does something else: more than the device can tell of. */
static void unseen(void **state)
{
    struct world *world = *state;

    for (unsigned count = 1; count < 40; count++) {
        uint32_t before = changes(world);

        for (unsigned i = 0; i < count; i++) {
            fake_console_come(&world->console);
            fake_console_go(&world->console);
        }
        fake_console_run(&world->console); /* the last is seen off */
        assert_true(changes(world) > before);
        assert_int_equal(changes(world) % 2, 0);
        check_next(world);

        fake_console_come(&world->console);
        before = changes(world);
        for (unsigned i = 0; i < count; i++) {
            fake_console_go(&world->console);
            fake_console_come(&world->console);
        }
        assert_true(changes(world) > before);
        assert_int_equal(changes(world) % 2, 1);
        assert_err(send(world, "you"), OK);
        assert_int_equal(world->console.socket.got_bytes, 3);
        fake_console_go(&world->console);
        check_next(world);
    }
    assert_true(world->console.events_lost != 0);
}

/* Another comes at any moment while the phone answers: it gets nothing that is not its own. */
static void another_at_any_moment(void **state)
{
    struct world *world = *state;
    struct fake_console *console = &world->console;
    unsigned moments = 0;
    enum err err;

    do {
        uint32_t before;

        fake_console_come(console);
        before = changes(world);
        console->change_at = console->steps + ++moments;
        err = write_to(world, before, "for the former");
        console->change_at = 0;
        fake_console_run(console);
        if (changes(world) != before) {
            assert_int_equal(console->socket.got_bytes, 0);
        } else {
            assert_err(err, OK);
            assert_int_equal(console->socket.got_bytes, 14);
        }
        before = changes(world);
        console->socket.got_bytes = 0;
        assert_err(write_to(world, before, "welcome"), OK);
        assert_int_equal(console->socket.got_bytes, 7);
        assert_memory_equal(console->socket.got, "welcome", 7);
        fake_console_go(console);
        check_next(world);
    } while (moments < 60);
    assert_err(err, OK); /* at the last of them it was all over */
}

/* The computer stands still for a minute between any two looks of the phone. */
static void on_a_busy_computer(void **state)
{
    struct world *world = *state;
    struct fake_console *console = &world->console;
    struct fake_console busy = {.socket = console->socket,
                                .look_us = 60000000,
                                .late = 20,
                                .host_connected = true,
                                .lie_on = FAKE_CONSOLE_QUEUES};

    *console = busy;
    console->socket.room = FAKE_CONSOLE_BYTES;
    start(world);
    assert_int_equal(changes(world) % 2, 1);
    assert_err(send(world, "power-on"), OK);
    assert_int_equal(console->socket.got_bytes, 8);
}

/* But a device that never answers is given up. */
static void dead(void **state)
{
    struct world *world = *state;
    struct fake_console *console = &world->console;

    fake_console_come(console);
    assert_int_equal(changes(world) % 2, 1);
    assert_err(send(world, "one"), OK);
    console->late = UINT32_MAX;
    assert_err(send(world, "two"), E_LINK_CLOSED);
}

/* Closed for good, and found so at once: nobody waits for a device that was reset. */
static void check_broken(struct world *world)
{
    struct fake_console *console = &world->console;
    uint64_t then_us = console->now_us;
    uint8_t bytes[8];
    size_t count;

    assert_int_equal(console->resets, 1);
    assert_int_equal(console->status, 0);
    assert_int_equal(changes(world), 0);
    assert_err(send(world, "anybody?"), E_LINK_CLOSED);
    assert_err(world->link->ops->read(world->link, (struct span){bytes, sizeof bytes}, &count),
               E_LINK_CLOSED);
    assert_int_equal(count, 0);
    assert_int_equal(console->now_us, then_us);
}

/* A used ring with heads that no queue has, or more bytes than there was room for. */
static void a_device_that_lies(void **state)
{
    static const struct {
        uint32_t queue; /* virtio 1.1, 5.3.2 */
        uint32_t head;
        uint32_t bytes;
    } cases[] = {
        {2, 64, 0}, {2, 1u << 31, 0}, /* what the device tells */
        {4, 64, 0}, {4, 0x10000, 0},  {4, 0, 4096}, {4, 0, UINT32_MAX - 100},
        {5, 8, 0},  {5, 1u << 31, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct world *world = *state;
        struct fake_console *console = &world->console;

        tear_down(state);
        set_up(state);
        world = *state;
        console = &world->console;
        console->resets = 0;
        check_next(world);
        fake_console_come(console);
        assert_int_equal(changes(world) % 2, 1);
        console->lie_on = cases[i].queue;
        console->lie_head = cases[i].head;
        console->lie_bytes = cases[i].bytes;
        fake_console_send(console, "hello", 5);
        fake_console_go(console);
        fake_console_run(console);
        (void)changes(world);
        (void)drain(world);
        (void)send(world, "answer");
        fake_console_come(console);
        (void)send(world, "answer");
        check_broken(world);
    }
}

/* It does not answer when a port is opened. */
static void dead_when_it_is_opened(void **state)
{
    struct world *world = *state;

    start(world);
    world->console.late = UINT32_MAX;
    world->console.resets = 0;
    assert_int_equal(changes(world), 0);
    check_broken(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_taken_of_a_closed_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gone_before_the_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gone_with_half_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gone_after_a_flood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gone_with_a_flood_meanwhile, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_to_one_who_left_a_flood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answered_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(much_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unseen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_at_any_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(on_a_busy_computer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dead_when_it_is_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_that_lies, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
