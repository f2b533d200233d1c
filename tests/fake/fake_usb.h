/* SPDX-License-Identifier: MIT */
/*
 * A host with the phone on its cable, in memory: it asks for transfers and notes how they end; the
 * test plays the phone at the other end of the stream.
 */
#ifndef TESTS_FAKE_USB_H
#define TESTS_FAKE_USB_H

#include "usb/device.h"

#define FAKE_USB_BYTES_MAX (1u << 20)

struct fake_usb {
    struct device device;
    struct usb_host host;
    unsigned plugs, unplugs;
    uint64_t last_id;
    /* how the last IN transfer ended, and the last OUT transfer */
    bool in_ended, out_ended;
    uint64_t in_id, out_id;
    enum usb_status in_status, out_status;
    size_t out_size;
    uint8_t data[FAKE_USB_BYTES_MAX + 1]; /* of the IN transfer, and a NUL */
    size_t size;
};

/* With the device plugged in, in this mode. */
void fake_usb_init(struct fake_usb *usb, enum usb_mode mode, const struct edl_account *account);
void fake_usb_free(struct fake_usb *usb);

/* Transfers; they give their ids. */
uint64_t fake_usb_ask(struct fake_usb *usb, size_t size);
uint64_t fake_usb_send(struct fake_usb *usb, struct slice data);
uint64_t fake_usb_send_text(struct fake_usb *usb, const char *text);
/* An IN transfer that must be complete at once: its bytes, as text; "(waiting)" when it is not. */
const char *fake_usb_read(struct fake_usb *usb, size_t size);

/* The phone's end of the stream. */
struct slice fake_usb_at_phone(struct fake_usb *usb); /* what it has been sent */
void fake_usb_phone_takes(struct fake_usb *usb, size_t size);
void fake_usb_phone_says(struct fake_usb *usb, struct slice bytes);
/* Was the stream to be closed? What is on it is gone, and it is open anew. */
bool fake_usb_redialled(struct fake_usb *usb);

#endif
