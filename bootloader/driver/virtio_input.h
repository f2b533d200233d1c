/* SPDX-License-Identifier: MIT */
/*
 * The phone's keys: a virtio keyboard. Virtio 1.2, chapter 5.8 (first in QEMU's own header).
 *
 * QEMU: -device virtio-keyboard-device
 *
 * Polled. What the device writes is checked: a length that is no event is ignored, an id that it
 * never had ends the device. A device that floods gets a bounded number of looks a call.
 */
#ifndef DRIVER_VIRTIO_INPUT_H
#define DRIVER_VIRTIO_INPUT_H

#include "driver/key_events.h"
#include "driver/virtio.h"

#define VIRTIO_INPUT_DMA_BYTES (VIRTQUEUE_ROOM_BYTES + 4096)

struct virtio_input {
    struct keys keys;
    struct virtio_device device;
    struct virtqueue queue;
    uint8_t *buffers; /* VIRTQUEUE_SIZE events */
    bool broken;
    struct key_events events;
};

/* `dma` is VIRTIO_INPUT_DMA_BYTES of memory that the device reaches, aligned to 4096. */
NODISCARD enum err virtio_input_init(struct virtio_input *input, const struct virtio_device *device,
                                     uint8_t *dma);

#endif
