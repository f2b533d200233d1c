/* SPDX-License-Identifier: MIT */
/*
 * Virtio over MMIO, modern (version 2), with split queues, polled; an interrupt only ends a rest of
 * the processor. Virtio 1.1, chapters 2.6 and 4.2.
 *
 * QEMU: -global virtio-mmio.force-legacy=false -device virtio-...-device
 *
 * Rings and buffers must lie where the device can reach them: in normal memory, never in the secure
 * RAM. What the device writes back (ids, lengths) is checked before it is used.
 */
#ifndef DRIVER_VIRTIO_H
#define DRIVER_VIRTIO_H

#include "base/bytes.h"

#define VIRTIO_ID_BLOCK   2
#define VIRTIO_ID_CONSOLE 3
#define VIRTIO_ID_INPUT   18

#define VIRTQUEUE_SIZE       8    /* descriptors in a queue, where nothing wants more */
#define VIRTQUEUE_SIZE_MAX   64   /* what almost every queue of QEMU allows */
#define VIRTQUEUE_ROOM_BYTES 4096 /* what one queue takes of the DMA memory */

struct virtio_device {
    uintptr_t base;
    uint32_t id;
};

struct virtqueue {
    uintptr_t device_base;
    uint32_t index;
    uint16_t size; /* descriptors */
    uint8_t *room; /* descriptors, available ring, used ring */
    uint16_t next_available;
    uint16_t next_used;
};

/* One piece of a request: memory that the device reads, or writes. */
struct virtio_buffer {
    void *data;
    uint32_t size;
    bool device_writes;
};

/*
 * Looks at one slot. E_VIRTIO_ABSENT: nothing there, or a legacy device; out_device->id says which
 * device otherwise.
 */
NODISCARD enum err virtio_probe(uintptr_t base, struct virtio_device *out_device);

/*
 * Resets the device and agrees on VIRTIO_F_VERSION_1 and those of `wanted` (feature bits 0 to 31)
 * that it has. Queues follow, then virtio_ready.
 */
NODISCARD enum err virtio_start(const struct virtio_device *device, uint32_t wanted,
                                uint32_t *out_features);
void virtio_ready(const struct virtio_device *device);

/* The interrupt of what the device has done so far is over; before it is looked at. */
void virtio_acknowledge(const struct virtio_device *device);

/* Ends everything: the device forgets its queues and never writes to memory again. */
void virtio_reset(const struct virtio_device *device);

/*
 * Sets up queue `index` of `size` descriptors (a power of two, VIRTQUEUE_SIZE_MAX at most) in
 * `room` (VIRTQUEUE_ROOM_BYTES, aligned to 4096). E_VIRTIO_QUEUE: the device's is shorter.
 */
NODISCARD enum err virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                                  uint32_t index, uint16_t size, void *room);

/* Hands over a chain of `count` buffers, beginning at descriptor `head`, and tells the device. */
void virtqueue_add(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                   size_t count);

/* The two halves of it, to hand over several chains with one notice: put each, then notify. */
void virtqueue_put(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                   size_t count);
void virtqueue_notify(const struct virtqueue *queue);
/* Changes a chain that was put and of which the device has had no notice. */
void virtqueue_change(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                      size_t count);

/*
 * Takes one chain that the device has done with: its head and the bytes that were written.
 * E_VIRTIO_QUEUE when the device names what it never had;
 * *out_done is false when nothing is done yet.
 */
NODISCARD enum err virtqueue_take(struct virtqueue *queue, bool *out_done, uint16_t *out_head,
                                  uint32_t *out_bytes);

/* How many chains the device has done with that were not taken. */
uint16_t virtqueue_waiting(const struct virtqueue *queue);

/* Waits for one. E_VIRTIO_TIMEOUT after `timeout_us`. */
NODISCARD enum err virtqueue_wait(struct virtqueue *queue, uint64_t timeout_us, uint16_t *out_head,
                                  uint32_t *out_bytes);

/* Waits until the device is not in the middle of anything: what it began before is to be seen. */
void virtio_pause(const struct virtio_device *device);

/* Reads of the device's configuration space. */
uint32_t virtio_config32(const struct virtio_device *device, uint32_t offset);
uint64_t virtio_config64(const struct virtio_device *device, uint32_t offset);

#endif
