/* SPDX-License-Identifier: MIT */
/* rawprogram0.xml. That stock qdl rescues a phone with it: e2e/test_usb_guest.py. */
#include "tests/unit/check.h"

#include "rom-images/package/rawprogram.h"

static struct gpt_plan plan = {
    .disk_name = "test",
    .count = 3,
    .partitions = {{.name = "misc", .size_bytes = 1},
                   {.name = "boot_a", .size_bytes = 3u << 20},
                   {.name = "boot_b", .size_bytes = 3u << 20}},
};

static const char *made(const struct rawprogram_file *file)
{
    static char out[2048];
    struct text text = text_in(out, sizeof out);

    assert_true(gpt_write_plan(&plan));
    return rawprogram_make(&plan, file, 1, &text) ? out : "";
}

static void sectors_are_the_disks_own(void **state)
{
    const struct rawprogram_file file = {"misc", false, "misc.img", 513};

    assert_string_equal(made(&file),
                        "<?xml version=\"1.0\" ?>\n<data>\n"
                        "  <program SECTOR_SIZE_IN_BYTES=\"512\" file_sector_offset=\"0\" "
                        "filename=\"misc.img\" label=\"misc\" num_partition_sectors=\"2\" "
                        "physical_partition_number=\"0\" sparse=\"false\" start_sector=\"2048\"/>\n"
                        "</data>\n");
}

static void both_slots_are_written(void **state)
{
    const struct rawprogram_file file = {"boot", true, "boot.img", 1024};
    const char *text = made(&file);

    assert_non_null(strstr(text, "label=\"boot_a\" num_partition_sectors=\"2\" "
                                 "physical_partition_number=\"0\" sparse=\"false\" "
                                 "start_sector=\"4096\"/>"));
    assert_non_null(strstr(text, "label=\"boot_b\""));
    assert_non_null(strstr(text, "start_sector=\"10240\"/>"));
}

static void a_partition_that_is_not_there(void **state)
{
    const struct rawprogram_file file = {"vendor", false, "vendor.img", 1024};

    assert_string_equal(made(&file), "");
}

static void a_text_that_is_too_small(void **state)
{
    const struct rawprogram_file file = {"misc", false, "misc.img", 1024};
    char out[100];
    struct text text = text_in(out, sizeof out);

    assert_false(rawprogram_make(&plan, &file, 1, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sectors_are_the_disks_own),
        cmocka_unit_test(both_slots_are_written),
        cmocka_unit_test(a_partition_that_is_not_there),
        cmocka_unit_test(a_text_that_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
