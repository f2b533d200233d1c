/* SPDX-License-Identifier: MIT */
/* Virtio over MMIO: the transport and the split queue. */
#include "driver/virtio.h"

#include "arch/cpu.h"
#include "arch/rest.h"
#include "driver/deadline.h"

#include <string.h>

/* Registers: virtio 1.1, table 4.1. */
#define MAGIC_VALUE         0x000
#define VERSION             0x004
#define DEVICE_ID           0x008
#define DEVICE_FEATURES     0x010
#define DEVICE_FEATURES_SEL 0x014
#define DRIVER_FEATURES     0x020
#define DRIVER_FEATURES_SEL 0x024
#define QUEUE_SEL           0x030
#define QUEUE_NUM_MAX       0x034
#define QUEUE_NUM           0x038
#define QUEUE_READY         0x044
#define QUEUE_NOTIFY        0x050
#define INTERRUPT_STATUS    0x060
#define INTERRUPT_ACK       0x064
#define STATUS              0x070
#define QUEUE_DESC          0x080
#define QUEUE_DRIVER        0x090
#define QUEUE_DEVICE        0x0a0
#define CONFIG              0x100

#define MAGIC                   0x74726976u /* "virt" */
#define STATUS_ACKNOWLEDGE      1u
#define STATUS_DRIVER           2u
#define STATUS_DRIVER_OK        4u
#define STATUS_FEATURES_OK      8u
#define FEATURES_HIGH_VERSION_1 1u /* VIRTIO_F_VERSION_1 is bit 32 */

#define LOOKS 100 /* in vain, some microseconds in all, before the first rest */

#define DESC_NEXT   1u
#define DESC_WRITES 2u

/* What lies where in a queue's room. */
struct descriptor {
    uint64_t address;
    uint32_t size;
    uint16_t flags;
    uint16_t next;
};

struct available_ring {
    uint16_t flags;
    uint16_t index;
    uint16_t heads[VIRTQUEUE_SIZE_MAX];
};

struct used_ring {
    uint16_t flags;
    uint16_t index;
    struct {
        uint32_t head;
        uint32_t bytes;
    } elements[VIRTQUEUE_SIZE_MAX];
};

struct rings {
    struct descriptor descriptors[VIRTQUEUE_SIZE_MAX];
    struct available_ring available;
    struct used_ring used __attribute__((aligned(256)));
};

_Static_assert(sizeof(struct rings) <= VIRTQUEUE_ROOM_BYTES, "a queue fits its room");

enum err virtio_probe(uintptr_t base, struct virtio_device *out_device)
{
    uint32_t id;

    if (mmio_read32(base + MAGIC_VALUE) != MAGIC || mmio_read32(base + VERSION) != 2) {
        return E_VIRTIO_ABSENT;
    }
    id = mmio_read32(base + DEVICE_ID);
    if (id == 0) {
        return E_VIRTIO_ABSENT;
    }
    *out_device = (struct virtio_device){.base = base, .id = id};
    return OK;
}

void virtio_acknowledge(const struct virtio_device *device)
{
    mmio_write32(device->base + INTERRUPT_ACK, mmio_read32(device->base + INTERRUPT_STATUS));
}

void virtio_reset(const struct virtio_device *device)
{
    mmio_write32(device->base + STATUS, 0);
}

enum err virtio_start(const struct virtio_device *device, uint32_t wanted, uint32_t *out_features)
{
    uint32_t status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
    uint32_t features;

    virtio_reset(device);
    mmio_write32(device->base + STATUS, status);
    mmio_write32(device->base + DEVICE_FEATURES_SEL, 1);
    if ((mmio_read32(device->base + DEVICE_FEATURES) & FEATURES_HIGH_VERSION_1) == 0) {
        return E_VIRTIO_FEATURES;
    }
    mmio_write32(device->base + DEVICE_FEATURES_SEL, 0);
    features = mmio_read32(device->base + DEVICE_FEATURES) & wanted;
    mmio_write32(device->base + DRIVER_FEATURES_SEL, 0);
    mmio_write32(device->base + DRIVER_FEATURES, features);
    mmio_write32(device->base + DRIVER_FEATURES_SEL, 1);
    mmio_write32(device->base + DRIVER_FEATURES, FEATURES_HIGH_VERSION_1);
    mmio_write32(device->base + STATUS, status | STATUS_FEATURES_OK);
    if ((mmio_read32(device->base + STATUS) & STATUS_FEATURES_OK) == 0) {
        return E_VIRTIO_FEATURES;
    }
    *out_features = features;
    return OK;
}

void virtio_ready(const struct virtio_device *device)
{
    uint32_t status = mmio_read32(device->base + STATUS);

    mmio_write32(device->base + STATUS, status | STATUS_DRIVER_OK);
}

void virtio_pause(const struct virtio_device *device)
{
    cpu_barrier();
    (void)mmio_read32(device->base + STATUS); /* QEMU does one thing at a time */
}

uint32_t virtio_config32(const struct virtio_device *device, uint32_t offset)
{
    return mmio_read32(device->base + CONFIG + offset);
}

uint64_t virtio_config64(const struct virtio_device *device, uint32_t offset)
{
    return virtio_config32(device, offset) | (uint64_t)virtio_config32(device, offset + 4) << 32;
}

static struct rings *rings_of(const struct virtqueue *queue)
{
    return (struct rings *)(void *)queue->room;
}

static void set_address(uintptr_t reg, const volatile void *address)
{
    mmio_write32(reg, (uint32_t)(uintptr_t)address);
    mmio_write32(reg + 4, (uint32_t)((uintptr_t)address >> 32));
}

enum err virtqueue_init(struct virtqueue *queue, const struct virtio_device *device, uint32_t index,
                        uint16_t size, void *room)
{
    struct rings *rings = room;

    mmio_write32(device->base + QUEUE_SEL, index);
    if (mmio_read32(device->base + QUEUE_NUM_MAX) < size) {
        return E_VIRTIO_QUEUE;
    }
    memset(room, 0, VIRTQUEUE_ROOM_BYTES);
    *queue =
        (struct virtqueue){.device_base = device->base, .index = index, .size = size, .room = room};
    mmio_write32(device->base + QUEUE_NUM, size);
    set_address(device->base + QUEUE_DESC, rings->descriptors);
    set_address(device->base + QUEUE_DRIVER, &rings->available);
    set_address(device->base + QUEUE_DEVICE, &rings->used);
    mmio_write32(device->base + QUEUE_READY, 1);
    return OK;
}

void virtqueue_change(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                      size_t count)
{
    struct rings *rings = rings_of(queue);

    for (size_t i = 0; i < count; i++) {
        struct descriptor *descriptor = &rings->descriptors[(head + i) % queue->size];
        bool last = i + 1 == count;

        descriptor->address = (uint64_t)(uintptr_t)buffers[i].data;
        descriptor->size = buffers[i].size;
        descriptor->flags =
            (uint16_t)((last ? 0 : DESC_NEXT) | (buffers[i].device_writes ? DESC_WRITES : 0));
        descriptor->next = (uint16_t)((head + i + 1) % queue->size);
    }
}

void virtqueue_put(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                   size_t count)
{
    struct rings *rings = rings_of(queue);

    virtqueue_change(queue, head, buffers, count);
    rings->available.heads[queue->next_available % queue->size] = head;
    cpu_barrier();
    queue->next_available++;
    *(volatile uint16_t *)&rings->available.index = queue->next_available;
}

void virtqueue_notify(const struct virtqueue *queue)
{
    cpu_barrier();
    mmio_write32(queue->device_base + QUEUE_NOTIFY, queue->index);
}

void virtqueue_add(struct virtqueue *queue, uint16_t head, const struct virtio_buffer *buffers,
                   size_t count)
{
    virtqueue_put(queue, head, buffers, count);
    virtqueue_notify(queue);
}

uint16_t virtqueue_waiting(const struct virtqueue *queue)
{
    return (uint16_t)(*(volatile uint16_t *)&rings_of(queue)->used.index - queue->next_used);
}

enum err virtqueue_take(struct virtqueue *queue, bool *out_done, uint16_t *out_head,
                        uint32_t *out_bytes)
{
    struct rings *rings = rings_of(queue);
    uint32_t head;

    *out_done = virtqueue_waiting(queue) != 0;
    if (!*out_done) {
        return OK;
    }
    cpu_barrier();
    head = rings->used.elements[queue->next_used % queue->size].head;
    if (head >= queue->size) {
        return E_VIRTIO_QUEUE;
    }
    *out_head = (uint16_t)head;
    *out_bytes = rings->used.elements[queue->next_used % queue->size].bytes;
    queue->next_used++;
    return OK;
}

/*
 * What the device does at once is met by looking. For anything longer the processor rests, and the
 * computer with it: looking would take the time of those who fetch what is waited for.
 */
enum err virtqueue_wait(struct virtqueue *queue, uint64_t timeout_us, uint16_t *out_head,
                        uint32_t *out_bytes)
{
    const struct virtio_device device = {.base = queue->device_base};
    struct deadline deadline = deadline_in(timeout_us);

    for (unsigned looks = 0;; looks++) {
        bool done;

        if (looks >= LOOKS) {
            virtio_acknowledge(&device);
        }
        TRY(virtqueue_take(queue, &done, out_head, out_bytes));
        if (done) {
            return OK;
        }
        if (looks >= LOOKS) {
            if (deadline_is_over(&deadline)) {
                return E_VIRTIO_TIMEOUT;
            }
            cpu_rest_for_device(DEADLINE_LOOK_US, device.base);
        }
    }
}
