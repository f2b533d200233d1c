/* SPDX-License-Identifier: MIT */
/* scripts/usb: transfers that wait, modes that change; and adb, whose bytes are the same on both sides. */
#include "tests/unit/check.h"

#include "tests/fake/fake_usb.h"

#include <stdlib.h>

static struct fake_usb *make(enum usb_mode mode)
{
    struct fake_usb *usb = malloc(sizeof *usb);

    fake_usb_init(usb, mode, NULL);
    return usb;
}

static void done(struct fake_usb *usb)
{
    fake_usb_free(usb);
    free(usb);
}

static void a_change_of_mode_is_an_unplug_and_a_plug(void **state)
{
    struct fake_usb *usb = make(USB_FASTBOOT);

    assert_int_equal(usb->plugs, 1);
    device_set_mode(&usb->device, USB_OFF);
    assert_int_equal(usb->unplugs, 1);
    assert_int_equal(usb->plugs, 1);
    device_set_mode(&usb->device, USB_EDL);
    assert_int_equal(usb->plugs, 2);
    device_set_mode(&usb->device, USB_EDL); /* a restart */
    assert_int_equal(usb->unplugs, 2);
    assert_int_equal(usb->plugs, 3);
    done(usb);
}

static void what_waits_fails_when_the_cable_is_pulled(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint64_t id = fake_usb_ask(usb, 24);

    device_set_mode(&usb->device, USB_OFF);
    assert_true(usb->in_ended);
    assert_int_equal(usb->in_id, id);
    assert_int_equal(usb->in_status, USB_IO_ERROR);
    done(usb);
}

static void a_phone_that_stalls_holds_up_its_host(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    static uint8_t bytes[1 << 20];

    fake_usb_send(usb, slice_of(bytes, 1000));
    assert_true(usb->out_ended);
    for (size_t i = 0; i < 4; i++) {
        assert_false(device_is_full(&usb->device));
        fake_usb_send(usb, slice_of(bytes, sizeof bytes));
        assert_false(usb->out_ended);
    }
    assert_true(device_is_full(&usb->device));
    fake_usb_phone_takes(usb, 1000 + 4 * sizeof bytes);
    assert_true(usb->out_ended);
    assert_int_equal(usb->out_id, usb->last_id);
    assert_int_equal(usb->out_size, sizeof bytes);
    assert_false(device_is_full(&usb->device));
    done(usb);
}

static void a_cancelled_transfer_ends_without_a_word(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint64_t id = fake_usb_ask(usb, 24);

    assert_true(device_cancel(&usb->device, id));
    assert_false(device_cancel(&usb->device, id));
    assert_false(device_cancel(&usb->device, 1234));
    assert_false(usb->in_ended);
    done(usb);
}

/* Half of it may be with the phone: the phone forgets it. */
static void a_cancelled_out_transfer_closes_the_stream(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    static uint8_t bytes[1 << 20];
    uint64_t id = fake_usb_send(usb, slice_of(bytes, sizeof bytes));

    assert_true(device_cancel(&usb->device, id));
    assert_true(fake_usb_redialled(usb));
    assert_int_equal(fake_usb_at_phone(usb).size, 0);
    done(usb);
}

/* The host gave it up before it saw its end, as tools with short timeouts do: nothing is lost. */
static void what_a_late_cancel_hid_is_given_again(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint8_t head[24] = "OKAYhead";
    uint64_t id;

    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    id = fake_usb_ask(usb, 24);
    assert_true(usb->in_ended);
    assert_false(device_cancel(&usb->device, id));
    assert_string_equal(fake_usb_read(usb, 10), "OKAYhead");
    assert_int_equal(usb->size, 10);
    fake_usb_read(usb, 4096);
    assert_int_equal(usb->size, 14);
    assert_string_equal(fake_usb_read(usb, 24), "(waiting)");
    assert_false(device_cancel(&usb->device, id)); /* long ago */
    assert_string_equal(fake_usb_read(usb, 24), "(waiting)");
    done(usb);
}

static void what_a_late_cancel_hid_is_not_for_the_next_client(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint8_t head[24] = "OKAYhead";

    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    assert_false(device_cancel(&usb->device, fake_usb_ask(usb, 24)));
    fake_usb_send_text(usb, "something new");
    assert_string_equal(fake_usb_read(usb, 24), "(waiting)");
    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    assert_false(device_cancel(&usb->device, fake_usb_ask(usb, 24)));
    device_reset(&usb->device);
    assert_string_equal(fake_usb_read(usb, 24), "(waiting)");
    done(usb);
}

static void too_many_transfers_at_once(void **state)
{
    struct fake_usb *usb = make(USB_ADB);

    for (size_t i = 0; i < DEVICE_TRANSFERS_MAX; i++) {
        fake_usb_ask(usb, 24);
        assert_false(usb->in_ended);
    }
    fake_usb_ask(usb, 24);
    assert_true(usb->in_ended);
    assert_int_equal(usb->in_status, USB_IO_ERROR);
    done(usb);
}

static void the_phone_hangs_up(void **state)
{
    struct fake_usb *usb = make(USB_FASTBOOT);

    fake_usb_send_text(usb, "getvar:product");
    fake_usb_ask(usb, 64);
    device_hung_up(&usb->device);
    assert_false(usb->in_ended); /* it may be unplugged in a moment */
    device_give_up(&usb->device);
    assert_true(usb->in_ended);
    assert_int_equal(usb->in_status, USB_IO_ERROR);
    assert_false(device_wants_link(&usb->device));
    done(usb);
}

/* A guest is slow, and a phone that restarts is not: the answer is there for who asks for it late. */
static void the_last_answer_outlives_the_stream(void **state)
{
    struct fake_usb *usb = make(USB_FASTBOOT);
    static const char answer[] = "FB01\0\0\0\0\0\0\0\4OKAY";

    fake_usb_send_text(usb, "reboot");
    fake_usb_phone_says(usb, slice_of(answer, sizeof answer - 1));
    device_hung_up(&usb->device);
    assert_true(device_owes(&usb->device));
    assert_string_equal(fake_usb_read(usb, 64), "OKAY");
    assert_false(device_owes(&usb->device));
    /* and who speaks then begins anew */
    fake_usb_send_text(usb, "getvar:product");
    assert_true(device_wants_link(&usb->device));
    assert_int_equal(fake_usb_at_phone(usb).size, 4);
    done(usb);
}

static void who_leaves_gives_the_device_back(void **state)
{
    struct fake_usb *usb = make(USB_FASTBOOT);
    struct usb_host other = usb->host;

    assert_false(device_take(&usb->device, &other));
    fake_usb_send_text(usb, "getvar:product");
    device_release(&usb->device, &usb->host);
    assert_true(fake_usb_redialled(usb));
    assert_int_equal(fake_usb_at_phone(usb).size, 0);
    assert_true(device_take(&usb->device, &usb->host));
    assert_int_equal(usb->plugs, 2);
    done(usb);
}

static void a_configuration_puts_the_function_back(void **state)
{
    static const struct usb_setup setup = {0x00, 9, 1, 0, 0};
    struct fake_usb *usb = make(USB_FASTBOOT);
    struct control_reply reply;

    fake_usb_send_text(usb, "getvar:product");
    assert_int_equal(device_control(&usb->device, &setup, &reply), USB_OK);
    assert_true(fake_usb_redialled(usb));
    device_set_mode(&usb->device, USB_OFF);
    assert_int_equal(device_control(&usb->device, &setup, &reply), USB_STALL);
    done(usb);
}

/* adb */

static void put_head(uint8_t head[ADB_HEAD_BYTES], const char *command, uint32_t data_bytes)
{
    memset(head, 0, ADB_HEAD_BYTES);
    memcpy(head, command, 4);
    put_le32(head + 12, data_bytes);
    put_le32(head + 20, ~le32(head));
}

static void a_message_is_two_transfers(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint8_t message[ADB_HEAD_BYTES + 40];

    put_head(message, "CNXN", 40);
    memset(message + ADB_HEAD_BYTES, 'p', 40);
    fake_usb_phone_says(usb, slice_of(message, sizeof message));
    fake_usb_phone_says(usb, slice_of(message, 10)); /* the next one's beginning */
    fake_usb_read(usb, 24);
    assert_int_equal(usb->size, 24);
    fake_usb_read(usb, 16);
    assert_int_equal(usb->size, 16);
    fake_usb_read(usb, 4096);
    assert_int_equal(usb->size, 24);
    assert_int_equal(usb->data[0], 'p');
    assert_string_equal(fake_usb_read(usb, 4096), "(waiting)");
    fake_usb_phone_says(usb, slice_of(message + 10, sizeof message - 10));
    fake_usb_read(usb, 4096);
    assert_int_equal(usb->size, 24);
    assert_memory_equal(usb->data, "CNXN", 4);
    done(usb);
}

static void a_message_without_data_is_one(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint8_t head[ADB_HEAD_BYTES];

    put_head(head, "OKAY", 0);
    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    fake_usb_phone_says(usb, slice_of(head, sizeof head));
    for (size_t i = 0; i < 2; i++) {
        fake_usb_read(usb, 24);
        assert_memory_equal(usb->data, "OKAY", 4);
    }
    done(usb);
}

static void a_server_that_starts_begins_anew(void **state)
{
    struct fake_usb *usb = make(USB_ADB);
    uint8_t head[ADB_HEAD_BYTES];

    put_head(head, "CNXN", 7);
    fake_usb_send(usb, slice_of(head, sizeof head));
    assert_false(fake_usb_redialled(usb));
    fake_usb_send_text(usb, "host::\n");
    assert_false(fake_usb_redialled(usb));
    fake_usb_send(usb, slice_of(head, sizeof head));
    assert_true(fake_usb_redialled(usb));
    assert_int_equal(fake_usb_at_phone(usb).size, sizeof head);
    done(usb);
}

/* queue */

static void a_queue_keeps_order_and_limit(void **state)
{
    struct queue queue = queue_of(10000);
    uint8_t bytes[3000];
    uint8_t next = 0, seen = 0;

    for (size_t round = 0; round < 100; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = next++;
        }
        if (!queue_put(&queue, slice_of(bytes, sizeof bytes))) {
            next = (uint8_t)(next - sizeof bytes);
            assert_true(queue_room(&queue) < sizeof bytes);
        }
        for (size_t i = 0; i < 1700 && i < queue_size(&queue); i++) {
            assert_int_equal(queue_slice(&queue).data[i], seen);
            seen++;
        }
        queue_drop(&queue, queue_size(&queue) < 1700 ? queue_size(&queue) : 1700);
        assert_true(queue_size(&queue) <= 10000);
    }
    queue_free(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_mode_is_an_unplug_and_a_plug),
        cmocka_unit_test(what_waits_fails_when_the_cable_is_pulled),
        cmocka_unit_test(a_phone_that_stalls_holds_up_its_host),
        cmocka_unit_test(a_cancelled_transfer_ends_without_a_word),
        cmocka_unit_test(a_cancelled_out_transfer_closes_the_stream),
        cmocka_unit_test(what_a_late_cancel_hid_is_given_again),
        cmocka_unit_test(what_a_late_cancel_hid_is_not_for_the_next_client),
        cmocka_unit_test(too_many_transfers_at_once),
        cmocka_unit_test(the_phone_hangs_up),
        cmocka_unit_test(the_last_answer_outlives_the_stream),
        cmocka_unit_test(who_leaves_gives_the_device_back),
        cmocka_unit_test(a_configuration_puts_the_function_back),
        cmocka_unit_test(a_message_is_two_transfers),
        cmocka_unit_test(a_message_without_data_is_one),
        cmocka_unit_test(a_server_that_starts_begins_anew),
        cmocka_unit_test(a_queue_keeps_order_and_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
