/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the phone on its cable between a hostile host and a hostile phone. The first byte is the
 * mode; then steps: what happens, a length of 16 bits, as many bytes.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/fake/fake_usb.h"

enum {
    HOST_SENDS,
    HOST_ASKS,
    PHONE_SAYS,
    PHONE_TAKES,
    HOST_CANCELS,
    HOST_RESETS,
    HOST_CONTROLS,
    PHONE_HANGS_UP,
    NOBODY_MOVES,
    MODE_CHANGES,
    STEPS,
};

static bool sign(const struct edl_account *account, const uint8_t nonce[RESCUE_NONCE_BYTES],
                 struct slice serial, struct rescue_answer *out_answer)
{
    memset(out_answer, nonce[0], sizeof *out_answer);
    return serial.size < 128;
}

static const struct edl_account account = {.sign = sign};

static void control(struct device *device, struct slice data)
{
    struct control_reply reply;

    if (data.size >= 8) {
        const struct usb_setup setup = {data.data[0], data.data[1], le16(data.data + 2),
                                        le16(data.data + 4), le16(data.data + 6)};

        (void)device_control(device, &setup, &reply);
        fuzz_assert(reply.size <= setup.length && reply.size <= CONTROL_REPLY_BYTES);
    }
}

static void step(struct fake_usb *usb, uint8_t what, struct slice data)
{
    struct device *device = &usb->device;
    size_t waiting = queue_size(&device->stream.to_phone);

    switch (what % STEPS) {
    case HOST_SENDS:
        fake_usb_send(usb, data);
        break;
    case HOST_ASKS:
        fake_usb_ask(usb, data.size);
        break;
    case PHONE_SAYS:
        if (queue_room(&device->stream.from_phone) >= data.size) {
            fake_usb_phone_says(usb, data);
        }
        break;
    case PHONE_TAKES:
        fake_usb_phone_takes(usb, data.size < waiting ? data.size : waiting);
        break;
    case HOST_CANCELS:
        (void)!device_cancel(device, data.size <= usb->last_id ? usb->last_id - data.size : 0);
        break;
    case HOST_RESETS:
        device_reset(device);
        break;
    case HOST_CONTROLS:
        control(device, data);
        break;
    case PHONE_HANGS_UP:
        device_hung_up(device);
        break;
    case NOBODY_MOVES:
        device_idle(device);
        device_give_up(device);
        break;
    case MODE_CHANGES:
        device_set_mode(device, (enum usb_mode)(data.size % 4));
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fake_usb usb;

    if (size == 0) {
        return 0;
    }
    fake_usb_init(&usb, (enum usb_mode)(data[0] % 4), &account);
    for (size_t at = 1; size - at >= 3;) {
        size_t length = le16(data + at + 1);

        length = length < size - at - 3 ? length : size - at - 3;
        step(&usb, data[at], slice_of(data + at + 3, length));
        at += 3 + length;
    }
    fuzz_assert(usb.device.in.count <= DEVICE_TRANSFERS_MAX);
    device_set_mode(&usb.device, USB_OFF);
    fuzz_assert(usb.device.in.count == 0 && usb.device.out.count == 0);
    fuzz_assert(!device_wants_link(&usb.device) && !device_owes(&usb.device));
    fake_usb_free(&usb);
    return 0;
}
