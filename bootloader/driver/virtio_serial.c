/* SPDX-License-Identifier: MIT */
/* Ports of a virtio console: the handshake over the control queues, then plain streams. */
#include "driver/virtio_serial.h"

#include "arch/cpu.h"

#include <string.h>

#define FEATURE_MULTIPORT (1u << 1)
#define CONFIG_MAX_PORTS  4

#define CONTROL_DEVICE_READY 0
#define CONTROL_PORT_ADD     1
#define CONTROL_PORT_READY   3
#define CONTROL_PORT_OPEN    6
#define CONTROL_PORT_NAME    7

#define CONTROL_HEAD_BYTES    8 /* id 32, event 16, value 16; little endian */
#define CONTROL_MESSAGE_BYTES 128

#define QUEUE_CONTROL_RECEIVE  2
#define QUEUE_CONTROL_TRANSMIT 3

#define SETUP_TIMEOUT_US   50000 /* only a port without a name takes so long */
#define CONTROL_TIMEOUT_US 1000000
#define SEND_TIMEOUT_US    1000000 /* a host that does not read for so long loses what follows */

/* So many that are full and not read: the host is too far ahead. */
#define FULL_BUFFERS_MAX (VIRTIO_SERIAL_BUFFERS * 3 / 4)

static struct virtio_serial_port *self(struct link *link)
{
    return CONTAINER_OF(link, struct virtio_serial_port, link);
}

static void offer_control_buffer(struct virtio_serial *serial, uint16_t head)
{
    struct virtio_buffer buffer = {serial->control_in + (size_t)head * CONTROL_MESSAGE_BYTES,
                                   CONTROL_MESSAGE_BYTES, true};

    virtqueue_add(&serial->control_receive, head, &buffer, 1);
}

static enum err send_control(struct virtio_serial *serial, uint32_t id, uint16_t event,
                             uint16_t value)
{
    struct virtio_buffer buffer = {serial->control_out, CONTROL_HEAD_BYTES, false};
    uint16_t head;
    uint32_t bytes;

    put_le32(serial->control_out, id);
    put_le16(serial->control_out + 4, event);
    put_le16(serial->control_out + 6, value);
    virtqueue_add(&serial->control_transmit, 0, &buffer, 1);
    return virtqueue_wait(&serial->control_transmit, CONTROL_TIMEOUT_US, &head, &bytes);
}

static struct virtio_serial_port *port_with_id(struct virtio_serial *serial, uint32_t id)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        if (serial->ports[i].id == id && id != 0) {
            return &serial->ports[i];
        }
    }
    return NULL;
}

static void put_receive_buffer(struct virtio_serial_port *port, uint16_t head)
{
    struct virtio_buffer buffer = {port->receive_buffers + (size_t)head * VIRTIO_SERIAL_BUFFER_BYTES,
                                   VIRTIO_SERIAL_BUFFER_BYTES, true};

    virtqueue_put(&port->receive, head, &buffer, 1);
}

/* The queues of port n (not 0) begin at 2 n + 2: receive, transmit. */
static enum err find_port(struct virtio_serial *serial, uint32_t id, const char *name,
                          size_t name_bytes)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        struct virtio_serial_port *port = &serial->ports[i];

        if (port->id == 0 && strlen(port->name) == name_bytes &&
            memcmp(port->name, name, name_bytes) == 0) {
            TRY(virtqueue_init(&port->receive, &serial->device, 2 * id + 2, VIRTIO_SERIAL_BUFFERS,
                               port->receive.room));
            TRY(virtqueue_init(&port->transmit, &serial->device, 2 * id + 3, VIRTQUEUE_SIZE,
                               port->transmit.room));
            port->id = id;
            return OK;
        }
    }
    return OK;
}

static enum err open_port(struct virtio_serial_port *port)
{
    if (port->id == 0) {
        return E_LINK_CLOSED;
    }
    if (port->open) {
        return OK;
    }
    for (uint16_t head = 0; head < VIRTIO_SERIAL_BUFFERS; head++) {
        put_receive_buffer(port, head);
    }
    virtqueue_notify(&port->receive);
    port->open = true;
    return send_control(port->serial, port->id, CONTROL_PORT_OPEN, 1);
}

/* Whatever was being sent when the host closed the port is lost. */
static void host_changed(struct virtio_serial_port *port, bool open)
{
    port->host_open = open;
    if (!open) {
        port->sending = false;
        port->overrun = false;
    }
    /* Odd is open: an event that says what is known already counts for nothing. */
    if ((port->changes % 2 != 0) != open) {
        port->changes++;
    }
}

static enum err handle_control(struct virtio_serial *serial, const uint8_t *message, size_t size)
{
    uint32_t id = le32(message);
    struct virtio_serial_port *port = port_with_id(serial, id);

    switch (le16(message + 4)) {
    case CONTROL_PORT_ADD:
        serial->ports_told++;
        return send_control(serial, id, CONTROL_PORT_READY, 1);
    case CONTROL_PORT_NAME:
        /* QEMU counts the NUL as part of the message. */
        serial->names_told++;
        return find_port(serial, id, (const char *)message + CONTROL_HEAD_BYTES,
                         strnlen((const char *)message + CONTROL_HEAD_BYTES,
                                 size - CONTROL_HEAD_BYTES));
    case CONTROL_PORT_OPEN:
        if (port != NULL) {
            host_changed(port, le16(message + 6) != 0);
        }
        return OK;
    default:
        return OK;
    }
}

/* Takes one control message if there is one. */
static enum err poll_control(struct virtio_serial *serial, bool *out_took)
{
    uint8_t message[CONTROL_MESSAGE_BYTES];
    uint16_t head;
    uint32_t bytes;

    TRY(virtqueue_take(&serial->control_receive, out_took, &head, &bytes));
    if (!*out_took) {
        return OK;
    }
    if (bytes < CONTROL_HEAD_BYTES || bytes > CONTROL_MESSAGE_BYTES) {
        offer_control_buffer(serial, head);
        return E_VIRTIO_DEVICE;
    }
    memcpy(message, serial->control_in + (size_t)head * CONTROL_MESSAGE_BYTES, bytes);
    offer_control_buffer(serial, head);
    return handle_control(serial, message, bytes);
}

/*
 * The device has lost what it had no buffer for. Told that a port is ready, it says again whether the
 * host has it open.
 */
static enum err ask_again(struct virtio_serial *serial)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        struct virtio_serial_port *port = &serial->ports[i];

        if (port->id != 0) {
            host_changed(port, false);
            TRY(send_control(serial, port->id, CONTROL_PORT_READY, 1));
        }
    }
    return OK;
}

static enum err take_control(struct virtio_serial *serial)
{
    bool lost = virtqueue_waiting(&serial->control_receive) == VIRTIO_SERIAL_EVENTS;
    bool took = true;

    /* As many as the queue holds: a device that never stops telling does not hold the phone. */
    for (int i = 0; i < VIRTIO_SERIAL_EVENTS && took; i++) {
        TRY(poll_control(serial, &took));
    }
    return lost ? ask_again(serial) : OK;
}

/* The next buffer that the device has filled, if there is one. */
static enum err next_buffer(struct virtio_serial_port *port, bool *out_have)
{
    uint32_t bytes;

    if (port->received_bytes != 0) {
        *out_have = true;
        return OK;
    }
    TRY(virtqueue_take(&port->receive, out_have, &port->received_head, &bytes));
    if (*out_have) {
        port->received_bytes = bytes <= VIRTIO_SERIAL_BUFFER_BYTES ? bytes : 0;
        port->received = port->receive_buffers +
                         (size_t)port->received_head * VIRTIO_SERIAL_BUFFER_BYTES;
    }
    return OK;
}

/* Gives it back once it is read. A device that has run out is told at once. */
static void end_buffer(struct virtio_serial_port *port)
{
    put_receive_buffer(port, port->received_head);
    port->to_return++;
    if (port->to_return >= VIRTIO_SERIAL_BUFFERS / 4) {
        port->to_return = 0;
        virtqueue_notify(&port->receive);
    }
}

/* Sees to it that the device has buffers to receive into. */
static enum err hear_floods(struct virtio_serial_port *port)
{
    bool have = true;

    if (virtqueue_waiting(&port->receive) >= FULL_BUFFERS_MAX) {
        port->overrun = true;
    }
    for (int i = 0; port->overrun && i < VIRTIO_SERIAL_BUFFERS && have; i++) {
        TRY(next_buffer(port, &have));
        if (have) {
            port->received_bytes = 0;
            end_buffer(port);
        }
    }
    return OK;
}

static enum err serial_read(struct link *link, struct span room, size_t *out_count)
{
    struct virtio_serial_port *port = self(link);

    *out_count = 0;
    TRY(open_port(port));
    TRY(take_control(port->serial));
    if (port->overrun) {
        TRY(hear_floods(port));
        return E_LINK_CLOSED;
    }
    while (*out_count != room.size) {
        size_t count = room.size - *out_count;
        bool have;

        TRY(next_buffer(port, &have));
        if (!have) {
            break;
        }
        count = count < port->received_bytes ? count : port->received_bytes;
        memcpy(room.data + *out_count, port->received, count);
        *out_count += count;
        port->received += count;
        port->received_bytes -= count;
        if (port->received_bytes == 0) {
            end_buffer(port);
        }
    }
    return *out_count != 0 || port->host_open ? OK : E_LINK_CLOSED;
}

static uint32_t serial_changes(struct link *link)
{
    struct virtio_serial_port *port = self(link);

    if (open_port(port) != OK || take_control(port->serial) != OK) {
        return 0;
    }
    return port->changes;
}

/* Others may come back that were taken for lost. */
static enum err take_sent(struct virtio_serial_port *port)
{
    bool done = true;

    for (int i = 0; i < VIRTQUEUE_SIZE && done; i++) {
        uint16_t head;
        uint32_t bytes;

        TRY(virtqueue_take(&port->transmit, &done, &head, &bytes));
        if (done && head == port->send_head) {
            port->sending = false;
        }
    }
    return OK;
}

/* The one send buffer comes back when the host has read it, or has closed the port. */
static enum err wait_for_send_buffer(struct virtio_serial_port *port)
{
    uint64_t end_us = cpu_now_us() + (port->host_open ? SEND_TIMEOUT_US : 0);

    for (;;) {
        TRY(take_sent(port));
        TRY(take_control(port->serial));
        if (!port->sending) {
            return OK;
        }
        TRY(hear_floods(port));
        if (cpu_now_us() > end_us) {
            port->host_open = false;
            return E_LINK_CLOSED;
        }
    }
}

static void send_buffer(struct virtio_serial_port *port, struct slice bytes)
{
    struct virtio_buffer buffer = {port->send_buffer, (uint32_t)bytes.size, false};

    memcpy(port->send_buffer, bytes.data, bytes.size);
    port->send_head = (port->send_head + 1) % VIRTQUEUE_SIZE;
    port->sending = true;
    virtqueue_add(&port->transmit, port->send_head, &buffer, 1);
}

/* What is left when the host's end changes hands is not for the next one. */
static enum err serial_write(struct link *link, struct slice bytes)
{
    struct virtio_serial_port *port = self(link);
    uint32_t changes;

    TRY(open_port(port));
    TRY(take_control(port->serial));
    changes = port->changes;
    do {
        size_t count =
            bytes.size < VIRTIO_SERIAL_BUFFER_BYTES ? bytes.size : VIRTIO_SERIAL_BUFFER_BYTES;

        TRY(wait_for_send_buffer(port));
        TRY(hear_floods(port));
        if (port->changes != changes || port->overrun) {
            return E_LINK_CLOSED;
        }
        if (count != 0) {
            send_buffer(port, slice_of(bytes.data, count));
        }
        bytes = slice_of(bytes.data + count, bytes.size - count);
    } while (bytes.size != 0);
    TRY(wait_for_send_buffer(port));
    return port->changes == changes ? OK : E_LINK_CLOSED;
}

static const struct link_ops ops = {
    .write = serial_write,
    .read = serial_read,
    .changes = serial_changes,
};

static void give_port_memory(struct virtio_serial_port *port, uint8_t *dma)
{
    port->receive.room = dma;
    port->transmit.room = dma + VIRTQUEUE_ROOM_BYTES;
    port->send_buffer = dma + 2 * VIRTQUEUE_ROOM_BYTES;
    port->receive_buffers = port->send_buffer + VIRTIO_SERIAL_BUFFER_BYTES;
}

static void name_ports(struct virtio_serial *serial, uint8_t *dma, const char *const *names,
                       size_t count)
{
    serial->port_count = count < VIRTIO_SERIAL_PORTS_MAX ? count : VIRTIO_SERIAL_PORTS_MAX;
    for (size_t i = 0; i < serial->port_count; i++) {
        struct virtio_serial_port *port = &serial->ports[i];

        *port = (struct virtio_serial_port){.link.ops = &ops, .serial = serial, .name = names[i]};
        give_port_memory(port, dma + i * VIRTIO_SERIAL_PORT_DMA_BYTES);
    }
}

static bool all_ports_found(const struct virtio_serial *serial)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        if (serial->ports[i].id == 0) {
            return false;
        }
    }
    return true;
}

/*
 * The device tells its ports one after the other, each with its name. A port that it lacks never
 * comes: when all that it told have their names, and nothing more is waiting, that was all.
 */
static enum err find_ports(struct virtio_serial *serial)
{
    uint64_t end_us = cpu_now_us() + SETUP_TIMEOUT_US;

    while (!all_ports_found(serial) && cpu_now_us() < end_us) {
        bool took;

        TRY(poll_control(serial, &took));
        if (!took && serial->ports_told != 0 && serial->names_told == serial->ports_told) {
            break;
        }
    }
    return OK;
}

enum err virtio_serial_init(struct virtio_serial *serial, const struct virtio_device *device,
                            uint8_t *dma, const char *const *names, size_t count)
{
    uint32_t features;

    *serial = (struct virtio_serial){.device = *device};
    TRY(virtio_start(device, FEATURE_MULTIPORT, &features));
    if (features != FEATURE_MULTIPORT) {
        return E_VIRTIO_FEATURES;
    }
    TRY(virtqueue_init(&serial->control_receive, device, QUEUE_CONTROL_RECEIVE,
                       VIRTIO_SERIAL_EVENTS, dma));
    TRY(virtqueue_init(&serial->control_transmit, device, QUEUE_CONTROL_TRANSMIT, VIRTQUEUE_SIZE,
                       dma + VIRTQUEUE_ROOM_BYTES));
    serial->control_in = dma + 2 * VIRTQUEUE_ROOM_BYTES;
    serial->control_out = serial->control_in + 4096;
    name_ports(serial, serial->control_out + 4096, names, count);
    virtio_ready(device);
    for (uint16_t head = 0; head < VIRTIO_SERIAL_EVENTS; head++) {
        offer_control_buffer(serial, head);
    }
    TRY(send_control(serial, 0, CONTROL_DEVICE_READY, 1));

    return find_ports(serial);
}

struct link *virtio_serial_link(struct virtio_serial *serial, const char *name)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        if (strcmp(serial->ports[i].name, name) == 0) {
            return &serial->ports[i].link;
        }
    }
    return NULL;
}
