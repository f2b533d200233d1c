/* SPDX-License-Identifier: MIT */
/* fastboot/oem.h: what the phone says of itself: a picture of its screen, its log, a hash. */
#include "tests/unit/check.h"

#include "tests/fake/fake_fastboot.h"

#include <stdio.h>

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};

static void a_picture_of_the_screen(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    struct panel *panel = &fastboot->phone.panel.panel;
    static const char head[] = "BM\xf6\x5d\0\0\0\0\0\0\x36\0\0\0" /* 24054 bytes, pixels from 54 */
                               "\x28\0\0\0\x64\0\0\0\xc4\xff\xff\xff\1\0\x20\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    const uint8_t *picture;

    assert_string_equal(fake_fastboot_ask(fastboot, "oem screenshot"),
                        "FAILthis phone has no screen");
    assert_err(panel->ops->start(panel, 100, 60), OK);
    panel->canvas.pixels[0] = 0x123456;
    panel->canvas.pixels[59 * panel->canvas.stride_px + 99] = 0x789abc;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem screenshot"), "OKAY");
    assert_string_equal(fake_fastboot_ask(fastboot, "upload"), "OKAY");
    picture = fastboot->client.uploaded.data;
    assert_int_equal(fastboot->client.uploaded.size, 54 + 4 * 100 * 60);
    assert_memory_equal(picture, head, 54);
    assert_memory_equal(picture + 54, "\x56\x34\x12\0", 4);
    assert_memory_equal(picture + 54 + 4 * (100 * 60 - 1), "\xbc\x9a\x78\0", 4);
    assert_string_equal(fake_fastboot_ask(fastboot, "upload"),
                        "FAILnothing is staged: try fastboot oem screenshot first");
    fake_fastboot_delete(fastboot);
}

/* It lies where a dry run puts the ramdisk: after one there is no picture. */
static void a_picture_does_not_outlive_a_dry_run(void **unused)
{
    static const char *const commands[] = {"oem why", "oem lock-check", "flash:boot", "boot"};
    static const uint8_t image[512];

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
        struct panel *panel = &fastboot->phone.panel.panel;

        assert_err(panel->ops->start(panel, 100, 60), OK);
        fastboot->outcome = (struct decision){FATE_BRICK, REASON_NO_ROM, BOOT_STATE_RED};
        assert_string_equal(fake_fastboot_ask(fastboot, "oem screenshot"), "OKAY");
        (void)fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]);
        assert_string_equal(fake_fastboot_ask(fastboot, "upload"),
                            "FAILnothing is staged: try fastboot oem screenshot first");
        fake_fastboot_delete(fastboot);
    }
}

static void the_log_in_lines(void **unused)
{
    char chars[2000];
    struct text log = text_in(chars, sizeof chars);
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    text_str(&log, "[1 ms] first\n");
    for (int i = 0; i < 300; i++) {
        text_char(&log, 'x');
    }
    text_str(&log, "\nlast\n");
    fastboot->phone.phone.logged = &log;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem log"), "OKAY");
    assert_int_equal(fastboot->client.reply_count, 5);
    assert_string_equal(fastboot->client.replies[0], "INFO[1 ms] first");
    assert_int_equal(strlen(fastboot->client.replies[1]), 4 + 240);
    assert_int_equal(strlen(fastboot->client.replies[2]), 4 + 60);
    assert_string_equal(fastboot->client.replies[3], "INFOlast");
    fake_fastboot_delete(fastboot);
}

static void a_hash_of_a_partition(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint8_t digest[SHA256_BYTES];
    char words[4 + 2 * SHA256_BYTES + 1] = "INFO";

    fake_fastboot_sha256(fastboot, "userdata", digest);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        snprintf(words + 4 + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(fake_fastboot_ask_staying(fastboot, "oem sha256:userdata"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, words));
    fake_fastboot_delete(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_of_the_screen),
        cmocka_unit_test(a_picture_does_not_outlive_a_dry_run),
        cmocka_unit_test(the_log_in_lines),
        cmocka_unit_test(a_hash_of_a_partition),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
