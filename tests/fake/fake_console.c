/* SPDX-License-Identifier: MIT */
/* A virtio console as QEMU makes it. */
#include "tests/fake/fake_console.h"

#include "arch/cpu.h"
#include "arch/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_ID        1
#define PIECE_BYTES    4096 /* what one read of the socket brings */
#define LOOK_US        100
#define QUEUE_SIZE_MAX 128
#define CONTROL_SIZE   32

enum {
    CONTROL_IN = 2,
    CONTROL_OUT = 3,
    PORT_IN = 4,
    PORT_OUT = 5
};
enum {
    DEVICE_READY = 0,
    PORT_ADD = 1,
    PORT_READY = 3,
    PORT_OPEN = 6,
    PORT_NAME = 7
};

static struct fake_console *the_console;

struct descriptor {
    uint64_t address;
    uint32_t size;
    uint16_t flags;
    uint16_t next;
};

static uint16_t *available(const struct fake_queue *queue)
{
    return (uint16_t *)(uintptr_t)queue->rings[1];
}

static struct descriptor *descriptor(const struct fake_queue *queue, uint16_t head)
{
    return (struct descriptor *)(uintptr_t)queue->rings[0] + head;
}

static bool is_empty(const struct fake_queue *queue)
{
    return queue->size == 0 || available(queue)[1] == queue->taken;
}

static bool pop(struct fake_queue *queue, uint16_t *out_head)
{
    if (is_empty(queue)) {
        return false;
    }
    *out_head = available(queue)[2 + queue->taken % queue->size];
    queue->taken++;
    return true;
}

static void push(struct fake_queue *queue, uint16_t head, uint32_t bytes)
{
    uint16_t *index = (uint16_t *)(uintptr_t)queue->rings[2] + 1;
    uint32_t *element = (uint32_t *)(void *)(index + 1) + 2 * (*index % queue->size);

    element[0] = head;
    element[1] = bytes;
    if (queue == &the_console->queues[the_console->lie_on % FAKE_CONSOLE_QUEUES] &&
        the_console->lie_on < FAKE_CONSOLE_QUEUES) {
        element[0] += the_console->lie_head;
        element[1] += the_console->lie_bytes;
    }
    (*index)++;
}

static void tell(struct fake_console *console, uint16_t event, uint16_t value, const char *name)
{
    struct fake_queue *queue = &console->queues[CONTROL_IN];
    uint16_t head;
    uint8_t *message;

    if (!pop(queue, &head)) {
        console->events_lost++;
        return;
    }
    message = (uint8_t *)(uintptr_t)descriptor(queue, head)->address;
    put_le32(message, PORT_ID);
    put_le16(message + 4, event);
    put_le16(message + 6, value);
    strcpy((char *)message + 8, name);
    push(queue, head, (uint32_t)(8 + (name[0] != '\0' ? strlen(name) + 1 : 0)));
}

/*
 * The client is gone. What he was being sent is dropped: a buffer that was half way is never given
 * back, the others are.
 */
static void throw_out(struct fake_console *console)
{
    uint16_t head;

    console->host_connected = false;
    console->throttled = false;
    console->writable_watch = false;
    console->sending = false;
    while (pop(&console->queues[PORT_OUT], &head)) {
        push(&console->queues[PORT_OUT], head, 0);
    }
}

static void close_host(struct fake_console *console)
{
    throw_out(console);
    tell(console, PORT_OPEN, 0, "");
}

static bool can_read(const struct fake_console *console)
{
    return console->guest_connected && !is_empty(&console->queues[PORT_IN]);
}

/* Returns what the socket took, or -1. */
static long write_socket(struct fake_console *console, const uint8_t *bytes, size_t size)
{
    struct fake_socket *socket = &console->socket;

    if (socket->gone) {
        /* If it can read, reading finds the end; else it is closed here and now. */
        if (!can_read(console)) {
            close_host(console);
        }
        return -1;
    }
    size = size < socket->room ? size : socket->room;
    memcpy(socket->got + socket->got_bytes, bytes, size);
    socket->got_bytes += size;
    socket->room -= size;
    return (long)size;
}

static void read_socket(struct fake_console *console);

/* He answers at once, and QEMU reads as much of it as fits, before the phone looks again. */
static void take_answer(struct fake_console *console)
{
    struct fake_socket *socket = &console->socket;

    if (socket->answer != NULL) {
        socket->sends = socket->answer;
        socket->sends_bytes = socket->answer_bytes;
        socket->answer = NULL;
        for (size_t before = 0; before != socket->sends_bytes;) {
            before = socket->sends_bytes;
            read_socket(console);
        }
    }
}

static void flush_port(struct fake_console *console)
{
    struct fake_queue *queue = &console->queues[PORT_OUT];

    while (!console->throttled) {
        const struct descriptor *buffer;
        size_t left;
        long count;

        if (!console->sending) {
            if (!pop(queue, &console->send_head)) {
                return;
            }
            console->sending = true;
            console->send_offset = 0;
        }
        buffer = descriptor(queue, console->send_head);
        left = buffer->size - console->send_offset;
        count = write_socket(
            console, (const uint8_t *)(uintptr_t)buffer->address + console->send_offset, left);
        if (count < (long)left) {
            /* Also of a port that was closed just now: then it stays so for the next client. */
            console->throttled = true;
            console->writable_watch = console->host_connected;
        }
        if (!console->sending) {
            return;
        }
        if (console->throttled) {
            console->send_offset += count > 0 ? (size_t)count : 0;
            return;
        }
        push(queue, console->send_head, 0);
        console->sending = false;
        take_answer(console);
    }
}

static void read_socket(struct fake_console *console)
{
    struct fake_socket *socket = &console->socket;
    struct fake_queue *queue = &console->queues[PORT_IN];
    size_t count = socket->sends_bytes < PIECE_BYTES ? socket->sends_bytes : PIECE_BYTES;
    uint16_t head;

    if (!console->host_connected || !can_read(console)) {
        return;
    }
    if (count == 0) {
        if (socket->gone) {
            close_host(console);
        }
        return;
    }
    pop(queue, &head);
    memcpy((void *)(uintptr_t)descriptor(queue, head)->address, socket->sends, count);
    push(queue, head, (uint32_t)count);
    socket->sends += count;
    socket->sends_bytes -= count;
    if (socket->goes_with_bytes != 0 && socket->sends_bytes <= socket->goes_with_bytes) {
        socket->gone = true;
    }
}

/* The one who went is seen off, and the next is there. */
static void end_change(struct fake_console *console)
{
    if (console->changing) {
        console->changing = false;
        tell(console, PORT_OPEN, 0, "");
        fake_console_come(console);
    }
}

void fake_console_run(struct fake_console *console)
{
    end_change(console);
    read_socket(console);
    if (console->writable_watch && (console->socket.gone || console->socket.room != 0)) {
        console->writable_watch = false;
        console->throttled = false;
        flush_port(console);
    }
}

/* QEMU runs beside the phone. At a register the phone waits until it has done what it is doing. */
static void step(struct fake_console *console, bool waits)
{
    console->steps++;
    if (console->steps == console->change_at) {
        throw_out(console);
        console->changing = true;
    }
    if (waits) {
        end_change(console);
    }
}

static void take_control(struct fake_console *console)
{
    struct fake_queue *queue = &console->queues[CONTROL_OUT];
    uint16_t head;

    while (pop(queue, &head)) {
        const uint8_t *message = (const uint8_t *)(uintptr_t)descriptor(queue, head)->address;

        switch (le16(message + 4)) {
        case DEVICE_READY:
            tell(console, PORT_ADD, 1, "");
            break;
        case PORT_READY:
            tell(console, PORT_NAME, 1, "lab.fastboot");
            if (console->host_connected) {
                tell(console, PORT_OPEN, 1, "");
            }
            break;
        case PORT_OPEN:
            console->guest_connected = le16(message + 6) != 0;
            break;
        }
        push(queue, head, 0);
    }
}

static void notified(struct fake_console *console, uint32_t index)
{
    struct fake_queue *queue = &console->queues[index];
    uint16_t head;

    if (index == CONTROL_OUT) {
        take_control(console);
    } else if (index == PORT_OUT && !console->host_connected) {
        while (pop(queue, &head)) {
            push(queue, head, 0);
        }
    } else if (index == PORT_OUT && !console->throttled) {
        flush_port(console);
    }
}

/* On a busy computer QEMU gets a processor late. */
static void run_late(struct fake_console *console)
{
    if (console->due != 0 && --console->due == 0) {
        notified(console, CONTROL_OUT);
        notified(console, PORT_OUT);
    }
}

void cpu_barrier(void)
{
    step(the_console, false);
}

uint64_t cpu_now_us(void)
{
    step(the_console, true);
    fake_console_run(the_console);
    run_late(the_console);
    the_console->now_us += the_console->look_us;
    return the_console->now_us;
}

void cpu_rest_for_device(uint32_t us, uintptr_t virtio_base)
{
    (void)cpu_now_us();
}

/* Virtio 1.1, table 4.1. */
uint32_t mmio_read32(uintptr_t address)
{
    struct fake_console *console = the_console;

    step(console, true);
    switch (address & 0xfff) {
    case 0x010: /* features: multiport; version 1 */
        return console->features_page == 0 ? 1u << 1 : 1;
    case 0x034:
        return console->selected == CONTROL_IN || console->selected == CONTROL_OUT ? CONTROL_SIZE
                                                                                   : QUEUE_SIZE_MAX;
    case 0x060: /* nobody looks: the fake goes on by itself */
        return 0;
    case 0x070:
        return console->status;
    default:
        abort();
    }
}

static void set_status(struct fake_console *console, uint32_t value)
{
    console->status = value;
    if (value == 0) {
        console->resets++;
        console->guest_connected = false;
        memset(console->queues, 0, sizeof console->queues);
    }
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    struct fake_console *console = the_console;
    struct fake_queue *queue = &console->queues[console->selected];
    unsigned which = (address & 0x0ff) / 0x10;
    uint64_t *ring = queue->rings + (which >= 8 && which <= 0xa ? which - 8 : 0);

    step(console, true);
    switch (address & 0xfff) {
    case 0x014:
        console->features_page = value;
        break;
    case 0x030:
        console->selected = value;
        break;
    case 0x038:
        queue->size = value;
        break;
    case 0x050:
        console->due = console->late;
        if (console->late == 0) {
            notified(console, value);
        }
        break;
    case 0x070:
        set_status(console, value);
        break;
    case 0x080:
    case 0x090:
    case 0x0a0:
        *ring = value;
        break;
    case 0x084:
    case 0x094:
    case 0x0a4:
        *ring |= (uint64_t)value << 32;
        break;
    default:
        break;
    }
}

void fake_console_make(struct fake_console *console)
{
    *console = (struct fake_console){.socket.got = malloc(FAKE_CONSOLE_BYTES),
                                     .look_us = LOOK_US,
                                     .lie_on = FAKE_CONSOLE_QUEUES};
    the_console = console;
}

void fake_console_free(struct fake_console *console)
{
    free(console->socket.got);
}

void fake_console_come(struct fake_console *console)
{
    /* QEMU looks for the next once it has seen the last one off. */
    for (int i = 0; console->host_connected; i++) {
        if (i == 10000) {
            fprintf(stderr, "fake console: the last client stays for ever\n");
            abort();
        }
        fake_console_run(console);
    }
    console->socket.sends_bytes = 0;
    console->socket.goes_with_bytes = 0;
    console->socket.got_bytes = 0;
    console->socket.room = FAKE_CONSOLE_BYTES;
    console->socket.gone = false;
    console->host_connected = true;
    tell(console, PORT_OPEN, 1, "");
}

void fake_console_send(struct fake_console *console, const void *bytes, size_t size)
{
    console->socket.sends = bytes;
    console->socket.sends_bytes = size;
}

void fake_console_go(struct fake_console *console)
{
    console->socket.gone = true;
}
