/* SPDX-License-Identifier: MIT */
/*
 * userland/adb/adb_port.h: who has come and who has gone, at a port whose kernel hears of it later.
 * The port is wrapped: write() takes nothing, and poll() says POLLHUP, while nobody is there.
 */
#include "tests/unit/check.h"

#include "adb/adb_port.h"
#include "ports.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define PORT_FD  77
#define FOR_EVER 1000000

static int looks_until_there; /* the kernel hears of the computer after so many short waits */
static size_t taken_bytes;

ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_poll(struct pollfd *fds, nfds_t count, int wait_ms);

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    if (fd != PORT_FD) {
        return __real_write(fd, bytes, size);
    }
    if (looks_until_there > 0) {
        errno = EAGAIN;
        return -1;
    }
    taken_bytes += size;
    return (ssize_t)size;
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int wait_ms)
{
    if (count == 0) {
        looks_until_there--;
        return 0;
    }
    fds->revents = looks_until_there > 0 ? POLLHUP : POLLOUT;
    return 1;
}

/* ports.h, for which there is no device here. */
int port_open(const char *name, int flags, unsigned wait_ms)
{
    return PORT_FD;
}

static void come(struct adb_port *port, int looks)
{
    looks_until_there = looks;
    taken_bytes = 0;
    port->gone = false; /* as when bytes were read */
}

static void the_first_answer_waits_for_its_reader(void **state)
{
    struct adb_port port;

    assert_true(adb_port_open(&port));
    come(&port, 3);
    assert_true(adb_port_send(&port, slice_of("CNXN", 4)));
    assert_int_equal(taken_bytes, 4);
}

static void who_was_answered_and_went_is_not_waited_for(void **state)
{
    struct adb_port port;

    assert_true(adb_port_open(&port));
    come(&port, 0);
    assert_true(adb_port_send(&port, slice_of("CNXN", 4)));
    come(&port, 3);
    assert_false(adb_port_send(&port, slice_of("OKAY", 4)));
    assert_int_equal(looks_until_there, 3);
    assert_int_equal(taken_bytes, 0);
    /* The next one is a first one again. */
    come(&port, 3);
    assert_true(adb_port_send(&port, slice_of("CNXN", 4)));
}

static void nobody_is_waited_for_in_vain(void **state)
{
    struct adb_port port;

    assert_true(adb_port_open(&port));
    come(&port, FOR_EVER);
    assert_false(adb_port_send(&port, slice_of("CNXN", 4)));
    assert_true(port.gone);
    assert_in_range(FOR_EVER - looks_until_there, 1, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_answer_waits_for_its_reader),
        cmocka_unit_test(who_was_answered_and_went_is_not_waited_for),
        cmocka_unit_test(nobody_is_waited_for_in_vain),
    };

    return cmocka_run_group_tests_name("adb_port", tests, NULL, NULL);
}
