/* SPDX-License-Identifier: MIT */
/* A virtio console and its ports, for the two halves of their driver: data, and control. */
#ifndef DRIVER_VIRTIO_SERIAL_DEVICE_H
#define DRIVER_VIRTIO_SERIAL_DEVICE_H

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

#endif
