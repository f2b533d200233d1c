/* SPDX-License-Identifier: MIT */
/* Ports of a virtio console: the streams. */
#include "driver/virtio_serial.h"

#include "driver/deadline.h"
#include "driver/virtio_serial_control.h"

#include <string.h>

#define FEATURE_MULTIPORT (1u << 1)

#define QUEUE_CONTROL_RECEIVE  2
#define QUEUE_CONTROL_TRANSMIT 3

#define SEND_TIMEOUT_US 1000000 /* a host that does not read for so long loses what follows */

/* So many that are full and not read: the host is too far ahead. */
#define FULL_BUFFERS_MAX (VIRTIO_SERIAL_BUFFERS * 3 / 4)

static struct virtio_serial_port *self(struct link *link)
{
    return CONTAINER_OF(link, struct virtio_serial_port, link);
}

static void put_receive_buffer(struct virtio_serial_port *port, uint16_t head)
{
    struct virtio_buffer buffer = {port->receive_buffers +
                                       (size_t)head * VIRTIO_SERIAL_BUFFER_BYTES,
                                   VIRTIO_SERIAL_BUFFER_BYTES, true};

    virtqueue_put(&port->receive, head, &buffer, 1);
}

static void prime(struct virtio_serial_port *port)
{
    for (uint16_t head = 0; head < VIRTIO_SERIAL_BUFFERS; head++) {
        put_receive_buffer(port, head);
    }
    virtqueue_notify(&port->receive);
    port->primed = true;
}

static enum err open_port(struct virtio_serial_port *port)
{
    if (port->id == 0 || port->serial->broken) {
        return E_LINK_CLOSED;
    }
    if (port->open) {
        return OK;
    }
    if (!port->primed) {
        prime(port);
    }
    port->open = true;
    return virtio_serial_control_send(port->serial, port->id, VIRTIO_SERIAL_PORT_OPEN, 1);
}

/* What is to be sent does not open a port again that was closed: it is taken as it is. */
static enum err open_to_write(struct virtio_serial_port *port)
{
    return port->primed && !port->serial->broken ? OK : open_port(port);
}

static enum err serial_close(struct link *link)
{
    struct virtio_serial_port *port = self(link);

    if (!port->open) {
        return OK;
    }
    port->open = false;
    return virtio_serial_control_send(port->serial, port->id, VIRTIO_SERIAL_PORT_OPEN, 0);
}

/* The next buffer that the device has filled, if there is one. */
static enum err next_buffer(struct virtio_serial_port *port, bool *out_have)
{
    uint32_t bytes;

    if (port->received_bytes != 0) {
        *out_have = true;
        return OK;
    }
    TRY(virtio_serial_check(
        port->serial, virtqueue_take(&port->receive, out_have, &port->received_head, &bytes)));
    if (*out_have) {
        if (bytes > VIRTIO_SERIAL_BUFFER_BYTES) {
            return virtio_serial_check(port->serial, E_VIRTIO_DEVICE);
        }
        port->received_bytes = bytes;
        port->received =
            port->receive_buffers + (size_t)port->received_head * VIRTIO_SERIAL_BUFFER_BYTES;
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

/* Buffers that the host has filled and nobody has read. */
static unsigned full_buffers(const struct virtio_serial_port *port)
{
    return virtqueue_waiting(&port->receive) + (port->received_bytes != 0 ? 1 : 0);
}

/*
 * Takes the control messages, and sees to it that the device has buffers to receive into: `full` is
 * how many were not free before. What is dropped was there before the messages were looked at: of
 * the next host nothing, as the last one's end is told first.
 */
static enum err look_around(struct virtio_serial_port *port, uint32_t reader, unsigned full)
{
    if (port->changes == reader && full >= FULL_BUFFERS_MAX) {
        port->overrun = true;
    }
    TRY(virtio_serial_control_take(port->serial));
    for (; port->overrun && full != 0; full--) {
        bool have;

        TRY(next_buffer(port, &have));
        port->received_bytes = 0;
        if (!have) {
            break;
        }
        end_buffer(port);
    }
    return OK;
}

static enum err serial_read(struct link *link, struct span room, size_t *out_count)
{
    struct virtio_serial_port *port = self(link);

    *out_count = 0;
    TRY(open_port(port));
    TRY(port->overrun ? look_around(port, port->changes, full_buffers(port))
                      : virtio_serial_control_take(port->serial));
    while (*out_count != room.size && !port->overrun) {
        size_t count = room.size - *out_count;
        bool have;

        TRY(next_buffer(port, &have));
        if (!have) {
            break;
        }
        count = MIN(count, port->received_bytes);
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

    if (open_port(port) != OK || virtio_serial_control_take(port->serial) != OK) {
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

        TRY(virtio_serial_check(port->serial,
                                virtqueue_take(&port->transmit, &done, &head, &bytes)));
        if (done && head == port->send_head) {
            port->sending = BUFFER_OURS;
        }
    }
    return OK;
}

/* The one send buffer comes back when the host has read it, or has closed the port. */
static enum err wait_for_send_buffer(struct virtio_serial_port *port, uint32_t reader)
{
    struct deadline deadline = deadline_in(port->host_open ? SEND_TIMEOUT_US : 0);

    for (;;) {
        unsigned full = full_buffers(port);

        /* Asked after the counting: what comes in answer to what was sent is no flood. */
        TRY(take_sent(port));
        if (port->sending != BUFFER_SENT) {
            return virtio_serial_control_take(port->serial);
        }
        TRY(look_around(port, reader, full));
        if (deadline_is_over(&deadline)) {
            port->host_open = false;
            return E_LINK_CLOSED;
        }
    }
}

static void offer_send_buffer(struct virtio_serial_port *port, struct slice bytes)
{
    struct virtio_buffer buffer = {port->send_buffer, (uint32_t)bytes.size, false};

    memcpy(port->send_buffer, bytes.data, bytes.size);
    if (port->sending == BUFFER_OFFERED) {
        virtqueue_change(&port->transmit, port->send_head, &buffer, 1);
        return;
    }
    port->send_head = (port->send_head + 1) % VIRTQUEUE_SIZE;
    port->sending = BUFFER_OFFERED;
    virtqueue_put(&port->transmit, port->send_head, &buffer, 1);
}

/*
 * Sends one buffer to `reader` and nobody else. The device throws out what is offered when the host
 * closes the port. So: offer, let it finish what it is doing, look whether the port was closed
 * before, and only then give notice. An offer to one who has gone is changed into one to the next.
 */
static enum err send_piece(struct virtio_serial_port *port, uint32_t reader, struct slice bytes)
{
    TRY(wait_for_send_buffer(port, reader));
    TRY(look_around(port, reader, full_buffers(port)));
    if (port->changes != reader || port->overrun) {
        return E_LINK_CLOSED;
    }
    offer_send_buffer(port, bytes);
    virtio_pause(&port->serial->device);
    TRY(look_around(port, reader, full_buffers(port)));
    TRY(take_sent(port));
    if (port->changes != reader || port->overrun) {
        return E_LINK_CLOSED;
    }
    if (port->sending == BUFFER_OFFERED) {
        port->sending = BUFFER_SENT;
        virtqueue_notify(&port->transmit);
    }
    return OK;
}

/* What is left when the host's end changes hands is not for the next one. */
static enum err serial_write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    struct virtio_serial_port *port = self(link);

    TRY(open_to_write(port));
    while (bytes.size != 0) {
        size_t count = MIN(bytes.size, VIRTIO_SERIAL_BUFFER_BYTES);

        TRY(send_piece(port, reader, slice_of(bytes.data, count)));
        bytes = slice_of(bytes.data + count, bytes.size - count);
    }
    TRY(wait_for_send_buffer(port, reader));
    return port->changes == reader ? OK : E_LINK_CLOSED;
}

static enum err serial_write(struct link *link, struct slice bytes)
{
    return serial_write_to(link, serial_changes(link), bytes);
}

static const struct link_ops ops = {
    .write = serial_write,
    .write_to = serial_write_to,
    .read = serial_read,
    .changes = serial_changes,
    .close = serial_close,
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
    serial->port_count = MIN(count, VIRTIO_SERIAL_PORTS_MAX);
    for (size_t i = 0; i < serial->port_count; i++) {
        struct virtio_serial_port *port = &serial->ports[i];

        *port = (struct virtio_serial_port){.link.ops = &ops, .serial = serial, .name = names[i]};
        give_port_memory(port, dma + i * VIRTIO_SERIAL_PORT_DMA_BYTES);
    }
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
    serial->control_out = serial->control_in + VIRTIO_SERIAL_CONTROL_BYTES;
    name_ports(serial, serial->control_out + VIRTIO_SERIAL_CONTROL_BYTES, names, count);
    virtio_ready(device);
    return virtio_serial_control_begin(serial);
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
