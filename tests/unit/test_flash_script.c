/* SPDX-License-Identifier: MIT */
/* flash_script: which steps, in which order. e2e/test_flash_all.py runs the scripts. */
#include "tests/unit/check.h"

#include "rom-images/package/flash_script.h"

#include <stdio.h>

static const struct flash_image images[] = {
    {.partition = "vbmeta"},
    {.partition = "userdata", .is_user_data = true},
    {.partition = "boot"},
};
static const struct flash_image slot_images[] = {{.partition = "boot", .has_slots = true}};

static const struct flash_plan plan = {
    .device = "dipper",
    .rom = "cn",
    .version = "V1",
    .lock = "oem lock",
    .image_count = ARRAY_COUNT(images),
    .images = images,
};

/* What the template gives; "" when it is refused. */
static const char *made(const struct flash_plan *of, enum flash_script script, const char *template)
{
    static char out[2048];
    struct text text = text_in(out, sizeof(out));

    return flash_script_make(of, script, FLASH_SHELL, slice_of(template, strlen(template)), &text)
               ? out
               : "";
}

#define STEP(words, name)       "fastboot \"$@\" " words " || fail \"" name " error\"\n"
#define FLASH(partition, image) STEP("flash " partition " images/" image ".img", "Flash " partition)
#define LIST(name)                                                                                 \
    "[ \"$crc\" = 0 ] || " STEP("flash " name " images/" name ".txt", "Flash " name)
#define LISTS LIST("crclist") LIST("sparsecrclist")

static void words_are_filled_in(void **state)
{
    assert_string_equal(made(&plan, FLASH_ALL, "@SCRIPT@ @DEVICE@ @ROM@ @VERSION@"),
                        "flash_all.sh dipper cn V1");
    assert_string_equal(made(&plan, FLASH_ALL_LOCK, "@SCRIPT@"), "flash_all_lock.sh");
}

static void the_shells_own_marks_stay(void **state)
{
    const char *shell = "\"$@\" a@b.c @@ @lower@ @WORD @";

    assert_string_equal(made(&plan, FLASH_ALL, shell), shell);
}

static void unknown_words_are_refused(void **state)
{
    assert_string_equal(made(&plan, FLASH_ALL, "@DEVISE@"), "");
    assert_string_equal(made(&plan, FLASH_ALL, "@DEVICES@"), "");
    assert_string_equal(made(&plan, FLASH_ALL, "@DEV@"), "");
}

static void what_does_not_fit_is_refused(void **state)
{
    char out[16];
    struct text text = text_in(out, sizeof(out));

    assert_false(flash_script_make(&plan, FLASH_ALL, FLASH_SHELL, slice_of("@STEPS@", 7), &text));
}

static void steps_of_each_script(void **state)
{
    static const char erase[] = STEP("erase boot", "Erase boot") LISTS;
    static const char vbmeta[] = FLASH("vbmeta", "vbmeta");
    static const char userdata[] = FLASH("userdata", "userdata");
    static const char boot[] = FLASH("boot", "boot");
    char expected[2048];

    (void)snprintf(expected, sizeof(expected), "%s%s%s%s%s", erase, vbmeta, userdata, boot,
                   STEP("reboot", "Reboot"));
    assert_string_equal(made(&plan, FLASH_ALL, "@STEPS@"), expected);
    (void)snprintf(expected, sizeof(expected), "%s%s%s%s%s", erase, vbmeta, userdata, boot,
                   STEP("oem lock", "Lock"));
    assert_string_equal(made(&plan, FLASH_ALL_LOCK, "@STEPS@"), expected);
    (void)snprintf(expected, sizeof(expected), "%s%s%s%s", erase, vbmeta, boot,
                   STEP("reboot", "Reboot"));
    assert_string_equal(made(&plan, FLASH_ALL_EXCEPT_STORAGE, "@STEPS@"), expected);
}

static void slots_get_the_image_twice(void **state)
{
    struct flash_plan slots = plan;

    slots.has_slots = true;
    slots.image_count = ARRAY_COUNT(slot_images);
    slots.images = slot_images;
    assert_string_equal(made(&slots, FLASH_ALL, "@STEPS@"),
                        STEP("erase boot_a", "Erase boot_a") STEP("erase boot_b", "Erase boot_b")
                            LISTS FLASH("boot_a", "boot") FLASH("boot_b", "boot")
                                STEP("set_active a", "Set active a") STEP("reboot", "Reboot"));
}

/* The twin for Windows: the same steps, each ends the script when it fails, lines end with CR LF. */
static void batch_files_have_the_same_steps(void **state)
{
    static const char expected[] =
        "fastboot %* erase boot || @echo Erase boot error && exit /B 1\r\n"
        "if %crc%==1 fastboot %* flash crclist images\\crclist.txt || @echo Flash crclist error "
        "&& exit /B 1\r\n"
        "if %crc%==1 fastboot %* flash sparsecrclist images\\sparsecrclist.txt || @echo Flash "
        "sparsecrclist error && exit /B 1\r\n"
        "fastboot %* flash vbmeta images\\vbmeta.img || @echo Flash vbmeta error && exit /B 1\r\n"
        "fastboot %* flash boot images\\boot.img || @echo Flash boot error && exit /B 1\r\n"
        "fastboot %* reboot || @echo Reboot error && exit /B 1\r\n\r\n";
    char out[2048];
    struct text text = text_in(out, sizeof(out));

    assert_true(flash_script_make(&plan, FLASH_ALL_EXCEPT_STORAGE, FLASH_BATCH,
                                  slice_of("@STEPS@\n", 8), &text));
    assert_string_equal(out, expected);
    assert_string_equal(flash_script_name(FLASH_ALL_LOCK, FLASH_BATCH), "flash_all_lock.bat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_filled_in),       cmocka_unit_test(the_shells_own_marks_stay),
        cmocka_unit_test(unknown_words_are_refused), cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(steps_of_each_script),      cmocka_unit_test(slots_get_the_image_twice),
        cmocka_unit_test(batch_files_have_the_same_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
