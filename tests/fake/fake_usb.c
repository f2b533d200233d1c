/* SPDX-License-Identifier: MIT */
#include "tests/fake/fake_usb.h"

#include <stdlib.h>
#include <string.h>

static struct fake_usb *of(struct usb_host *host)
{
    return CONTAINER_OF(host, struct fake_usb, host);
}

static void need(bool given)
{
    if (!given) {
        abort();
    }
}

static void plug(struct usb_host *host)
{
    of(host)->plugs++;
}

static void unplug(struct usb_host *host)
{
    of(host)->unplugs++;
}

static void in_done(struct usb_host *host, uint64_t id, enum usb_status status, struct slice data)
{
    struct fake_usb *usb = of(host);

    need(data.size <= FAKE_USB_BYTES_MAX);
    usb->in_ended = true;
    usb->in_id = id;
    usb->in_status = status;
    if (data.size != 0) {
        memcpy(usb->data, data.data, data.size);
    }
    usb->size = data.size;
    usb->data[data.size] = '\0';
}

static void out_done(struct usb_host *host, uint64_t id, enum usb_status status, size_t size)
{
    struct fake_usb *usb = of(host);

    usb->out_ended = true;
    usb->out_id = id;
    usb->out_status = status;
    usb->out_size = size;
}

static const struct usb_host_ops host_ops = {
    .plug = plug, .unplug = unplug, .in_done = in_done, .out_done = out_done};

void fake_usb_init(struct fake_usb *usb, enum usb_mode mode, const struct edl_account *account)
{
    memset(usb, 0, sizeof *usb);
    usb->host.ops = &host_ops;
    need(device_init(&usb->device, account));
    device_set_mode(&usb->device, mode);
    need(device_take(&usb->device, &usb->host));
    usb->device.stream.redial = false;
}

void fake_usb_free(struct fake_usb *usb)
{
    device_free(&usb->device);
}

uint64_t fake_usb_ask(struct fake_usb *usb, size_t size)
{
    usb->in_ended = false;
    device_in(&usb->device, ++usb->last_id, size);
    return usb->last_id;
}

uint64_t fake_usb_send(struct fake_usb *usb, struct slice data)
{
    /* of exactly its size, so that the sanitizer sees a step too far */
    uint8_t *copy = malloc(data.size != 0 ? data.size : 1);

    need(copy != NULL);
    if (data.size != 0) {
        memcpy(copy, data.data, data.size);
    }
    usb->out_ended = false;
    device_out(&usb->device, ++usb->last_id, slice_of(copy, data.size));
    free(copy);
    return usb->last_id;
}

uint64_t fake_usb_send_text(struct fake_usb *usb, const char *text)
{
    return fake_usb_send(usb, slice_of(text, strlen(text)));
}

const char *fake_usb_read(struct fake_usb *usb, size_t size)
{
    uint64_t id = fake_usb_ask(usb, size);

    if (!usb->in_ended) {
        need(device_cancel(&usb->device, id));
        return "(waiting)";
    }
    return (const char *)usb->data;
}

struct slice fake_usb_at_phone(struct fake_usb *usb)
{
    return queue_slice(&usb->device.stream.to_phone);
}

void fake_usb_phone_takes(struct fake_usb *usb, size_t size)
{
    queue_drop(&usb->device.stream.to_phone, size);
    device_moved(&usb->device);
}

void fake_usb_phone_says(struct fake_usb *usb, struct slice bytes)
{
    need(queue_put(&usb->device.stream.from_phone, bytes));
    device_moved(&usb->device);
}

bool fake_usb_redialled(struct fake_usb *usb)
{
    bool redial = usb->device.stream.redial;

    usb->device.stream.redial = false;
    return redial;
}
