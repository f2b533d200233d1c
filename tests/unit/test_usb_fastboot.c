/* SPDX-License-Identifier: MIT */
/* scripts/usb: fastboot on the cable <-> fastboot on the phone's stream. */
#include "tests/unit/check.h"

#include "tests/fake/fake_usb.h"

#include <stdio.h>
#include <stdlib.h>

static int set_up(void **state)
{
    struct fake_usb *usb = malloc(sizeof *usb);

    fake_usb_init(usb, USB_FASTBOOT, NULL);
    *state = usb;
    return 0;
}

static int tear_down(void **state)
{
    fake_usb_free(*state);
    free(*state);
    return 0;
}

/* One packet of the phone's. */
static void phone_says(struct fake_usb *usb, const char *text)
{
    uint8_t length[8];

    put_be64(length, strlen(text));
    fake_usb_phone_says(usb, slice_of(length, sizeof length));
    fake_usb_phone_says(usb, slice_of(text, strlen(text)));
}

/* The next packet at the phone is this. */
static void phone_has(struct fake_usb *usb, struct slice expected)
{
    struct slice there = fake_usb_at_phone(usb);

    assert_true(there.size >= 8 + expected.size);
    assert_int_equal(be64(there.data), expected.size);
    assert_memory_equal(there.data + 8, expected.data, expected.size);
    fake_usb_phone_takes(usb, 8 + expected.size);
}

static void phone_has_text(struct fake_usb *usb, const char *text)
{
    phone_has(usb, slice_of(text, strlen(text)));
}

static void greet(struct fake_usb *usb)
{
    assert_int_equal(fake_usb_at_phone(usb).size, 4);
    assert_memory_equal(fake_usb_at_phone(usb).data, "FB01", 4);
    fake_usb_phone_takes(usb, 4);
    fake_usb_phone_says(usb, slice_of("FB01", 4));
}

/* A command, sent to a phone that has greeted. */
static void command(struct fake_usb *usb, const char *text)
{
    bool first = !usb->device.functions.fastboot.greeted;

    fake_usb_send_text(usb, text);
    if (first) {
        greet(usb);
    }
    phone_has_text(usb, text);
}

static void a_command_waits_for_the_greeting(void **state)
{
    struct fake_usb *usb = *state;

    fake_usb_send_text(usb, "getvar:product");
    assert_true(usb->out_ended);
    assert_true(device_wants_link(&usb->device));
    greet(usb);
    phone_has_text(usb, "getvar:product");
    assert_string_equal(fake_usb_read(usb, 256), "(waiting)");
    phone_says(usb, "OKAYwhyred");
    assert_string_equal(fake_usb_read(usb, 256), "OKAYwhyred");
    assert_false(device_owes(&usb->device));
}

static void nothing_is_said_before_a_tool_speaks(void **state)
{
    struct fake_usb *usb = *state;

    fake_usb_ask(usb, 256);
    assert_false(device_wants_link(&usb->device));
    fake_usb_send(usb, slice_of(NULL, 0));
    assert_true(usb->out_ended);
    assert_int_equal(usb->out_status, USB_OK);
    assert_false(device_wants_link(&usb->device));
}

static void a_reply_comes_whole_however_it_is_split(void **state)
{
    struct fake_usb *usb = *state;
    static const uint8_t bytes[] = "\0\0\0\0\0\0\0\x0aOKAYwhyred";

    command(usb, "getvar:product");
    fake_usb_ask(usb, 256);
    for (size_t i = 0; i + 1 < sizeof bytes - 1; i++) {
        fake_usb_phone_says(usb, slice_of(bytes + i, 1));
        assert_false(usb->in_ended);
    }
    fake_usb_phone_says(usb, slice_of(bytes + sizeof bytes - 2, 1));
    assert_true(usb->in_ended);
    assert_string_equal((char *)usb->data, "OKAYwhyred");
}

static void replies_that_come_together_are_transfers_of_their_own(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "getvar:all");
    phone_says(usb, "INFOone");
    phone_says(usb, "INFOtwo");
    phone_says(usb, "OKAY");
    assert_true(device_owes(&usb->device));
    assert_string_equal(fake_usb_read(usb, 256), "INFOone");
    assert_string_equal(fake_usb_read(usb, 256), "INFOtwo");
    assert_string_equal(fake_usb_read(usb, 256), "OKAY");
    assert_string_equal(fake_usb_read(usb, 256), "(waiting)");
}

static void download(struct fake_usb *usb, const char *size)
{
    char text[32];

    snprintf(text, sizeof text, "download:%s", size);
    command(usb, text);
    snprintf(text, sizeof text, "DATA%s", size);
    phone_says(usb, text);
    assert_string_equal(fake_usb_read(usb, 64), text);
}

static void data_goes_over_in_transfers_of_any_size(void **state)
{
    struct fake_usb *usb = *state;
    static const size_t sizes[] = {16384, 512, 49152, 1024, 100};
    uint8_t bytes[49152];

    memset(bytes, 'd', sizeof bytes);
    download(usb, "00010664"); /* 67172 */
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        fake_usb_send(usb, slice_of(bytes, sizes[i]));
        assert_true(usb->out_ended);
        assert_int_equal(usb->out_size, sizes[i]);
        phone_has(usb, slice_of(bytes, sizes[i]));
    }
    fake_usb_send(usb, slice_of(NULL, 0)); /* a packet of no bytes says nothing */
    assert_int_equal(fake_usb_at_phone(usb).size, 0);
    phone_says(usb, "OKAY");
    assert_string_equal(fake_usb_read(usb, 64), "OKAY");
    command(usb, "flash:boot");
    assert_false(fake_usb_redialled(usb));
}

/* More than was announced: the phone is to say what it thinks of that. */
static void data_and_more_in_one_transfer(void **state)
{
    struct fake_usb *usb = *state;
    uint8_t bytes[1024] = "data";

    download(usb, "00000200");
    fake_usb_send(usb, slice_of(bytes, sizeof bytes));
    phone_has(usb, slice_of(bytes, sizeof bytes));
    assert_false(fake_usb_redialled(usb));
}

static void a_command_amid_data_is_another_clients(void **state)
{
    struct fake_usb *usb = *state;
    uint8_t bytes[16384] = "data";

    download(usb, "00100000");
    fake_usb_send(usb, slice_of(bytes, sizeof bytes));
    fake_usb_send_text(usb, "getvar:product");
    assert_true(fake_usb_redialled(usb));
    greet(usb); /* and nothing of the data is left before it */
    phone_has_text(usb, "getvar:product");
    phone_says(usb, "OKAYwhyred");
    assert_string_equal(fake_usb_read(usb, 64), "OKAYwhyred");
}

static void a_stale_answer_is_not_for_the_next_client(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "flash:boot");
    phone_says(usb, "INFOwriting"); /* the tool is killed here */
    fake_usb_send_text(usb, "getvar:product");
    assert_true(fake_usb_redialled(usb));
    assert_string_equal(fake_usb_read(usb, 64), "(waiting)");
    greet(usb);
    phone_has_text(usb, "getvar:product");
    phone_says(usb, "OKAYwhyred");
    assert_string_equal(fake_usb_read(usb, 64), "OKAYwhyred");
}

static void an_answer_that_was_begun_is_not_for_the_next_client(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "oem why");
    phone_says(usb, "OKAYthis is longer than the buffer");
    assert_string_equal(fake_usb_read(usb, 16), "INFOthis is long");
    fake_usb_send_text(usb, "getvar:product");
    assert_true(fake_usb_redialled(usb));
}

static void a_small_buffer_gets_a_long_reply_in_parts(void **state)
{
    struct fake_usb *usb = *state;
    char text[201] = "OKAY";
    char parts[256] = "";

    memset(text + 4, 'x', 196);
    text[60] = 'a';
    text[100] = 'b';
    command(usb, "getvar:long");
    phone_says(usb, text);
    for (;;) {
        const char *part = fake_usb_read(usb, 64);

        assert_true(usb->size <= 64);
        strcat(parts, part + 4);
        if (memcmp(part, "INFO", 4) != 0) {
            assert_memory_equal(part, "OKAY", 4);
            break;
        }
    }
    assert_string_equal(parts, text + 4);
    assert_string_equal(fake_usb_read(usb, 64), "(waiting)");
}

static void a_buffer_for_no_reply_at_all(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "getvar:product");
    phone_says(usb, "OKAYwhyred");
    for (size_t size = 0; size < 5; size++) {
        assert_string_equal(fake_usb_read(usb, size), "");
    }
    assert_string_equal(fake_usb_read(usb, 64), "OKAYwhyred");
    command(usb, "getvar:empty");
    phone_says(usb, "OKAY");
    assert_string_equal(fake_usb_read(usb, 4), "OKAY");
}

static void staged_data_comes_in_transfers_as_asked_for(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "upload");
    phone_says(usb, "DATA00000400");
    assert_string_equal(fake_usb_read(usb, 256), "DATA00000400");
    for (size_t i = 0; i < 8; i++) { /* in packets of 128 bytes */
        char piece[129];

        memset(piece, (int)('a' + i), 128);
        piece[128] = '\0';
        phone_says(usb, piece);
    }
    phone_says(usb, "OKAY");
    fake_usb_read(usb, 512);
    assert_int_equal(usb->size, 512);
    assert_int_equal(usb->data[0], 'a');
    assert_int_equal(usb->data[511], 'd');
    fake_usb_read(usb, 16384);
    assert_int_equal(usb->size, 512);
    assert_int_equal(usb->data[0], 'e');
    assert_string_equal(fake_usb_read(usb, 256), "OKAY");
    command(usb, "getvar:product");
    assert_false(fake_usb_redialled(usb));
}

static void a_reset_amid_a_transfer_forgets_all(void **state)
{
    struct fake_usb *usb = *state;
    uint8_t bytes[1000] = "data";

    download(usb, "00100000");
    fake_usb_send(usb, slice_of(bytes, 512));
    fake_usb_ask(usb, 64);
    device_reset(&usb->device);
    assert_true(fake_usb_redialled(usb));
    assert_int_equal(fake_usb_at_phone(usb).size, 0);
    command(usb, "getvar:product");
    phone_says(usb, "OKAYwhyred");
    assert_string_equal(fake_usb_read(usb, 64), "OKAYwhyred");
}

static void a_phone_that_says_nonsense_is_called_anew(void **state)
{
    static const char *const sizes[] = {"\xff\xff\xff\xff\xff\xff\xff\xff", "\0\0\0\0\0\0\1\1",
                                        "\0\0\0\0\0\0\0\3"};
    struct fake_usb *usb = *state;

    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        command(usb, "getvar:product");
        fake_usb_ask(usb, 64);
        fake_usb_phone_says(usb, slice_of(sizes[i], 8));
        assert_true(fake_usb_redialled(usb));
        assert_int_equal(device_cancel(&usb->device, usb->last_id), true);
    }
}

static void who_has_gone_leaves_the_port_to_others(void **state)
{
    struct fake_usb *usb = *state;

    command(usb, "getvar:product");
    phone_says(usb, "OKAYwhyred");
    fake_usb_ask(usb, 64);
    fake_usb_ask(usb, 64);
    device_idle(&usb->device); /* somebody waits: there is a tool */
    assert_false(fake_usb_redialled(usb));
    assert_true(device_cancel(&usb->device, usb->last_id));
    device_idle(&usb->device);
    assert_true(fake_usb_redialled(usb));
    assert_false(device_wants_link(&usb->device));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_command_waits_for_the_greeting),
        TEST(nothing_is_said_before_a_tool_speaks),
        TEST(a_reply_comes_whole_however_it_is_split),
        TEST(replies_that_come_together_are_transfers_of_their_own),
        TEST(data_goes_over_in_transfers_of_any_size),
        TEST(data_and_more_in_one_transfer),
        TEST(a_command_amid_data_is_another_clients),
        TEST(a_stale_answer_is_not_for_the_next_client),
        TEST(an_answer_that_was_begun_is_not_for_the_next_client),
        TEST(a_small_buffer_gets_a_long_reply_in_parts),
        TEST(a_buffer_for_no_reply_at_all),
        TEST(staged_data_comes_in_transfers_as_asked_for),
        TEST(a_reset_amid_a_transfer_forgets_all),
        TEST(a_phone_that_says_nonsense_is_called_anew),
        TEST(who_has_gone_leaves_the_port_to_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
