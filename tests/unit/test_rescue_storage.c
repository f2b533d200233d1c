/* SPDX-License-Identifier: MIT */
/*
 * rescue/rescue_storage.c: what an authorised client writes and erases, and what of that is refused
 * before anything is written.
 */
#include "tests/fake/rescue_desk.h"

static void it_programs_a_partition(void **state)
{
    const uint8_t *boot = fake_disk_at(&rescue_desk.phone.disk, FAKE_PHONE_BOOT_LBA);

    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client,
                        "<program label=\"boot\" num_partition_sectors=\"600\" "
                        "SECTOR_SIZE_IN_BYTES=\"512\"/>");
    fake_rescue_data(&rescue_desk.client, 0x5a, 512 * 600, RESCUE_DATA_BYTES_MAX);
    fake_rescue_command(&rescue_desk.client, "<program label=\"boot\" start_sector=\"600\" "
                                             "num_partition_sectors=\"3\"/>");
    fake_rescue_data(&rescue_desk.client, 0x5b, 512 * 3, 512);
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("rawmode=\"true\""),
                     3); /* with the answer to the challenge */
    assert_int_equal(rescue_desk_times_received("NAK"), 0);
    assert_true(slice_is_all(slice_of(boot, 512 * 600), 0x5a));
    assert_true(slice_is_all(slice_of(boot + 512 * 600, 512 * 3), 0x5b));
    assert_int_equal(boot[512 * 603], 0);
    assert_int_equal(boot[-1], 0);
    assert_int_equal(rescue_desk.phone.disk.unflushed, 0);
    assert_string_equal(rescue_desk.last_told, "program|boot|");
    assert_int_equal(rescue_desk.phone.nor.changes, 0);
}

static void it_programs_the_whole_disk(void **state)
{
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client,
                        "<program start_sector=\"4095\" num_partition_sectors=\"1\"/>");
    fake_rescue_data(&rescue_desk.client, 0x11, 512, 512);
    fake_rescue_command(&rescue_desk.client,
                        "<erase start_sector=\"4095\" num_partition_sectors=\"1\"/>");
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("NAK"), 0);
    assert_int_equal(rescue_desk.phone.disk.writes, 2);
    assert_true(slice_is_all(slice_of(fake_disk_at(&rescue_desk.phone.disk, 4095), 512), 0));
    assert_string_equal(rescue_desk.last_told, "erase||");
}

static void it_erases(void **state)
{
    uint8_t *boot = fake_disk_at(&rescue_desk.phone.disk, FAKE_PHONE_BOOT_LBA);

    memset(boot - 512, 0x77, RESCUE_BOOT_BYTES + 1024);
    rescue_desk_one_command(fake_root_key(), "<erase label=\"boot\" start_sector=\"2\"/>");
    assert_int_equal(rescue_desk_times_received("NAK"), 0);
    assert_true(slice_is_all(slice_of(boot - 512, 3 * 512), 0x77));
    assert_true(slice_is_all(slice_of(boot + 1024, RESCUE_BOOT_BYTES - 1024), 0));
    assert_true(slice_is_all(slice_of(boot + RESCUE_BOOT_BYTES, 512), 0x77));
    assert_int_equal(rescue_desk.phone.disk.unflushed, 0);
}

/* Refused before data is asked for, and nothing written. */
static void what_does_not_fit(void **state)
{
    static const struct {
        const char *element;
        const char *why;
    } cases[] = {
        {"<program label=\"boot\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"0\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"1834\"/>", "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"1\" num_partition_sectors=\"1833\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"1834\" num_partition_sectors=\"1\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"36028797018963968\" num_partition_sectors=\"1\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" num_partition_sectors=\"36028797018963969\"/>", "E_BLOCK_RANGE"},
        {"<program label=\"boot\" num_partition_sectors=\"18446744073709551616\"/>",
         "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"1\" SECTOR_SIZE_IN_BYTES=\"4096\"/>",
         "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boo\" num_partition_sectors=\"1\"/>", "E_GPT_NOT_FOUND"},
        {"<program label=\"\" num_partition_sectors=\"1\"/>", "E_GPT_NOT_FOUND"},
        {"<program label=\"0123456789012345678901234567890123456\" num_partition_sectors=\"1\"/>",
         "E_GPT_NOT_FOUND"},
        {"<program num_partition_sectors=\"4097\"/>", "E_BLOCK_RANGE"},
        {"<program start_sector=\"4096\" num_partition_sectors=\"1\"/>", "E_BLOCK_RANGE"},
        {"<erase/>", "E_RESCUE_ATTRIBUTE"},
        {"<erase label=\"boot\" num_partition_sectors=\"1834\"/>", "E_BLOCK_RANGE"},
        {"<erase label=\"boot\" start_sector=\"1833\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<erase label=\"modem\"/>", "E_GPT_NOT_FOUND"},
        {"<configure/>", "E_RESCUE_ATTRIBUTE"},
        {"<configure MaxPayloadSizeToTargetInBytes=\"262145\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<configure MaxPayloadSizeToTargetInBytes=\"0\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<peek/>", "E_RESCUE_COMMAND"},
        {"<nop/><nop/>", "E_RESCUE_XML"},
        {"<nop a=\"\" a=\"\"/>", "E_RESCUE_XML_DUPLICATE"},
    };
    uint32_t crc = rescue_desk_disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        rescue_desk_one_command(fake_root_key(), cases[i].element);
        if (strstr(rescue_desk.client.received, cases[i].why) == NULL ||
            rescue_desk_times_received("NAK") != 1) {
            print_error("%s: %s\n", cases[i].element, rescue_desk.client.received);
            fail();
        }
        assert_int_equal(rescue_desk_times_received("rawmode=\"true\""), 1);
    }
    rescue_desk_assert_untouched(crc);
}

static void broken_data(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint32_t size;
    } cases[] = {
        {"more than announced", RESCUE_PACKET_DATA, 1536},
        {"nothing", RESCUE_PACKET_DATA, 0},
        {"more than a packet holds", RESCUE_PACKET_DATA, RESCUE_DATA_BYTES_MAX + 512},
        {"a command instead", RESCUE_PACKET_XML, 6},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t head[RESCUE_HEADER_BYTES];

        put_le32(head, cases[i].type);
        put_le32(head + 4, cases[i].size);
        rescue_desk_come(fake_root_key());
        fake_rescue_command(&rescue_desk.client,
                            "<program label=\"boot\" num_partition_sectors=\"2\"/>");
        fake_rescue_bytes(&rescue_desk.client, slice_of(head, sizeof head));
        rescue_session(&rescue_desk.rescue);
        assert_non_null(strstr(rescue_desk.client.received, "E_RESCUE_PACKET"));
        assert_int_equal(rescue_desk.phone.disk.writes, 0);
    }
}

static void half_sectors_are_refused_and_nobody_gets_out_of_step(void **state)
{
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client,
                        "<program label=\"boot\" num_partition_sectors=\"2\"/>");
    fake_rescue_data(&rescue_desk.client, 1, 1024, 500);
    fake_rescue_command(&rescue_desk.client, "<nop/>");
    rescue_session(&rescue_desk.rescue);
    assert_non_null(strstr(rescue_desk.client.received, "E_BLOCK_ALIGN"));
    assert_int_equal(rescue_desk.phone.disk.writes, 0);
    assert_string_equal(rescue_desk.last_told, "nop||");
}

static void a_failing_disk_is_told_after_the_data(void **state)
{
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client,
                        "<program label=\"boot\" num_partition_sectors=\"8\"/>");
    fake_rescue_data(&rescue_desk.client, 1, 8 * 512, 512);
    fake_rescue_command(&rescue_desk.client, "<nop/>");
    rescue_desk.phone.disk.requests = 0;
    rescue_desk.phone.disk.fail_at = 5; /* the table takes two reads */
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("value=\"NAK\""), 1);
    assert_non_null(strstr(rescue_desk.client.received, "E_BLOCK_IO"));
    assert_string_equal(rescue_desk.last_told, "nop||");
}

/* Cut at every byte: the next client can do all of it again. */
static void a_client_that_vanishes(void **state)
{
    static const char program[] = "<program label=\"boot\" num_partition_sectors=\"2\"/>";
    size_t whole;

    rescue_desk_come(NULL);
    fake_rescue_command(&rescue_desk.client, program);
    fake_rescue_data(&rescue_desk.client, 0x33, 1024, 512);
    whole = rescue_desk.client.sent_bytes;
    for (size_t cut = 0; cut <= whole; cut += cut < 16 || cut + 16 > whole ? 1 : 7) {
        rescue_desk_come(fake_root_key());
        fake_rescue_command(&rescue_desk.client, program);
        fake_rescue_data(&rescue_desk.client, 0x33, 1024, 512);
        rescue_desk.client.sent_bytes -= whole - cut;
        rescue_session(&rescue_desk.rescue);
        assert_false(rescue_desk.rescue.reset);
    }
    memset(fake_disk_at(&rescue_desk.phone.disk, FAKE_PHONE_BOOT_LBA), 0, 1024);
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client, program);
    fake_rescue_data(&rescue_desk.client, 0x44, 1024, 512);
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("NAK"), 0);
    assert_true(slice_is_all(
        slice_of(fake_disk_at(&rescue_desk.phone.disk, FAKE_PHONE_BOOT_LBA), 1024), 0x44));
}

static void a_disk_without_a_table_can_be_written(void **state)
{
    memset(rescue_desk.phone.disk.bytes, 0, FAKE_PHONE_BLOCKS * 512);
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client, "<getstorageinfo/>");
    fake_rescue_command(&rescue_desk.client, "<erase label=\"boot\"/>");
    fake_rescue_command(&rescue_desk.client,
                        "<program start_sector=\"1\" num_partition_sectors=\"1\"/>");
    fake_rescue_data(&rescue_desk.client, 0x42, 512, 512);
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("<partition"), 0);
    assert_int_equal(rescue_desk_times_received("NAK"), 1);
    assert_int_equal(fake_disk_at(&rescue_desk.phone.disk, 1)[511], 0x42);
}

static void without_a_disk(void **state)
{
    rescue_desk.phone.phone.disk = NULL;
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client, "<getstorageinfo/>");
    fake_rescue_command(&rescue_desk.client, "<erase label=\"boot\"/>");
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("E_BLOCK_IO"), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rescue_desk_set_up, rescue_desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_programs_a_partition),
        TEST(it_programs_the_whole_disk),
        TEST(it_erases),
        TEST(what_does_not_fit),
        TEST(broken_data),
        TEST(half_sectors_are_refused_and_nobody_gets_out_of_step),
        TEST(a_failing_disk_is_told_after_the_data),
        TEST(a_client_that_vanishes),
        TEST(a_disk_without_a_table_can_be_written),
        TEST(without_a_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
