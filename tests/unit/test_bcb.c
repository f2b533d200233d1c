/* SPDX-License-Identifier: MIT */
/* storage/bcb.h: what the ROM asks for, and that it is asked once. */
#include "tests/unit/check.h"

#include "format/misc.h"
#include "storage/bcb.h"
#include "tests/fake/fake_disk.h"

static void words(void **state)
{
    static const struct {
        const char *text;
        size_t size; /* of the field, the rest is 0xff; 0: NULs to its end */
        enum bcb_command command;
    } cases[] = {
        {"boot-recovery", 0, BCB_RECOVERY},
        {"boot-recovery", 14, BCB_RECOVERY}, /* with its NUL, then anything */
        {"bootonce-bootloader", 0, BCB_BOOTLOADER},
        {"bootonce-bootloader", 20, BCB_BOOTLOADER},
        {"", 0, BCB_NONE},
        {"boot-recovery", 13, BCB_NONE}, /* no NUL: another, longer word */
        {"boot-recover", 0, BCB_NONE},
        {"boot-recovery ", 0, BCB_NONE},
        {"Boot-recovery", 0, BCB_NONE},
        {"bootonce-bootloade", 0, BCB_NONE},
        {"boot-fastboot", 0, BCB_NONE},
        {"update-radio", 0, BCB_NONE},
        {"0123456789abcdef0123456789abcdef", 32, BCB_NONE}, /* full, no NUL */
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct bootloader_message message;
        size_t size = cases[i].size != 0 ? cases[i].size : sizeof message.command;

        memset(&message, 0xff, sizeof message);
        memset(message.command, 0, size);
        memcpy(message.command, cases[i].text, strlen(cases[i].text));
        if (bcb_decode(slice_of(&message, sizeof message)) != cases[i].command) {
            fail_msg("case %zu (%s)", i, cases[i].text);
        }
    }
}

static void a_message_cut_short(void **state)
{
    static const uint8_t command[31] = BCB_BOOT_RECOVERY;

    assert_int_equal(bcb_decode(slice_of(command, sizeof command)), BCB_NONE);
    assert_int_equal(bcb_decode(slice_of(command, 0)), BCB_NONE);
}

static void clearing_takes_the_command_only(void **state)
{
    uint8_t scratch[512];
    struct span room = {scratch, sizeof scratch};
    struct fake_disk disk;
    struct partition misc;
    enum bcb_command command;

    fake_disk_init(&disk, 64, 512);
    misc = (struct partition){&disk.block, 8, 4096};
    memset(disk.bytes, 0x5a, 64 * 512);
    memcpy(fake_disk_at(&disk, 8), BCB_BOOT_BOOTLOADER, sizeof BCB_BOOT_BOOTLOADER);
    assert_err(bcb_read(&misc, room, &command), OK);
    assert_int_equal(command, BCB_BOOTLOADER);
    assert_err(bcb_clear(&misc, room), OK);
    assert_int_equal(disk.writes, 1);
    assert_int_equal(disk.unflushed, 0);
    assert_err(bcb_read(&misc, room, &command), OK);
    assert_int_equal(command, BCB_NONE);
    assert_true(slice_is_all(slice_of(fake_disk_at(&disk, 8), 32), 0));
    memset(fake_disk_at(&disk, 8), 0x5a, 32);
    assert_true(slice_is_all(slice_of(disk.bytes, 64 * 512), 0x5a));
    fake_disk_free(&disk);
}

static void a_disk_that_fails(void **state)
{
    uint8_t scratch[512];
    struct span room = {scratch, sizeof scratch};
    enum bcb_command command = BCB_RECOVERY;
    struct fake_disk disk;
    struct partition misc;

    fake_disk_init(&disk, 64, 512);
    misc = (struct partition){&disk.block, 8, 0};
    assert_err(bcb_read(&misc, room, &command), E_BLOCK_RANGE);
    misc.size_bytes = 4096;
    assert_err(bcb_read(&misc, (struct span){scratch, 511}, &command), E_SLICE_RANGE);
    disk.fail_at = 1;
    assert_err(bcb_read(&misc, room, &command), E_BLOCK_IO);
    assert_int_equal(command, BCB_RECOVERY);
    for (unsigned n = 1; n <= 3; n++) {
        disk.requests = 0;
        disk.fail_at = n;
        assert_err(bcb_clear(&misc, room), E_BLOCK_IO);
    }
    disk.read_only = true;
    disk.fail_at = 0;
    assert_err(bcb_clear(&misc, room), E_BLOCK_READ_ONLY);
    fake_disk_free(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(a_message_cut_short),
        cmocka_unit_test(clearing_takes_the_command_only),
        cmocka_unit_test(a_disk_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
