/* SPDX-License-Identifier: MIT */
/* scripts/usb: identity, descriptors and control requests. */
#include "tests/unit/check.h"

#include "usb/control.h"
#include "usb/descriptors_ms.h"

static const struct identity_names names = {.product = "Redmi Note 5", .serial = "8a7b6c5d"};
static struct control_reply reply;

static enum usb_status ask(enum usb_mode mode, struct usb_setup setup)
{
    memset(&reply, 0xee, sizeof reply);
    return control_answer(identity_of(mode), &names, &setup, &reply);
}

static void get(enum usb_mode mode, uint16_t value)
{
    assert_int_equal(ask(mode, (struct usb_setup){0x80, 6, value, 0, 255}), USB_OK);
    assert_int_equal(reply.bytes[1], value >> 8);
}

static void each_mode_is_the_device_that_tools_look_for(void **state)
{
    static const struct {
        enum usb_mode mode;
        uint16_t vendor, product;
        uint8_t triple[3];
    } rows[] = {
        {USB_FASTBOOT, 0x18d1, 0xd00d, {0xff, 0x42, 0x03}},
        {USB_ADB, 0x18d1, 0xd001, {0xff, 0x42, 0x01}},
        {USB_EDL, 0x05c6, 0x9008, {0xff, 0xff, 0xff}},
    };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        get(rows[i].mode, 0x100);
        assert_int_equal(reply.size, 18);
        assert_int_equal(reply.bytes[0], 18);
        assert_int_equal(le16(reply.bytes + 8), rows[i].vendor);
        assert_int_equal(le16(reply.bytes + 10), rows[i].product);
        get(rows[i].mode, 0x200);
        assert_int_equal(reply.size, 32);
        assert_int_equal(le16(reply.bytes + 2), 32);
        assert_memory_equal(reply.bytes + 9 + 5, rows[i].triple, 3);
        assert_int_equal(reply.bytes[18 + 2], USB_EP_IN);
        assert_int_equal(reply.bytes[25 + 2], USB_EP_OUT);
        assert_int_equal(le16(reply.bytes + 25 + 4), 512);
    }
}

/* Of a string descriptor that holds ASCII. */
static const char *text_of(enum usb_mode mode, uint8_t index)
{
    static char text[128];
    size_t length;

    get(mode, 0x300 | index);
    assert_int_equal(reply.bytes[0], reply.size);
    length = (reply.size - 2) / 2;
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)reply.bytes[2 + 2 * i];
        assert_int_equal(reply.bytes[3 + 2 * i], 0);
    }
    text[length] = '\0';
    return text;
}

static void strings_name_the_phone(void **state)
{
    assert_string_equal(text_of(USB_FASTBOOT, 1), "Flashlab");
    assert_string_equal(text_of(USB_FASTBOOT, 2), "Redmi Note 5");
    assert_string_equal(text_of(USB_FASTBOOT, 3), "8a7b6c5d");
    assert_string_equal(text_of(USB_FASTBOOT, 4), "fastboot");
    assert_string_equal(text_of(USB_ADB, 4), "ADB Interface");
    assert_string_equal(text_of(USB_EDL, 2), "QUSB__BULK_CID:0000_SN:8a7b6c5d");
    get(USB_EDL, 0x100);
    assert_int_equal(reply.bytes[16], 0); /* no serial number of its own */
    get(USB_FASTBOOT, 0x300);
    assert_int_equal(le16(reply.bytes + 2), 0x0409);
}

static void windows_finds_winusb(void **state)
{
    static const char id[] = "WINUSB";

    get(USB_FASTBOOT, 0xf00);
    assert_int_equal(reply.size, 33);
    assert_int_equal(le16(reply.bytes + 2), 33);
    assert_int_equal(le16(reply.bytes + 29), descriptors_ms_set_bytes());
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0xc0, 0x20, 0, 7, 4096}), USB_OK);
    assert_int_equal(reply.size, descriptors_ms_set_bytes());
    assert_int_equal(le16(reply.bytes + 8), reply.size);
    assert_memory_equal(reply.bytes + 14, id, 6);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0xc0, 0x20, 0, 4, 4096}), USB_OK);
    assert_int_equal(reply.size, 40);
    assert_int_equal(le32(reply.bytes), 40);
    assert_memory_equal(reply.bytes + 18, id, 6);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0xc1, 0x20, 0, 5, 4096}), USB_OK);
    assert_int_equal(le32(reply.bytes), reply.size);
    get(USB_ADB, 0x3ee);
    assert_int_equal(reply.size, 18);
}

static void rescue_mode_is_left_to_the_vendors_driver(void **state)
{
    static const struct usb_setup setups[] = {
        {0x80, 6, 0xf00, 0, 255}, {0x80, 6, 0x3ee, 0, 255}, {0xc0, 0x20, 0, 7, 255},
        {0xc0, 0x20, 0, 4, 255},  {0xc1, 0x20, 0, 5, 255},
    };

    for (size_t i = 0; i < ARRAY_COUNT(setups); i++) {
        assert_int_equal(ask(USB_EDL, setups[i]), USB_STALL);
        assert_int_equal(reply.size, 0);
        assert_int_equal(ask(USB_FASTBOOT, setups[i]), USB_OK);
    }
    get(USB_EDL, 0x100);
    assert_int_equal(le16(reply.bytes + 2), 0x0200); /* no BOS */
}

static void an_answer_is_never_longer_than_asked_for(void **state)
{
    for (uint16_t length = 0; length < 64; length++) {
        assert_int_equal(ask(USB_ADB, (struct usb_setup){0x80, 6, 0x200, 0, length}), USB_OK);
        assert_int_equal(reply.size, length < 32 ? length : 32);
    }
}

static void what_is_not_known_stalls(void **state)
{
    static const struct usb_setup setups[] = {
        {0x80, 6, 0x900, 0, 255}, /* a descriptor of no kind */
        {0x80, 6, 0x305, 0, 255}, /* a string too many */
        {0x80, 6, 0x201, 0, 255}, /* a configuration too many */
        {0x00, 9, 2, 0, 0},       /* the same */
        {0x01, 11, 1, 0, 0},      /* a setting too many */
        {0x01, 11, 0, 1, 0},      /* an interface too many */
        {0x02, 1, 0, 0x83, 0},    /* an endpoint too many */
        {0x02, 1, 1, USB_EP_IN, 0} /* a feature too many */,
        {0x00, 3, 1, 0, 0},      /* remote wake-up */
        {0xc0, 0x20, 0, 6, 255}, /* no such index */
        {0xc0, 0x21, 0, 7, 255}, /* no such request */
        {0x40, 0x20, 0, 7, 0},   /* the other direction */
    };

    for (size_t i = 0; i < ARRAY_COUNT(setups); i++) {
        assert_int_equal(ask(USB_FASTBOOT, setups[i]), USB_STALL);
        assert_int_equal(reply.size, 0);
    }
}

static void standard_requests(void **state)
{
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x80, 0, 0, 0, 2}), USB_OK);
    assert_int_equal(reply.size, 2);
    assert_int_equal(le16(reply.bytes), 0);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x80, 8, 0, 0, 1}), USB_OK);
    assert_int_equal(reply.bytes[0], 1);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x81, 10, 0, 0, 1}), USB_OK);
    assert_int_equal(reply.bytes[0], 0);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x00, 9, 1, 0, 0}), USB_OK);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x02, 1, 0, USB_EP_IN, 0}), USB_OK);
    assert_int_equal(ask(USB_ADB, (struct usb_setup){0x02, 1, 0, USB_EP_OUT, 0}), USB_OK);
}

static void no_request_writes_past_the_reply(void **state)
{
    for (unsigned type = 0; type < 256; type++) {
        for (unsigned request = 0; request < 256; request++) {
            for (uint16_t value = 0; value < 0x1000; value += 0x100) {
                const struct usb_setup setup = {(uint8_t)type, (uint8_t)request, value,
                                                (uint16_t)(request % 9), UINT16_MAX};

                (void)ask(USB_FASTBOOT, setup);
                assert_true(reply.size <= CONTROL_REPLY_BYTES);
            }
        }
    }
}

static void modes_have_names(void **state)
{
    enum usb_mode mode = USB_OFF;

    assert_true(identity_mode_named(slice_of("edl", 3), &mode));
    assert_int_equal(mode, USB_EDL);
    assert_true(identity_mode_named(slice_of("off", 3), &mode));
    assert_int_equal(mode, USB_OFF);
    assert_false(identity_mode_named(slice_of("ed", 2), &mode));
    assert_false(identity_mode_named(slice_of("fastbootd", 9), &mode));
}

static void texts_are_ascii_and_bounded(void **state)
{
    char text[IDENTITY_TEXT_BYTES];
    char longer[200];

    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    identity_text(text, longer);
    assert_int_equal(strlen(text), IDENTITY_TEXT_BYTES - 1);
    identity_text(text, "a\n\xe5z");
    assert_string_equal(text, "a??z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mode_is_the_device_that_tools_look_for),
        cmocka_unit_test(strings_name_the_phone),
        cmocka_unit_test(windows_finds_winusb),
        cmocka_unit_test(rescue_mode_is_left_to_the_vendors_driver),
        cmocka_unit_test(an_answer_is_never_longer_than_asked_for),
        cmocka_unit_test(what_is_not_known_stalls),
        cmocka_unit_test(standard_requests),
        cmocka_unit_test(no_request_writes_past_the_reply),
        cmocka_unit_test(modes_have_names),
        cmocka_unit_test(texts_are_ascii_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
