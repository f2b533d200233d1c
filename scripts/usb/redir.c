/* SPDX-License-Identifier: MIT */
/*
 * usbredir 0.7 from the side that has the device ("usb-host"), by Debian's libusbredirparser. A
 * client is a virtual machine: QEMU's -device usb-redir, libvirt's <redirdev>.
 *
 * Without the bulk-receiving capability the guest's driver asks for each transfer, so that none is
 * read that nobody waits for.
 */
#include "usb/client.h"

#include "usb/report.h"

#include <stdlib.h>
#include <string.h>
#include <usbredirparser.h>

static struct client *of_host(struct usb_host *host)
{
    return CONTAINER_OF(host, struct client, host);
}

static int status_of(enum usb_status status)
{
    switch (status) {
    case USB_OK:
        return usb_redir_success;
    case USB_STALL:
        return usb_redir_stall;
    case USB_CANCELLED:
        return usb_redir_cancelled;
    case USB_IO_ERROR:
        break;
    }
    return usb_redir_ioerror;
}

/* The parser's output goes into the client's queue: main sends it. */
static int write_out(void *priv, uint8_t *data, int count)
{
    struct client *client = priv;

    return queue_put(&client->out, slice_of(data, (size_t)count)) ? count : -1;
}

static int read_in(void *priv, uint8_t *data, int count)
{
    struct client *client = priv;
    size_t filled = 0;

    function_move(&client->in, (struct span){data, (size_t)count}, &filled, (size_t)count);
    return (int)filled;
}

static void flush(struct client *client)
{
    if (usbredirparser_has_data_to_write(client->redir.parser) &&
        usbredirparser_do_write(client->redir.parser) != 0) {
        client->leaving = true;
    }
}

static void write_log(void *priv, int level, const char *message)
{
    if (level <= usbredirparser_warning) {
        report("usbredir: %s", message);
    }
}

static void send_interfaces(struct client *client)
{
    const struct identity *identity = identity_of(client->device->mode);
    struct usb_redir_interface_info_header interfaces = {
        .interface_count = 1,
        .interface_class = {identity->class_code},
        .interface_subclass = {identity->subclass},
        .interface_protocol = {identity->protocol}};
    struct usb_redir_ep_info_header endpoints = {.type = {0}};

    memset(endpoints.type, usb_redir_type_invalid, sizeof endpoints.type);
    for (size_t in = 0; in <= 16; in += 16) { /* 0 to 15 are OUT, 16 to 31 are IN */
        endpoints.type[in] = usb_redir_type_control;
        endpoints.max_packet_size[in] = USB_CONTROL_PACKET_BYTES;
        endpoints.type[in + 1] = usb_redir_type_bulk;
        endpoints.max_packet_size[in + 1] = USB_PACKET_BYTES;
    }
    usbredirparser_send_interface_info(client->redir.parser, &interfaces);
    usbredirparser_send_ep_info(client->redir.parser, &endpoints);
}

static void connect_device(struct client *client)
{
    const struct identity *identity = identity_of(client->device->mode);
    struct usb_redir_device_connect_header connect = {.speed = usb_redir_speed_high,
                                                      .vendor_id = identity->vendor_id,
                                                      .product_id = identity->product_id,
                                                      .device_version_bcd = USB_DEVICE_BCD};

    send_interfaces(client);
    usbredirparser_send_device_connect(client->redir.parser, &connect);
    flush(client);
    report("plugged into the machine: %s (%04x:%04x)", identity->mode, identity->vendor_id,
           identity->product_id);
}

/* Not before the client has seen the last one go. */
static void plug(struct usb_host *host)
{
    struct client *client = of_host(host);

    if (!client->redir.unplugging) {
        connect_device(client);
    }
}

/* The client acknowledges it; what it asks for until then is for what has gone, and fails. */
static void unplug(struct usb_host *host)
{
    struct client *client = of_host(host);

    usbredirparser_send_device_disconnect(client->redir.parser);
    client->redir.unplugging =
        usbredirparser_peer_has_cap(client->redir.parser, usb_redir_cap_device_disconnect_ack);
    flush(client);
    report("unplugged from the machine");
}

static void send_bulk(struct client *client, uint64_t id, uint8_t endpoint, enum usb_status status,
                      size_t size, struct slice data)
{
    struct usb_redir_bulk_packet_header head = {.endpoint = endpoint,
                                                .status = (uint8_t)status_of(status),
                                                .length = (uint16_t)size,
                                                .length_high = (uint16_t)(size >> 16)};

    usbredirparser_send_bulk_packet(client->redir.parser, id, &head, (uint8_t *)data.data,
                                    (int)data.size);
    flush(client);
}

static void in_done(struct usb_host *host, uint64_t id, enum usb_status status, struct slice data)
{
    send_bulk(of_host(host), id, USB_EP_IN, status, data.size, data);
}

static void out_done(struct usb_host *host, uint64_t id, enum usb_status status, size_t size)
{
    send_bulk(of_host(host), id, USB_EP_OUT, status, size, slice_of(NULL, 0));
}

static const struct usb_host_ops host_ops = {
    .plug = plug, .unplug = unplug, .in_done = in_done, .out_done = out_done};

/* What the client sends. */

static bool has_device(const struct client *client)
{
    return client->attached && client->device->plugged && !client->redir.unplugging;
}

static void hear_hello(void *priv, struct usb_redir_hello_header *hello)
{
    struct client *client = priv;

    report("a virtual machine is there: %.*s", (int)strnlen(hello->version, 63), hello->version);
    client->attached = device_take(client->device, &client->host);
    client->leaving = !client->attached;
}

static void hear_reset(void *priv)
{
    struct client *client = priv;

    if (has_device(client)) {
        device_reset(client->device);
    }
}

static void hear_ack(void *priv)
{
    struct client *client = priv;
    bool waited = client->redir.unplugging;

    client->redir.unplugging = false;
    if (waited && has_device(client)) {
        connect_device(client);
    }
}

static void hear_set_configuration(void *priv, uint64_t id,
                                   struct usb_redir_set_configuration_header *head)
{
    struct client *client = priv;
    struct usb_redir_configuration_status_header status = {usb_redir_success, 1};

    hear_reset(priv);
    send_interfaces(client);
    usbredirparser_send_configuration_status(client->redir.parser, id, &status);
}

static void hear_get_configuration(void *priv, uint64_t id)
{
    struct client *client = priv;
    struct usb_redir_configuration_status_header status = {usb_redir_success, 1};

    usbredirparser_send_configuration_status(client->redir.parser, id, &status);
}

static void send_setting(struct client *client, uint64_t id, uint8_t interface)
{
    struct usb_redir_alt_setting_status_header status = {
        interface == 0 ? usb_redir_success : usb_redir_inval, interface, 0};

    usbredirparser_send_alt_setting_status(client->redir.parser, id, &status);
}

static void hear_set_setting(void *priv, uint64_t id, struct usb_redir_set_alt_setting_header *head)
{
    send_setting(priv, id, head->interface);
}

static void hear_get_setting(void *priv, uint64_t id, struct usb_redir_get_alt_setting_header *head)
{
    send_setting(priv, id, head->interface);
}

static void hear_cancel(void *priv, uint64_t id)
{
    struct client *client = priv;

    if (has_device(client) && device_cancel(client->device, id)) {
        send_bulk(client, id, USB_EP_IN, USB_CANCELLED, 0, slice_of(NULL, 0));
    }
}

static void hear_filter_reject(void *priv)
{
    report("the virtual machine's filter refuses the phone: look at the filter of its usb-redir");
}

static void hear_filter(void *priv, struct usbredirfilter_rule *rules, int count)
{
    free(rules);
}

static void hear_control(void *priv, uint64_t id, struct usb_redir_control_packet_header *head,
                         uint8_t *data, int size)
{
    struct client *client = priv;
    const struct usb_setup setup = {head->requesttype, head->request, head->value, head->index,
                                    head->length};
    struct usb_redir_control_packet_header answer = *head;
    struct control_reply reply = {.size = 0};
    enum usb_status status = USB_STALL;

    if (has_device(client)) {
        status = device_control(client->device, &setup, &reply);
    }
    answer.status = (uint8_t)status_of(status);
    answer.length = (uint16_t)reply.size;
    if (status == USB_OK && (head->endpoint & 0x80) == 0) {
        answer.length = head->length;
    }
    usbredirparser_send_control_packet(client->redir.parser, id, &answer,
                                       reply.size != 0 ? reply.bytes : NULL, (int)reply.size);
    usbredirparser_free_packet_data(client->redir.parser, data);
}

static void hear_bulk(void *priv, uint64_t id, struct usb_redir_bulk_packet_header *head,
                      uint8_t *data, int size)
{
    struct client *client = priv;
    size_t asked = head->length | (size_t)head->length_high << 16;

    if (!has_device(client)) {
        send_bulk(client, id, head->endpoint, USB_IO_ERROR, 0, slice_of(NULL, 0));
    } else if (head->endpoint == USB_EP_IN) {
        device_in(client->device, id, asked);
    } else if (head->endpoint == USB_EP_OUT && (size_t)size <= USB_TRANSFER_BYTES_MAX) {
        device_out(client->device, id, slice_of(data, (size_t)size));
    } else {
        send_bulk(client, id, head->endpoint, USB_STALL, 0, slice_of(NULL, 0));
    }
    usbredirparser_free_packet_data(client->redir.parser, data);
}

/* For endpoints of kinds that the phone has none of; the parser wants something to call. */
static void ignore_start_iso(void *priv, uint64_t id, struct usb_redir_start_iso_stream_header *h)
{
}
static void ignore_stop_iso(void *priv, uint64_t id, struct usb_redir_stop_iso_stream_header *h)
{
}
static void ignore_start_interrupt(void *priv, uint64_t id,
                                   struct usb_redir_start_interrupt_receiving_header *h)
{
}
static void ignore_stop_interrupt(void *priv, uint64_t id,
                                  struct usb_redir_stop_interrupt_receiving_header *h)
{
}
static void ignore_alloc_streams(void *priv, uint64_t id,
                                 struct usb_redir_alloc_bulk_streams_header *h)
{
}
static void ignore_free_streams(void *priv, uint64_t id,
                                struct usb_redir_free_bulk_streams_header *h)
{
}
static void ignore_start_bulk(void *priv, uint64_t id,
                              struct usb_redir_start_bulk_receiving_header *h)
{
}
static void ignore_stop_bulk(void *priv, uint64_t id,
                             struct usb_redir_stop_bulk_receiving_header *h)
{
}
static void ignore_iso_packet(void *priv, uint64_t id, struct usb_redir_iso_packet_header *h,
                              uint8_t *data, int size)
{
    usbredirparser_free_packet_data(((struct client *)priv)->redir.parser, data);
}
static void ignore_interrupt_packet(void *priv, uint64_t id,
                                    struct usb_redir_interrupt_packet_header *h, uint8_t *data,
                                    int size)
{
    usbredirparser_free_packet_data(((struct client *)priv)->redir.parser, data);
}

static void set_callbacks(struct usbredirparser *redir)
{
    redir->log_func = write_log;
    redir->read_func = read_in;
    redir->write_func = write_out;
    redir->hello_func = hear_hello;
    redir->reset_func = hear_reset;
    redir->set_configuration_func = hear_set_configuration;
    redir->get_configuration_func = hear_get_configuration;
    redir->set_alt_setting_func = hear_set_setting;
    redir->get_alt_setting_func = hear_get_setting;
    redir->cancel_data_packet_func = hear_cancel;
    redir->filter_reject_func = hear_filter_reject;
    redir->filter_filter_func = hear_filter;
    redir->device_disconnect_ack_func = hear_ack;
    redir->control_packet_func = hear_control;
    redir->bulk_packet_func = hear_bulk;
    redir->start_iso_stream_func = ignore_start_iso;
    redir->stop_iso_stream_func = ignore_stop_iso;
    redir->start_interrupt_receiving_func = ignore_start_interrupt;
    redir->stop_interrupt_receiving_func = ignore_stop_interrupt;
    redir->alloc_bulk_streams_func = ignore_alloc_streams;
    redir->free_bulk_streams_func = ignore_free_streams;
    redir->start_bulk_receiving_func = ignore_start_bulk;
    redir->stop_bulk_receiving_func = ignore_stop_bulk;
    redir->iso_packet_func = ignore_iso_packet;
    redir->interrupt_packet_func = ignore_interrupt_packet;
}

static bool open_client(struct client *client)
{
    static const int capabilities[] = {
        usb_redir_cap_connect_device_version,  usb_redir_cap_filter,
        usb_redir_cap_device_disconnect_ack,   usb_redir_cap_64bits_ids,
        usb_redir_cap_ep_info_max_packet_size, usb_redir_cap_32bits_bulk_length};
    uint32_t caps[USB_REDIR_CAPS_SIZE] = {0};

    client->host.ops = &host_ops;
    client->redir.parser = usbredirparser_create();
    if (client->redir.parser == NULL) {
        return false;
    }
    client->redir.parser->priv = client;
    set_callbacks(client->redir.parser);
    for (size_t i = 0; i < ARRAY_COUNT(capabilities); i++) {
        usbredirparser_caps_set_cap(caps, capabilities[i]);
    }
    usbredirparser_init(client->redir.parser, "flashlab usbphone", caps, USB_REDIR_CAPS_SIZE,
                        usbredirparser_fl_usb_host);
    flush(client);
    return true;
}

static bool take(struct client *client)
{
    bool good = usbredirparser_do_read(client->redir.parser) == 0;

    flush(client);
    return good && !client->leaving;
}

static void close_client(struct client *client)
{
    if (client->attached) {
        device_release(client->device, &client->host);
        report("the virtual machine has gone");
    }
    if (client->redir.parser != NULL) {
        usbredirparser_destroy(client->redir.parser);
        client->redir.parser = NULL;
    }
}

const struct front redir_front = {.open = open_client, .take = take, .close = close_client};
