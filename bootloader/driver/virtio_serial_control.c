/* SPDX-License-Identifier: MIT */
/* The control queues of a virtio console. */
#include "driver/virtio_serial_control.h"

#include <string.h>

#define CONTROL_DEVICE_READY 0
#define CONTROL_PORT_ADD     1
#define CONTROL_PORT_READY   3
#define CONTROL_PORT_NAME    7

#define CONTROL_HEAD_BYTES    8 /* id 32, event 16, value 16; little endian */
#define CONTROL_MESSAGE_BYTES (VIRTIO_SERIAL_CONTROL_BYTES / VIRTIO_SERIAL_EVENTS)

#define CONTROL_TIMEOUT_US 10000000
#define SETUP_MESSAGES_MAX 256 /* three a port, and the device has 31 at most */

enum err virtio_serial_check(struct virtio_serial *serial, enum err err)
{
    if (err != OK) {
        serial->broken = true;
        virtio_reset(&serial->device);
    }
    return err;
}

static void put_control_buffer(struct virtio_serial *serial, uint16_t head)
{
    struct virtio_buffer buffer = {serial->control_in + (size_t)head * CONTROL_MESSAGE_BYTES,
                                   CONTROL_MESSAGE_BYTES, true};

    virtqueue_put(&serial->control_receive, head, &buffer, 1);
}

static void offer_control_buffer(struct virtio_serial *serial, uint16_t head)
{
    put_control_buffer(serial, head);
    virtqueue_notify(&serial->control_receive);
}

enum err virtio_serial_control_send(struct virtio_serial *serial, uint32_t id, uint16_t event,
                                    uint16_t value)
{
    struct virtio_buffer buffer = {serial->control_out, CONTROL_HEAD_BYTES, false};
    uint16_t head;
    uint32_t bytes;

    if (serial->broken) {
        return E_VIRTIO_DEVICE;
    }
    put_le32(serial->control_out, id);
    put_le16(serial->control_out + 4, event);
    put_le16(serial->control_out + 6, value);
    virtqueue_add(&serial->control_transmit, 0, &buffer, 1);
    return virtio_serial_check(
        serial, virtqueue_wait(&serial->control_transmit, CONTROL_TIMEOUT_US, &head, &bytes));
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

/* What the host has not read when it closes the port is lost, and its buffer does not come back. */
static void host_changed(struct virtio_serial_port *port, bool open)
{
    port->host_open = open;
    if (!open) {
        port->sending = port->sending == BUFFER_SENT ? BUFFER_OURS : port->sending;
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
        return virtio_serial_control_send(serial, id, CONTROL_PORT_READY, 1);
    case CONTROL_PORT_NAME:
        /* QEMU counts the NUL as part of the message. */
        return find_port(
            serial, id, (const char *)message + CONTROL_HEAD_BYTES,
            strnlen((const char *)message + CONTROL_HEAD_BYTES, size - CONTROL_HEAD_BYTES));
    case VIRTIO_SERIAL_PORT_OPEN:
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

    TRY(virtio_serial_check(serial,
                            virtqueue_take(&serial->control_receive, out_took, &head, &bytes)));
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
 * The device has lost what it had no buffer for. Told that a port is ready, it says again whether
 * the host has it open.
 */
static enum err ask_again(struct virtio_serial *serial)
{
    for (size_t i = 0; i < serial->port_count; i++) {
        struct virtio_serial_port *port = &serial->ports[i];

        if (port->id != 0) {
            host_changed(port, false);
            TRY(virtio_serial_control_send(serial, port->id, CONTROL_PORT_READY, 1));
        }
    }
    return OK;
}

enum err virtio_serial_control_take(struct virtio_serial *serial)
{
    bool lost = virtqueue_waiting(&serial->control_receive) == VIRTIO_SERIAL_EVENTS;
    bool took = true;

    if (serial->broken) {
        return E_VIRTIO_DEVICE;
    }
    /* As many as the queue holds: a device that never stops telling does not hold the phone. */
    for (int i = 0; i < VIRTIO_SERIAL_EVENTS && took; i++) {
        TRY(poll_control(serial, &took));
    }
    return lost ? ask_again(serial) : OK;
}

/*
 * QEMU gives a message back when it has said all that it has to say to it: which ports there are,
 * to "the driver is ready"; a port's name, to "this port is ready". So there is nothing to wait
 * for: a queue with nothing in it means that no more comes, on a computer however busy.
 */
static enum err find_ports(struct virtio_serial *serial)
{
    bool took = true;

    for (int i = 0; i < SETUP_MESSAGES_MAX && took; i++) {
        TRY(poll_control(serial, &took));
    }
    return OK;
}

enum err virtio_serial_control_begin(struct virtio_serial *serial)
{
    for (uint16_t head = 0; head < VIRTIO_SERIAL_EVENTS; head++) {
        put_control_buffer(serial, head);
    }
    virtqueue_notify(&serial->control_receive);
    TRY(virtio_serial_control_send(serial, 0, CONTROL_DEVICE_READY, 1));
    return find_ports(serial);
}
