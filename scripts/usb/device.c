/* SPDX-License-Identifier: MIT */
#include "usb/device.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_BYTES       (1u << 20) /* an IN transfer is at most this long */
#define TO_PHONE_BYTES   (2u * USB_TRANSFER_BYTES_MAX)
#define FROM_PHONE_BYTES (1u << 20)
#define TAKEN_BYTES      (64u << 10) /* so little on its way counts as taken */

bool device_init(struct device *device, const struct edl_account *account)
{
    struct stream *stream = &device->stream;

    *device = (struct device){.room = malloc(ROOM_BYTES)};
    stream->to_phone = queue_of(TO_PHONE_BYTES);
    stream->held = queue_of(TO_PHONE_BYTES);
    stream->from_phone = queue_of(FROM_PHONE_BYTES);
    fastboot_function_init(&device->functions.fastboot, stream);
    adb_function_init(&device->functions.adb, stream);
    edl_function_init(&device->functions.edl, stream, account);
    return device->room != NULL;
}

void device_free(struct device *device)
{
    free(device->room);
    edl_function_free(&device->functions.edl);
    queue_free(&device->stream.to_phone);
    queue_free(&device->stream.held);
    queue_free(&device->stream.from_phone);
}

static void add(struct transfers *transfers, uint64_t id, size_t size)
{
    transfers->rows[transfers->count++] = (struct transfer){id, size};
}

static struct transfer remove_at(struct transfers *transfers, size_t at)
{
    struct transfer gone = transfers->rows[at];

    transfers->count--;
    memmove(&transfers->rows[at], &transfers->rows[at + 1],
            (transfers->count - at) * sizeof transfers->rows[0]);
    return gone;
}

static bool remove_id(struct transfers *transfers, uint64_t id)
{
    for (size_t i = 0; i < transfers->count; i++) {
        if (transfers->rows[i].id == id) {
            remove_at(transfers, i);
            return true;
        }
    }
    return false;
}

static void fail_in(struct device *device)
{
    struct usb_host *host = device->host;

    device->filled = 0;
    while (device->in.count != 0) {
        uint64_t id = remove_at(&device->in, 0).id;

        host->ops->in_done(host, id, USB_IO_ERROR, slice_of(NULL, 0));
    }
}

static void fail_out(struct device *device)
{
    struct usb_host *host = device->host;

    while (device->out.count != 0) {
        uint64_t id = remove_at(&device->out, 0).id;

        host->ops->out_done(host, id, USB_IO_ERROR, 0);
    }
}

static void forget_given(struct device *device)
{
    device->given_id = 0;
    device->returned = false;
}

static void forget_stream(struct device *device)
{
    forget_given(device);
    device->lost = false;
    if (device->function != NULL) {
        function_redial(device->function);
    }
}

static void end_in(struct device *device, size_t size)
{
    uint64_t id = remove_at(&device->in, 0).id;

    device->given_id = id;
    device->given_bytes = size;
    device->filled = 0;
    device->host->ops->in_done(device->host, id, USB_OK, slice_of(device->room, size));
}

/* Once more, or the rest of it, when this one is smaller. */
static void give_returned(struct device *device)
{
    size_t held = device->given_bytes;
    size_t size = device->in.rows[0].size < held ? device->in.rows[0].size : held;

    end_in(device, size);
    device->given_bytes = held - size;
    device->returned = held != size;
    if (device->returned) {
        memmove(device->room, device->room + size, held - size);
    }
}

static void give(struct device *device)
{
    while (device->in.count != 0 && device->returned) {
        give_returned(device);
    }
    while (device->in.count != 0) {
        size_t size = device->in.rows[0].size;
        struct span room = {device->room, MIN(size, ROOM_BYTES)};

        if (!device->function->ops->in(device->function, room, &device->filled)) {
            if (device->filled != 0) {
                forget_given(device);
            }
            return;
        }
        end_in(device, device->filled);
    }
}

static size_t on_its_way(const struct device *device)
{
    return queue_size(&device->stream.to_phone) + queue_size(&device->stream.held);
}

static void complete_out(struct device *device)
{
    struct usb_host *host = device->host;

    while (device->out.count != 0 && on_its_way(device) <= TAKEN_BYTES) {
        struct transfer done = remove_at(&device->out, 0);

        host->ops->out_done(host, done.id, USB_OK, done.size);
    }
}

void device_moved(struct device *device)
{
    if (device->function == NULL || device->host == NULL) {
        return;
    }
    if (device->function->ops->heard != NULL) {
        device->function->ops->heard(device->function);
    }
    complete_out(device);
    give(device);
}

void device_hung_up(struct device *device)
{
    if (device->function != NULL && device->host != NULL) {
        fail_out(device);
        queue_clear(&device->stream.to_phone);
        queue_clear(&device->stream.held);
        device->lost = true;
    }
}

void device_give_up(struct device *device)
{
    if (device->host != NULL) {
        forget_stream(device);
        device->stream.redial = false;
        fail_in(device);
    }
}

bool device_minds_idle(const struct device *device)
{
    return device->function != NULL && device->function->ops->idle != NULL;
}

void device_idle(struct device *device)
{
    if (device_minds_idle(device) && device->in.count == 0) {
        device->function->ops->idle(device->function);
    }
}

static struct function *function_for(struct device *device)
{
    switch (device->mode) {
    case USB_OFF:
        return NULL;
    case USB_FASTBOOT:
        return &device->functions.fastboot.function;
    case USB_ADB:
        return &device->functions.adb.function;
    case USB_EDL:
        return &device->functions.edl.function;
    }
    return NULL;
}

static void plug(struct device *device)
{
    if (device->function != NULL && device->host != NULL) {
        device->plugged = true;
        device->host->ops->plug(device->host);
    }
}

void device_set_mode(struct device *device, enum usb_mode mode)
{
    if (device->host != NULL && device->plugged) {
        struct usb_host *host = device->host;

        fail_out(device);
        fail_in(device);
        device->plugged = false;
        host->ops->unplug(host);
    }
    forget_stream(device);
    device->mode = mode;
    device->function = function_for(device);
    if (device->function != NULL) {
        device->function->ops->begin(device->function);
    }
    plug(device);
}

bool device_owes(const struct device *device)
{
    return device->plugged && device->function->ops->owes(device->function);
}

bool device_take(struct device *device, struct usb_host *host)
{
    if (device->host != NULL) {
        return false;
    }
    device->host = host;
    plug(device);
    return true;
}

void device_release(struct device *device, struct usb_host *host)
{
    if (device->host != host) {
        return;
    }
    device_reset(device);
    device->host = NULL;
    device->plugged = false;
}

enum usb_status device_control(struct device *device, const struct usb_setup *setup,
                               struct control_reply *out_reply)
{
    if (device->function == NULL) {
        out_reply->size = 0;
        return USB_STALL;
    }
    if (control_is_configuration(setup)) {
        device_reset(device);
    }
    return control_answer(identity_of(device->mode), &device->names, setup, out_reply);
}

void device_in(struct device *device, uint64_t id, size_t size)
{
    if (device->function == NULL || device->in.count == DEVICE_TRANSFERS_MAX) {
        device->host->ops->in_done(device->host, id, USB_IO_ERROR, slice_of(NULL, 0));
        return;
    }
    add(&device->in, id, size);
    give(device);
}

void device_out(struct device *device, uint64_t id, struct slice data)
{
    enum usb_status status = USB_IO_ERROR;

    device->returned = false; /* who speaks waits for that no more */
    if (device->lost) {
        forget_stream(device);
    }
    if (device->function != NULL && device->out.count < DEVICE_TRANSFERS_MAX) {
        /* an empty packet ends a transfer; it says nothing */
        status = data.size == 0 ? USB_OK : device->function->ops->out(device->function, data);
    }
    if (status != USB_OK) {
        device->host->ops->out_done(device->host, id, status, 0);
        return;
    }
    add(&device->out, id, data.size);
    device_moved(device);
}

bool device_cancel(struct device *device, uint64_t id)
{
    if (device->in.count != 0 && device->in.rows[0].id == id) {
        device->filled = 0;
    }
    if (remove_id(&device->in, id)) {
        if (device->function->ops->cancelled != NULL) {
            device->function->ops->cancelled(device->function);
        }
        return true;
    }
    if (remove_id(&device->out, id)) {
        forget_stream(device); /* a part of it is with the phone already */
        return true;
    }
    device->returned |= id == device->given_id && device->given_id != 0;
    return false;
}

void device_reset(struct device *device)
{
    device->in.count = 0;
    device->out.count = 0;
    device->filled = 0;
    forget_stream(device);
}

bool device_is_full(const struct device *device)
{
    return device->out.count == DEVICE_TRANSFERS_MAX ||
           on_its_way(device) > USB_TRANSFER_BYTES_MAX / 4;
}

bool device_wants_link(const struct device *device)
{
    const struct function *function = device->function;

    return function != NULL && !device->lost &&
           (queue_size(&device->stream.to_phone) != 0 ||
            (function->ops->wants_stream != NULL && function->ops->wants_stream(function)));
}
