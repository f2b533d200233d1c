/* SPDX-License-Identifier: MIT */
/*
 * USB/IP 1.1.1 from the side that has the device (Linux, Documentation/usb/usbip_protocol.rst): one
 * device, bus id 1-1. Everything is big endian but the setup packet. There is no authentication,
 * and no message that says "unplugged": that is the end of the connection,
 * and the client attaches again.
 */
#include "usb/client.h"

#include "usb/report.h"

#include <errno.h>
#include <string.h>

enum {
    VERSION = 0x0111,
    ASK_LIST = 0x8005,
    SAY_LIST = 0x0005,
    ASK_IMPORT = 0x8003,
    SAY_IMPORT = 0x0003,
    OPERATION_BYTES = 8,
    BUS_ID_BYTES = 32,
    DEVICE_BYTES = 312,
    STATUS_OK = 0,
    STATUS_BUSY = 2,
    STATUS_NO_DEVICE = 4,
};

enum {
    SUBMIT = 1,
    UNLINK = 2,
    SUBMITTED = 3,
    UNLINKED = 4,
    HEAD_BYTES = 48,
    SPEED_HIGH = 3,
};

static const char bus_id[] = "1-1";

static struct client *of_host(struct usb_host *host)
{
    return CONTAINER_OF(host, struct client, host);
}

static void put(struct client *client, const void *bytes, size_t size)
{
    if (!queue_put(&client->out, slice_of(bytes, size))) {
        client->leaving = true; /* it asks, and does not read */
    }
}

static uint32_t status_of(enum usb_status status)
{
    switch (status) {
    case USB_OK:
        return 0;
    case USB_STALL:
        return (uint32_t)-EPIPE;
    case USB_CANCELLED:
        return (uint32_t)-ECONNRESET;
    case USB_IO_ERROR:
        break;
    }
    return (uint32_t)-EPROTO;
}

static void send_head(struct client *client, uint32_t command, uint32_t id, uint32_t status,
                      size_t size)
{
    uint8_t head[HEAD_BYTES] = {0};

    put_be32(head, command);
    put_be32(head + 4, id);
    put_be32(head + 20, status);
    put_be32(head + 24, (uint32_t)size);
    if (command == SUBMITTED) {
        put_be32(head + 32, UINT32_MAX); /* packets: not isochronous */
    }
    put(client, head, sizeof head);
}

static void plug(struct usb_host *host)
{
    const struct identity *identity = identity_of(of_host(host)->device->mode);

    report("plugged in: %s (%04x:%04x)", identity->mode, identity->vendor_id, identity->product_id);
}

static void unplug(struct usb_host *host)
{
    of_host(host)->leaving = true;
    report("unplugged");
}

static void in_done(struct usb_host *host, uint64_t id, enum usb_status status, struct slice data)
{
    struct client *client = of_host(host);

    send_head(client, SUBMITTED, (uint32_t)id, status_of(status), data.size);
    put(client, data.data, data.size);
}

static void out_done(struct usb_host *host, uint64_t id, enum usb_status status, size_t size)
{
    send_head(of_host(host), SUBMITTED, (uint32_t)id, status_of(status), size);
}

static const struct usb_host_ops host_ops = {
    .plug = plug, .unplug = unplug, .in_done = in_done, .out_done = out_done};

/* Before a device is imported: one operation a connection. */

static void describe(const struct client *client, uint8_t device[DEVICE_BYTES])
{
    const struct identity *identity = identity_of(client->device->mode);

    memset(device, 0, DEVICE_BYTES);
    strcpy((char *)device, "/sys/devices/flashlab/usb1/1-1");
    memcpy(device + 256, bus_id, sizeof bus_id);
    put_be32(device + 288, 1); /* bus, device, speed */
    put_be32(device + 292, 2);
    put_be32(device + 296, SPEED_HIGH);
    put_be32(device + 300, (uint32_t)identity->vendor_id << 16 | identity->product_id);
    put_be32(device + 304, USB_DEVICE_BCD << 16);
    device[309] = 1; /* configuration, configurations, interfaces */
    device[310] = 1;
    device[311] = 1;
}

static void send_operation(struct client *client, uint16_t code, uint32_t status)
{
    uint8_t head[OPERATION_BYTES];

    put_be32(head, (uint32_t)VERSION << 16 | code);
    put_be32(head + 4, status);
    put(client, head, sizeof head);
}

static bool is_there(const struct client *client)
{
    return client->device->mode != USB_OFF;
}

static void list(struct client *client)
{
    const struct identity *identity = identity_of(client->device->mode);
    const uint8_t interface[4] = {identity->class_code, identity->subclass, identity->protocol};
    uint8_t device[DEVICE_BYTES];
    uint8_t count[4] = {0, 0, 0, is_there(client)};

    send_operation(client, SAY_LIST, STATUS_OK);
    put(client, count, sizeof count);
    if (is_there(client)) {
        describe(client, device);
        put(client, device, sizeof device);
        put(client, interface, sizeof interface);
    }
    client->leaving = true;
}

static void import(struct client *client, struct slice asked)
{
    bool known = is_there(client) && memcmp(asked.data, bus_id, sizeof bus_id) == 0;
    uint8_t device[DEVICE_BYTES];

    if (known && client->device->host == NULL) {
        send_operation(client, SAY_IMPORT, STATUS_OK);
        describe(client, device);
        put(client, device, sizeof device);
        client->attached = device_take(client->device, &client->host);
    } else {
        send_operation(client, SAY_IMPORT, known ? STATUS_BUSY : STATUS_NO_DEVICE);
        client->leaving = true;
    }
}

/* False: the client speaks something else. */
static bool take_operation(struct client *client)
{
    struct slice there = queue_slice(&client->in);
    uint32_t code;

    if (there.size < OPERATION_BYTES) {
        return true;
    }
    code = be32(there.data) & 0xffff;
    if (code == ASK_LIST) {
        queue_drop(&client->in, OPERATION_BYTES);
        list(client);
        return true;
    }
    if (code != ASK_IMPORT) {
        return false;
    }
    if (there.size >= OPERATION_BYTES + BUS_ID_BYTES) {
        import(client, slice_of(there.data + OPERATION_BYTES, BUS_ID_BYTES));
        queue_drop(&client->in, OPERATION_BYTES + BUS_ID_BYTES);
    }
    return true;
}

/* After that: transfers. */

struct request {
    uint32_t command, id, endpoint, length;
    bool in;
    uint32_t unlinked; /* the request that an UNLINK is about */
    const uint8_t *setup;
};

static struct request request_of(const uint8_t head[HEAD_BYTES])
{
    return (struct request){.command = be32(head),
                            .id = be32(head + 4),
                            .in = be32(head + 12) != 0,
                            .endpoint = be32(head + 16),
                            .unlinked = be32(head + 20),
                            .length = be32(head + 24),
                            .setup = head + 40};
}

static void unlink_request(struct client *client, const struct request *request)
{
    bool cancelled = device_cancel(client->device, request->unlinked);

    send_head(client, UNLINKED, request->id, cancelled ? status_of(USB_CANCELLED) : 0, 0);
}

static void control(struct client *client, const struct request *request)
{
    const uint8_t *bytes = request->setup;
    const struct usb_setup setup = {bytes[0], bytes[1], le16(bytes + 2), le16(bytes + 4),
                                    le16(bytes + 6)};
    struct control_reply reply = {.size = 0};
    enum usb_status status = device_control(client->device, &setup, &reply);

    if (request->in) {
        in_done(&client->host, request->id, status, slice_of(reply.bytes, reply.size));
    } else {
        out_done(&client->host, request->id, status, status == USB_OK ? request->length : 0);
    }
}

static void submit(struct client *client, const struct request *request, struct slice data)
{
    if (request->endpoint == 0) {
        control(client, request);
    } else if (request->endpoint != 1) {
        out_done(&client->host, request->id, USB_STALL, 0);
    } else if (request->in) {
        device_in(client->device, request->id, request->length);
    } else {
        device_out(client->device, request->id, data);
    }
}

static bool begin_request(struct client *client, const struct request *request)
{
    switch (request->command) {
    case UNLINK:
        unlink_request(client, request);
        return true;
    case SUBMIT:
        break;
    default:
        return false;
    }
    if (request->length > USB_TRANSFER_BYTES_MAX) {
        return false;
    }
    if (!request->in && request->length != 0) {
        client->usbip.in_data = true;
    } else {
        submit(client, request, slice_of(NULL, 0));
    }
    return true;
}

/* An OUT transfer's data: it grows as it comes, however large it was said to be. */
static bool take_data(struct client *client)
{
    const struct request request = request_of(client->usbip.head);
    struct queue *data = &client->usbip.data;
    struct slice there = queue_slice(&client->in);
    size_t count = request.length - queue_size(data);

    if (count > there.size) {
        count = there.size;
    }
    if (!queue_put(data, slice_of(there.data, count))) {
        return false;
    }
    queue_drop(&client->in, count);
    if (queue_size(data) == request.length) {
        client->usbip.in_data = false;
        submit(client, &request, queue_slice(data));
        queue_clear(data);
    }
    return true;
}

static bool take_request(struct client *client)
{
    struct request request;

    if (client->usbip.in_data) {
        return take_data(client);
    }
    memcpy(client->usbip.head, queue_slice(&client->in).data, HEAD_BYTES);
    queue_drop(&client->in, HEAD_BYTES);
    request = request_of(client->usbip.head);
    return begin_request(client, &request);
}

static bool is_enough(const struct client *client)
{
    return queue_size(&client->in) >= (client->usbip.in_data ? 1 : HEAD_BYTES);
}

static bool take(struct client *client)
{
    if (!client->attached && !take_operation(client)) {
        return false;
    }
    while (client->attached && !client->leaving && is_enough(client)) {
        if (!take_request(client)) {
            return false;
        }
    }
    return true;
}

static bool open_client(struct client *client)
{
    client->host.ops = &host_ops;
    client->usbip.data = queue_of(USB_TRANSFER_BYTES_MAX);
    return true;
}

static void close_client(struct client *client)
{
    if (client->attached) {
        device_release(client->device, &client->host);
        report("the host has let go of the phone");
    }
    queue_free(&client->usbip.data);
}

const struct front usbip_front = {.open = open_client, .take = take, .close = close_client};

/* This computer's own kernel (vhci.h) has no operations before transfers. */
static bool open_imported(struct client *client)
{
    bool opened = open_client(client);

    client->attached = device_take(client->device, &client->host);
    return opened && client->attached;
}

const struct front vhci_front = {.open = open_imported, .take = take, .close = close_client};
