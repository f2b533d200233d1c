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

#include "driver/virtio_serial_device.h"

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
