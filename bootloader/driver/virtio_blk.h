/* SPDX-License-Identifier: MIT */
/*
 * The phone's disk: virtio-blk. Virtio 1.1, chapter 5.2. One request at a time.
 *
 * A device that does not answer in a minute, or answers what it was not asked (another head, fewer
 * or more bytes than the request has, no status), is reset, so that it writes to no memory any
 * more; from then on every call is E_BLOCK_IO at once.
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
    uint8_t *request;        /* header and status byte, in DMA memory */
    uint32_t expected_bytes; /* that the device writes for the request under way */
    bool broken;             /* it was reset, and is asked no more */
    struct span reachable;   /* the memory that the device can read and write */
    bool can_flush;
    uint32_t zero_sectors_max; /* in one request; 0: the device cannot do it by itself */
    uint8_t *zeros;            /* VIRTIO_BLK_ZEROS_BYTES in DMA memory, cleared when first needed */
    bool zeros_are_clear;
};

#define VIRTIO_BLK_ZEROS_BYTES (1u << 19)
#define VIRTIO_BLK_DMA_BYTES   (2 * 4096 + VIRTIO_BLK_ZEROS_BYTES)

/* `dma` is VIRTIO_BLK_DMA_BYTES, aligned to 4096. */
NODISCARD enum err virtio_blk_init(struct virtio_blk *disk, const struct virtio_device *device,
                                   uint8_t *dma, struct span reachable);

#endif
