/* SPDX-License-Identifier: MIT */
/*
 * The phone's byte streams to the outside: ports of one virtio console, found by their names.
 * Virtio 1.1, chapter 5.3.
 *
 * QEMU: -device virtio-serial-device -device virtserialport,chardev=...,name=lab.trace
 *
 * The host may close a port, or stop reading it: then what is written is lost (E_LINK_CLOSED) and the
 * phone goes on.
 */
#ifndef DRIVER_VIRTIO_SERIAL_H
#define DRIVER_VIRTIO_SERIAL_H

#include "driver/virtio.h"
#include "iface/link.h"

#define VIRTIO_SERIAL_PORTS_MAX    4
#define VIRTIO_SERIAL_BUFFER_BYTES 4096

struct virtio_serial_port {
    struct link link;
    struct virtio_serial *serial;
    const char *name;
    uint32_t id; /* the device's number of it; 0: not there */
    bool host_open;
    struct virtqueue transmit;
    struct virtqueue receive;
    bool sending;          /* the transmit buffer is with the device */
    uint8_t *send_buffer;
    uint8_t *receive_buffer;
    size_t received_bytes; /* waiting in receive_buffer */
    size_t received_at;
};

struct virtio_serial {
    struct virtio_device device;
    struct virtqueue control_receive;
    struct virtqueue control_transmit;
    uint8_t *control_in; /* VIRTQUEUE_SIZE messages of CONTROL_MESSAGE_BYTES */
    uint8_t *control_out;
    struct virtio_serial_port ports[VIRTIO_SERIAL_PORTS_MAX];
    size_t port_count;
};

/* What the device and all its ports take of the DMA memory. */
#define VIRTIO_SERIAL_DMA_BYTES                                                                    \
    (2 * VIRTQUEUE_ROOM_BYTES + 2 * 4096 +                                                         \
     VIRTIO_SERIAL_PORTS_MAX * (2 * VIRTQUEUE_ROOM_BYTES + 2 * VIRTIO_SERIAL_BUFFER_BYTES))

/*
 * Opens the device and those of the `count` ports in `names` that it has. `dma` is
 * VIRTIO_SERIAL_DMA_BYTES, aligned to 4096.
 */
NODISCARD enum err virtio_serial_init(struct virtio_serial *serial, const struct virtio_device *device,
                                      uint8_t *dma, const char *const *names, size_t count);

/* The link of a port; one that the device lacks answers E_LINK_CLOSED. */
struct link *virtio_serial_link(struct virtio_serial *serial, const char *name);

#endif
