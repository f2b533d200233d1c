/* SPDX-License-Identifier: MIT */
/*
 * The phone's byte streams to the outside: ports of one virtio console, found by their names.
 * Virtio 1.1, chapter 5.3.
 *
 * QEMU: -device virtio-serial-device -device virtserialport,chardev=...,name=lab.trace
 *
 * A port is opened at its first use, and after a close when it is read again: until then the host's
 * bytes wait outside, for this phone or for the kernel that it starts. The host may close a port, or stop reading it: then what is
 * written is lost (E_LINK_CLOSED) and the phone goes on.
 *
 * QEMU brings a stream in pieces of 4096 bytes, each of which takes a receive buffer: so there are
 * many of them, and they go back a quarter of the ring at a time, with one notice.
 *
 * A buffer that is half sent when the host closes the port is never given back by QEMU: the close
 * event stands for it. And a port that is closed while QEMU sends on it, and cannot receive, sends
 * nothing to the next who opens it: so there are always buffers to receive into. What a host sends
 * so far ahead is dropped, until it closes the port.
 */
#ifndef DRIVER_VIRTIO_SERIAL_H
#define DRIVER_VIRTIO_SERIAL_H

#include "driver/virtio.h"
#include "iface/link.h"

#define VIRTIO_SERIAL_PORTS_MAX     4
#define VIRTIO_SERIAL_BUFFER_BYTES  4096
#define VIRTIO_SERIAL_BUFFERS       VIRTQUEUE_SIZE_MAX /* to receive into, each port */
#define VIRTIO_SERIAL_CONTROL_BYTES 4096               /* of messages, each way */
#define VIRTIO_SERIAL_EVENTS        32 /* messages that wait while the phone does something else */

enum virtio_serial_buffer {
    BUFFER_OURS = 0,
    BUFFER_OFFERED, /* in the queue, without a notice: the device does not touch it but to throw it
                       out */
    BUFFER_SENT,    /* with the device until the host has read it */
};

struct virtio_serial_port {
    struct link link;
    struct virtio_serial *serial;
    const char *name;
    uint32_t id; /* the device's number of it; 0: not there */
    bool open;   /* from this side */
    bool primed; /* the device has buffers to receive into */
    bool host_open;
    uint32_t changes; /* how often the host has opened and closed it */
    struct virtqueue transmit;
    struct virtqueue receive;
    enum virtio_serial_buffer sending;
    uint16_t send_head; /* its descriptor; each time another */
    uint8_t *send_buffer;
    bool overrun;             /* the host sends too far ahead: what comes is dropped */
    uint8_t *receive_buffers; /* VIRTIO_SERIAL_BUFFERS of VIRTIO_SERIAL_BUFFER_BYTES */
    const uint8_t *received;  /* what is left of the buffer that is being read */
    size_t received_bytes;
    uint16_t received_head;
    unsigned to_return; /* buffers that were put back and that the device has no notice of */
};

struct virtio_serial {
    struct virtio_device device;
    struct virtqueue control_receive;
    struct virtqueue control_transmit;
    uint8_t *control_in; /* VIRTIO_SERIAL_EVENTS messages */
    uint8_t *control_out;
    bool broken; /* it lied, or fell silent, and was reset: every link is closed for good */
    struct virtio_serial_port ports[VIRTIO_SERIAL_PORTS_MAX];
    size_t port_count;
};

/* What the device and all its ports take of the DMA memory. */
#define VIRTIO_SERIAL_DMA_BYTES                                                                    \
    (2 * VIRTQUEUE_ROOM_BYTES + 2 * VIRTIO_SERIAL_CONTROL_BYTES +                                  \
     VIRTIO_SERIAL_PORTS_MAX * VIRTIO_SERIAL_PORT_DMA_BYTES)
#define VIRTIO_SERIAL_PORT_DMA_BYTES                                                               \
    (2 * VIRTQUEUE_ROOM_BYTES + (1 + VIRTIO_SERIAL_BUFFERS) * VIRTIO_SERIAL_BUFFER_BYTES)

/*
 * Starts the device and finds those of the `count` ports in `names` that it has. `dma` is
 * VIRTIO_SERIAL_DMA_BYTES, aligned to 4096.
 */
NODISCARD enum err virtio_serial_init(struct virtio_serial *serial,
                                      const struct virtio_device *device, uint8_t *dma,
                                      const char *const *names, size_t count);

/* The link of a port; one that the device lacks answers E_LINK_CLOSED. */
struct link *virtio_serial_link(struct virtio_serial *serial, const char *name);

#endif
