/* SPDX-License-Identifier: MIT */
/*
 * The phone's disk: virtio-blk. Virtio 1.1, chapter 5.2. One request at a time.
 *
 * QEMU: -drive if=none,id=disk,... -device virtio-blk-device,drive=disk
 */
#ifndef DRIVER_VIRTIO_BLK_H
#define DRIVER_VIRTIO_BLK_H

#include "driver/virtio.h"
#include "iface/block.h"

struct virtio_blk {
    struct block block;
    struct virtio_device device;
    struct virtqueue queue;
    uint8_t *request; /* header and status byte, in DMA memory */
    struct span reachable; /* the memory that the device can read and write */
    bool can_flush;
};

#define VIRTIO_BLK_DMA_BYTES (2 * 4096)

/* `dma` is VIRTIO_BLK_DMA_BYTES, aligned to 4096. */
NODISCARD enum err virtio_blk_init(struct virtio_blk *disk, const struct virtio_device *device,
                                   uint8_t *dma, struct span reachable);

#endif
