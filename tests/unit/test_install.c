/* SPDX-License-Identifier: MIT */
/* recovery/install.h and metadata.h: whether a good package is one for this phone. */
#include "tests/fake/package_desk.h"

#include "format/vbmeta.h"

#include <stdio.h>

static void test_who_may_install(void **state)
{
    static const struct {
        const char *name;
        const char *from; /* in package_metadata */
        const char *to;
        enum recovery_fault fault;
    } cases[] = {
        {"same", "", "", FAULT_NONE},
        {"other model", "=dipper", "=whyred", FAULT_PRODUCT},
        {"model begins so", "=dipper", "=dipper_", FAULT_PRODUCT},
        {"other region", "region=cn", "region=global", FAULT_REGION},
        {"no region", "flashlab-region=cn\n", "", FAULT_METADATA},
        {"empty region", "region=cn", "region=", FAULT_METADATA},
        {"lower index", "index=3", "index=2", FAULT_ROLLBACK},
        {"higher index", "index=3", "index=4", FAULT_NONE},
        {"index of letters", "index=3", "index=3x", FAULT_METADATA},
        {"negative index", "index=3", "index=-1", FAULT_METADATA},
        {"huge index", "index=3", "index=99999999999999999999", FAULT_METADATA},
        {"no index", "flashlab-rollback-index=3\n", "", FAULT_METADATA},
        {"older", "20180905", "20180904", FAULT_DATE},
        {"newer", "20180905", "20190101", FAULT_NONE},
        {"no date", "flashlab-date=20180905\n", "", FAULT_METADATA},
        {"date of years", "20180905", "2018", FAULT_METADATA},
        {"no model", "pre-device=dipper\n", "", FAULT_METADATA},
        {"long model", "=dipper", "=dipperdipperdipperdipperdipperdipper", FAULT_METADATA},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[600];
        const char *found = strstr(package_metadata, cases[i].from);
        struct recovery_zip_file files[] = {
            {RECOVERY_ZIP_METADATA, {0}},
            {"boot.img", slice_of("boot", 4)},
            {"vbmeta.img", slice_of("AVB0 new", 8)},
        };

        assert_non_null(found);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - package_metadata), package_metadata,
                 cases[i].to, found + strlen(cases[i].from));
        files[0].bytes = slice_of(text, strlen(text));
        package_make_zip(files, ARRAY_COUNT(files), fake_root_key());
        package_assert_fault(cases[i].fault, cases[i].name);
    }
}

static void test_phones(void **state)
{
    (void)state;
    memcpy(package_desk.phone.region, "global", sizeof("global"));
    package_assert_fault(FAULT_REGION, "a Global phone");
    package_desk.phone.region_held = false;
    package_assert_fault(FAULT_NONE, "where nobody asks");
    memcpy(package_desk.phone.region, "cn", sizeof("cn"));
    package_desk.phone.rom_date = 20200101;
    package_assert_fault(FAULT_DATE, "a newer ROM is on it");
    memcpy(package_desk.phone.rom_region, "global", sizeof("global"));
    package_assert_fault(FAULT_NONE, "of another region: its date says nothing");
}

static void test_phone_facts(void **state)
{
    static const char vbmeta[] = "AVB0....flashlab.rom.region\0global\0flashlab.rom.date\0"
                                 "20180712\0rest";
    static const char cut[] = "flashlab.rom.date\0002018"; /* without an end */
    static const struct {
        const char *properties;
        const char *region;
        bool held;
        uint64_t index;
    } cases[] = {
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.secureboot.lockstate=locked\n"
         "ro.boot.anti=5\n",
         "cn", true, 5},
        {"ro.boot.hwc=CNX\nro.flashlab.policy_list=1\n", "global", true, 0},
        {"ro.boot.hwc=CN_X\nro.flashlab.policy_list=1\n", "cn", true, 0},
        {"ro.boot.hwc=GLOBAL\nro.flashlab.policy_list=1\nro.boot.anti=x\n", "global", true, 0},
        {"ro.flashlab.policy_list=1\n", "global", true, 0},
        {"ro.boot.hwc=CN\n", "cn", false, 0},
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.secureboot.lockstate=unlocked\n", "cn",
         false, 0},
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.boot.flashlab.regime=none\n", "cn", false,
         0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        static struct props props;
        struct recovery_phone phone;

        memset(&props, 0, sizeof(props));
        props_read_file(&props, cases[i].properties, strlen(cases[i].properties));
        recovery_phone_read(&props, slice_of(vbmeta, sizeof(vbmeta)), &phone);
        assert_string_equal(phone.region, cases[i].region);
        assert_int_equal(phone.region_held, cases[i].held);
        assert_int_equal(phone.rollback_index, cases[i].index);
        assert_string_equal(phone.rom_region, "global");
        assert_int_equal(phone.rom_date, 20180712);
        recovery_phone_read(&props, slice_of(cut, sizeof(cut) - 1), &phone);
        assert_string_equal(phone.rom_region, "");
        recovery_phone_read(&props, slice_of("", 0), &phone);
        assert_int_equal(phone.rom_date, 0);
    }
}

static void test_images(void **state)
{
    struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(package_metadata, strlen(package_metadata))},
        {"boot.img", slice_of(package_boot_image, 1000)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
        {"recovery.img", slice_of(package_boot_image, 1000)},
    };
    static uint8_t large[PACKAGE_PARTITION_BYTES + 1];

    (void)state;
    package_make_zip(files, 4, fake_root_key());
    package_assert_fault(FAULT_NONE, "another order");
    assert_string_equal(package_desk.order, "rbv");
    package_make_zip(files, 2, fake_root_key());
    package_assert_fault(FAULT_IMAGES, "no vbmeta");
    files[3] = (struct recovery_zip_file){"system.img", slice_of("x", 1)};
    package_make_zip(files, 4, fake_root_key());
    package_assert_fault(FAULT_IMAGES, "no such partition");
    files[3] = (struct recovery_zip_file){"misc.img", slice_of("x", 1)};
    package_make_zip(files, 4, fake_root_key());
    package_assert_fault(FAULT_IMAGES, "not one of a package's");
    files[3] = (struct recovery_zip_file){"recovery.img", slice_of(large, sizeof(large))};
    package_make_zip(files, 4, fake_root_key());
    package_assert_fault(FAULT_IMAGES, "too large");
    files[3] = (struct recovery_zip_file){"recovery.img", slice_of("", 0)};
    package_make_zip(files, 4, fake_root_key());
    package_assert_fault(FAULT_IMAGES, "empty");
}

static void install_with(const char *name, size_t size, const char *last)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(package_metadata, strlen(package_metadata))},
        {"boot.img", slice_of(package_boot_image, 1000)},
        {name, slice_of(package_boot_image, size)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    memcpy(package_boot_image + size - sizeof(struct vbmeta_footer), last, 4);
    memset(package_desk.recovery, 'o', sizeof(package_desk.recovery));
    memset(package_desk.cust, 'o', sizeof(package_desk.cust));
    package_make_zip(files, ARRAY_COUNT(files), fake_root_key());
    package_assert_fault(FAULT_NONE, name);
}

/* Of a chained image the footer goes to the end of its partition, and what is between is zeros. */
static void test_a_footer_moves(void **state)
{
    size_t size = 17 * VERITY_BLOCK_BYTES;
    size_t body = size - VERITY_BLOCK_BYTES;
    size_t end = PACKAGE_PARTITION_BYTES - VERITY_BLOCK_BYTES;

    (void)state;
    install_with("recovery.img", size, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(package_desk.recovery, package_boot_image, body);
    assert_true(slice_is_all(slice_of(package_desk.recovery + body, end - body), 0));
    assert_memory_equal(package_desk.recovery + end, package_boot_image + body, VERITY_BLOCK_BYTES);
}

/* It does not where nobody looks for one, nor when it is no footer, nor in half a block. */
static void test_other_ends_stay(void **state)
{
    size_t size = 17 * VERITY_BLOCK_BYTES;

    (void)state;
    install_with("cust.img", size, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(package_desk.cust, package_boot_image, size);
    assert_true(
        slice_is_all(slice_of(package_desk.cust + size, PACKAGE_PARTITION_BYTES - size), 'o'));
    install_with("recovery.img", size, "AVBg");
    assert_memory_equal(package_desk.recovery, package_boot_image, size);
    assert_true(
        slice_is_all(slice_of(package_desk.recovery + size, PACKAGE_PARTITION_BYTES - size), 'o'));
    install_with("recovery.img", size + 100, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(package_desk.recovery, package_boot_image, size + 100);
    assert_int_equal(package_desk.recovery[size + 100], 'o');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_footer_moves, package_begin),
        cmocka_unit_test_setup(test_other_ends_stay, package_begin),
        cmocka_unit_test_setup(test_who_may_install, package_begin),
        cmocka_unit_test_setup(test_phones, package_begin),
        cmocka_unit_test_setup(test_phone_facts, package_begin),
        cmocka_unit_test_setup_teardown(test_images, package_begin, package_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
