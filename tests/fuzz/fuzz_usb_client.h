/* SPDX-License-Identifier: MIT */
/* A client of a front end that sends these bytes, in pieces; the phone answers now and then. */
#ifndef TESTS_FUZZ_USB_CLIENT_H
#define TESTS_FUZZ_USB_CLIENT_H

#include "tests/fuzz/fuzz.h"

#include "usb/client.h"
#include "usb/report.h"

#include <string.h>

void report(const char *format, ...)
{
}

static inline bool fuzz_usb_feed(struct client *client, struct slice bytes)
{
    fuzz_assert(queue_put(&client->in, bytes));
    return client->front->take(client) && !client->leaving;
}

static inline void fuzz_usb_client(const struct front *front, const uint8_t *data, size_t size)
{
    static const char answer[] = "FB01\0\0\0\0\0\0\0\x0aOKAYwhyred";
    static struct device device;
    static struct client client;
    size_t piece = 1 + (size > 0 ? data[size - 1] : 0);
    bool here;

    fuzz_assert(device_init(&device, NULL));
    device_set_mode(&device, USB_FASTBOOT);
    memset(&client, 0, sizeof client);
    client.front = front;
    client.device = &device;
    client.in = queue_of(CLIENT_IN_BYTES_MAX);
    client.out = queue_of(CLIENT_OUT_BYTES_MAX);
    here = front->open(&client);
    for (size_t at = 0; here && at < size; at += piece) {
        here = fuzz_usb_feed(&client, slice_of(data + at, piece < size - at ? piece : size - at));
        if (device_wants_link(&device)) {
            queue_clear(&device.stream.to_phone);
            fuzz_assert(queue_put(&device.stream.from_phone, slice_of(answer, sizeof answer - 1)));
        }
        device_moved(&device);
    }
    device_set_mode(&device, USB_OFF);
    front->close(&client);
    fuzz_assert(device.host == NULL);
    queue_free(&client.in);
    queue_free(&client.out);
    device_free(&device);
}

#endif
