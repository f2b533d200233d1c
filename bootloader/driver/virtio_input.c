/* SPDX-License-Identifier: MIT */
/*
 * A virtio keyboard: the event queue, whose buffers go back to the device as soon as they are read.
 */
#include "driver/virtio_input.h"

#include <string.h>

#define LOOKS_MAX (4 * VIRTQUEUE_SIZE) /* a call */

static void offer(struct virtio_input *input, uint16_t head)
{
    struct virtio_buffer buffer = {input->buffers + (size_t)head * KEY_EVENT_BYTES, KEY_EVENT_BYTES,
                                   true};

    virtqueue_add(&input->queue, head, &buffer, 1);
}

static void poll(struct virtio_input *input)
{
    for (int i = 0; i < LOOKS_MAX && !input->broken; i++) {
        uint8_t event[KEY_EVENT_BYTES];
        uint16_t head;
        uint32_t bytes;
        bool done;

        if (virtqueue_take(&input->queue, &done, &head, &bytes) != OK) {
            input->broken = true;
            virtio_reset(&input->device);
            return;
        }
        if (!done) {
            return;
        }
        memcpy(event, input->buffers + (size_t)head * KEY_EVENT_BYTES, sizeof event);
        offer(input, head);
        if (bytes == KEY_EVENT_BYTES) {
            key_events_take(&input->events, event);
        }
    }
}

static enum key input_pressed(struct keys *keys)
{
    struct virtio_input *input = CONTAINER_OF(keys, struct virtio_input, keys);

    poll(input);
    return key_events_pressed(&input->events);
}

static void input_forget(struct keys *keys)
{
    struct virtio_input *input = CONTAINER_OF(keys, struct virtio_input, keys);

    poll(input);
    key_events_forget(&input->events);
}

static bool input_held(struct keys *keys, enum key key)
{
    struct virtio_input *input = CONTAINER_OF(keys, struct virtio_input, keys);

    poll(input);
    return key_events_held(&input->events, key);
}

enum err virtio_input_init(struct virtio_input *input, const struct virtio_device *device,
                           uint8_t *dma)
{
    static const struct keys_ops ops = {
        .pressed = input_pressed, .forget = input_forget, .held = input_held};
    uint32_t features;

    *input = (struct virtio_input){.keys = {.ops = &ops}, .device = *device};
    TRY(virtio_start(device, 0, &features));
    TRY(virtqueue_init(&input->queue, device, 0, VIRTQUEUE_SIZE, dma));
    input->buffers = dma + VIRTQUEUE_ROOM_BYTES;
    virtio_ready(device);
    for (uint16_t head = 0; head < VIRTQUEUE_SIZE; head++) {
        offer(input, head);
    }
    return OK;
}
