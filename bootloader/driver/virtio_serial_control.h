/* SPDX-License-Identifier: MIT */
/*
 * What a virtio console and its driver tell each other of the ports, over two queues of their own:
 * names, and who has which port open. Virtio 1.1, chapter 5.3.6.2.
 */
#ifndef DRIVER_VIRTIO_SERIAL_CONTROL_H
#define DRIVER_VIRTIO_SERIAL_CONTROL_H

#include "driver/virtio_serial_device.h"

#define VIRTIO_SERIAL_PORT_OPEN 6 /* value 1: open, 0: closed */

/*
 * What became of a queue, handed through. A device that names what it never had, or does not
 * answer, still has our memory: it is reset, and serial->broken says so.
 */
NODISCARD enum err virtio_serial_check(struct virtio_serial *serial, enum err err);

/* Asks for the ports and finds those of serial->ports that the device has. The device is ready. */
NODISCARD enum err virtio_serial_control_begin(struct virtio_serial *serial);

NODISCARD enum err virtio_serial_control_send(struct virtio_serial *serial, uint32_t id,
                                              uint16_t event, uint16_t value);

/*
 * Takes what the device has told: afterwards `changes` and `host_open` of every port
 * are up to date.
 */
NODISCARD enum err virtio_serial_control_take(struct virtio_serial *serial);

#endif
