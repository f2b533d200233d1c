/* SPDX-License-Identifier: MIT */
/*
 * A virtio console with one port, as QEMU 7.2 and 10.0 make it, and the socket behind it
 * (hw/char/virtio-serial-bus.c, chardev/char-socket.c): what becomes of a client that goes, of what
 * was meant for him, and of the next.
 */
#ifndef TESTS_FAKE_CONSOLE_H
#define TESTS_FAKE_CONSOLE_H

#include "driver/virtio.h"

#define FAKE_CONSOLE_QUEUES 6
#define FAKE_CONSOLE_BYTES  (2u << 20)

/* Where a queue's rings are, and how far the device has come. */
struct fake_queue {
    uint64_t rings[3]; /* descriptors, available, used */
    uint32_t size;
    uint16_t taken;
};

/* A client's end of the socket. */
struct fake_socket {
    const uint8_t *sends; /* what he has sent and QEMU has not read */
    size_t sends_bytes;
    uint8_t *got;
    size_t got_bytes;
    const uint8_t *answer; /* what he sends as soon as something has come; NULL: nothing */
    size_t answer_bytes;
    size_t room; /* that is left before he must read */
    size_t
        goes_with_bytes; /* when QEMU has so many of his bytes yet to read; 0: when he is told to */
    bool gone;           /* he has closed it: what QEMU still writes there fails */
};

struct fake_console {
    struct fake_queue queues[FAKE_CONSOLE_QUEUES];
    uint32_t selected;
    uint32_t features_page;
    uint32_t status;
    uint64_t now_us;

    struct fake_socket socket;
    bool host_connected;
    bool guest_connected;
    bool throttled;
    bool writable_watch; /* the socket is watched, to end the throttling */
    bool sending;        /* a buffer of the phone's is half way */
    uint16_t send_head;
    size_t send_offset;
    unsigned events_lost; /* for which there was no buffer */

    unsigned steps;     /* that the driver took: registers, barriers, looks at the clock */
    unsigned change_at; /* before this step the client goes and another comes; 0: never */
    bool changing;      /* it is seeing the one off */

    /* The next answer on this queue is a lie: this much is added to its head and its bytes. */
    uint32_t lie_on; /* FAKE_CONSOLE_QUEUES: on none */
    uint32_t lie_head;
    uint32_t lie_bytes;
    unsigned resets;

    uint64_t look_us; /* from one look at the clock to the next */
    unsigned late;    /* looks until QEMU gets to what the driver tells it; 0: at once */
    unsigned due;     /* so many are left */
};

/* The one device there is, for mmio_read32 and so on. */
void fake_console_make(struct fake_console *console);
void fake_console_free(struct fake_console *console);

/* A client comes; QEMU takes him as soon as the last has gone. */
void fake_console_come(struct fake_console *console);
/* What he sends; `bytes` must stay. */
void fake_console_send(struct fake_console *console, const void *bytes, size_t size);
/* He is gone, but QEMU finds out only when it reads or writes next. */
void fake_console_go(struct fake_console *console);
/* QEMU's main loop, once. */
void fake_console_run(struct fake_console *console);

#endif
