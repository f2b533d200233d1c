/* SPDX-License-Identifier: MIT */
/*
 * flow/candidate.h: what judges is what starts. The phone is asked in fastboot mode what would
 * become of something, and then it is switched on.
 */
#include "tests/unit/check.h"

#include "format/misc.h"
#include "storage/slots.h"
#include "tests/fake/fake_desk.h"

#include <stdio.h>

/* What is wrong with the ROM. */
enum harm {
    NO_HARM,
    ONE_BYTE,     /* of a boot image, the rest zeros */
    NOISE,        /* in the place of the boot image */
    PAGE_SIZE_0,  /* in the boot image's header */
    HUGE_KERNEL,  /* so says the header: 4 GiB less one */
    BLANK_KERNEL, /* its first page is zeros, and signed so */
    GZIP_KERNEL,  /* signed, too */
    NO_VBMETA,    /* erased */
    NO_HASHTREE,  /* signed so: its flags switch dm-verity off */
    ODD_VBMETA,   /* of a version that nobody knows */
};

#define UNLOCKED true
#define LOCKED   false

static void harm_kernel(struct fake_rom *rom, const struct fake_rom_spec *spec, enum harm harm)
{
    static const uint8_t gzip[] = {0x1f, 0x8b, 0x08};
    uint8_t *kernel = rom->boot.data + spec->page_bytes;

    if (harm == BLANK_KERNEL) {
        memset(kernel, 0, spec->page_bytes);
    }
    if (harm == GZIP_KERNEL) {
        memset(kernel, 0, 64);
        memcpy(kernel, gzip, sizeof gzip);
    }
    fake_rom_sign(spec, rom);
}

static void harm_images(struct fake_rom *rom, enum harm harm)
{
    struct boot_image_header *header = (struct boot_image_header *)rom->boot.data;

    if (harm == ONE_BYTE) {
        memset(rom->boot.data + 1, 0, rom->boot.size - 1);
    }
    for (uint32_t i = 0, noise = 1; harm == NOISE && i < rom->boot.size; i++) {
        noise = noise * 1664525 + 1013904223;
        rom->boot.data[i] = (uint8_t)(noise >> 24);
    }
    if (harm == PAGE_SIZE_0) {
        memset(header->page_bytes, 0, sizeof header->page_bytes);
    }
    if (harm == HUGE_KERNEL) {
        memset(header->kernel_bytes, 0xff, sizeof header->kernel_bytes);
    }
    if (harm == NO_VBMETA) {
        memset(rom->vbmeta.data, 0, rom->vbmeta.size);
    }
    if (harm == ODD_VBMETA) {
        ((struct vbmeta_header *)rom->vbmeta.data)->required_major[3] = 9;
    }
}

/* A China ROM of the phone's index. */
static void make_rom(const struct fake_desk *desk, enum harm harm, struct fake_rom *rom)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());

    spec.rollback_index = desk->phone.model.rollback_index;
    spec.flags = harm == NO_HASHTREE ? VBMETA_FLAG_HASHTREE_DISABLED : 0;
    fake_rom_make(&spec, rom);
    harm_kernel(rom, &spec, harm);
    harm_images(rom, harm);
}

static struct fake_desk *desk_new(const char *model, bool unlocked, enum regime regime)
{
    const struct fake_phone_spec spec = {
        .codename = model, .made_for = REGION_CN, .regime = regime, .unlocked = unlocked};

    return fake_desk_new(&spec);
}

static void assert_reply(const struct fake_desk *desk, const char *beginning)
{
    if (fake_client_reply(&desk->client, beginning) == NULL) {
        for (size_t i = 0; i < desk->client.reply_count; i++) {
            print_error("%s\n", desk->client.replies[i]);
        }
        fail_msg("nobody said: %s", beginning);
    }
}

/* clang-format off */
static const struct story {
    const char *model;
    bool unlocked;
    enum regime regime;
    enum harm harm;
    enum fate fate;
    enum reason reason;
    enum reason when_locked;
} stories[] = {
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, NO_HARM,      FATE_BOOT,  REASON_OK,     REASON_OK},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, ONE_BYTE,     FATE_BRICK, REASON_NO_ROM, REASON_BAD_HASH},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, NOISE,        FATE_BRICK, REASON_NO_ROM, REASON_BAD_HASH},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, PAGE_SIZE_0,  FATE_BRICK, REASON_NO_ROM, REASON_BAD_HASH},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, HUGE_KERNEL,  FATE_BRICK, REASON_NO_ROM, REASON_BAD_HASH},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, BLANK_KERNEL, FATE_BRICK, REASON_NO_ROM, REASON_NO_ROM},
    {"dipper", UNLOCKED, REGIME_ANNOUNCED, GZIP_KERNEL,  FATE_BRICK, REASON_NO_ROM, REASON_NO_ROM},
    {"dipper", LOCKED,   REGIME_ANNOUNCED, GZIP_KERNEL,  FATE_BRICK, REASON_NO_ROM, REASON_NO_ROM},
    {"hermes", LOCKED,   REGIME_ANNOUNCED, GZIP_KERNEL,  FATE_BRICK, REASON_NO_ROM, REASON_NO_ROM},
    {"whyred", UNLOCKED, REGIME_ANNOUNCED, NO_VBMETA,    FATE_BRICK, REASON_REGION_UNKNOWN, REASON_BAD_SIGNATURE},
    {"whyred", UNLOCKED, REGIME_ANNOUNCED, ODD_VBMETA,   FATE_BRICK, REASON_REGION_UNKNOWN, REASON_UNSUPPORTED},
    {"whyred", UNLOCKED, REGIME_NONE,      NO_VBMETA,    FATE_BOOT,  REASON_OK,     REASON_BAD_SIGNATURE},
    {"whyred", UNLOCKED, REGIME_SHIPPED,   ODD_VBMETA,   FATE_BOOT,  REASON_OK,     REASON_UNSUPPORTED},
};
/* clang-format on */

static void check_answers(const struct fake_desk *desk, const struct story *story)
{
    char line[FASTBOOT_REPLY_BYTES_MAX];

    snprintf(line, sizeof line, "INFOstarted now: %s", fate_name(story->fate));
    assert_reply(desk, line);
    snprintf(line, sizeof line, "INFO%s: ", reason_name(story->reason));
    assert_reply(desk, line);
    if (story->when_locked == REASON_OK) {
        assert_reply(desk, "INFOit would boot");
    } else {
        snprintf(line, sizeof line, "FAIL%s: ", reason_name(story->when_locked));
        assert_reply(desk, line);
    }
}

static void check_start(const struct fake_desk *desk, enum fate fate, enum reason reason)
{
    assert_string_equal(fate_name(desk->flow.decision.fate), fate_name(fate));
    assert_string_equal(reason_name(desk->flow.decision.reason), reason_name(reason));
    assert_int_equal(desk->phone.power.entered, fate == FATE_BOOT);
}

static void what_is_said_is_what_happens(void **state)
{
    static const char *const questions[] = {"oem why", "oem lock-check", NULL};

    for (size_t i = 0; i < ARRAY_COUNT(stories); i++) {
        const struct story *story = &stories[i];
        struct fake_desk *desk = desk_new(story->model, story->unlocked, story->regime);
        struct fake_rom rom;

        print_message("%zu: %s\n", i, story->model);
        make_rom(desk, story->harm, &rom);
        fake_phone_flash(&desk->phone, &rom);
        fake_desk_ask(desk, slice_of(NULL, 0), questions);
        check_answers(desk, story);
        fake_desk_start(desk);
        check_start(desk, story->fate, story->reason);
        fake_desk_set_lock(desk, false);
        fake_desk_start(desk);
        check_start(desk, story->when_locked == REASON_OK ? FATE_BOOT : FATE_BRICK,
                    story->when_locked);
        fake_desk_free(desk);
        fake_rom_free(&rom);
    }
}

/* Downloads and getvar are no events of the trace; what only begins so is one, and is refused. */
static void what_only_begins_like_a_question_is_reported(void **state)
{
    static const char *const commands[] = {"getvar:product", "download", "downloads:1", NULL};
    struct fake_desk *desk = desk_new("dipper", true, REGIME_ANNOUNCED);

    fake_desk_ask(desk, slice_of("x", 1), commands);
    assert_non_null(strstr(desk->phone.trace.chars, "\"command\":\"download\",\"answer\":\"FAIL"));
    assert_non_null(strstr(desk->phone.trace.chars, "\"command\":\"downloads:1\""));
    assert_null(strstr(desk->phone.trace.chars, "\"command\":\"download:"));
    assert_null(strstr(desk->phone.trace.chars, "\"command\":\"download\",\"answer\":\"OKAY"));
    assert_null(strstr(desk->phone.trace.chars, "\"command\":\"getvar:"));
    fake_desk_free(desk);
}

/* fastboot boot FILE: refused with words, and fastboot mode goes on; the good ROM is still there. */
static void a_downloaded_image(void **state)
{
    static const enum harm harms[] = {NOISE, PAGE_SIZE_0, HUGE_KERNEL, BLANK_KERNEL, GZIP_KERNEL};
    static const char *const commands[] = {"boot", "getvar:product", NULL};
    struct fake_desk *desk = desk_new("dipper", true, REGIME_ANNOUNCED);
    struct fake_rom good;

    make_rom(desk, NO_HARM, &good);
    fake_phone_flash(&desk->phone, &good);
    fake_desk_ask(desk, slice_of(good.boot.data, 1), commands);
    assert_reply(desk, "FAILno-rom: ");
    assert_reply(desk, "OKAYdipper");
    for (size_t i = 0; i < ARRAY_COUNT(harms); i++) {
        struct fake_rom rom;

        make_rom(desk, harms[i], &rom);
        assert_false(fake_desk_ask(desk, span_slice(rom.boot), commands));
        assert_reply(desk, "FAILno-rom: ");
        assert_reply(desk, "OKAYdipper");
        fake_rom_free(&rom);
    }
    assert_true(fake_desk_ask(desk, span_slice(good.boot), commands));
    assert_int_equal(desk->client.reply_count, 3); /* DATA, OKAY, OKAY: nothing after boot */
    fake_desk_free(desk);
    fake_rom_free(&good);
}

static struct slots slots_of(struct fake_desk *desk)
{
    const uint8_t *misc = fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA);
    struct slots slots;

    slots_decode(slice_of(misc + MISC_SLOTS_OFFSET, sizeof(struct slots_record)), &slots);
    return slots;
}

/* What follows `continue`: the ROM, whatever led into fastboot mode. */
static void going_on(void **state)
{
    static const char *const commands[] = {"continue", NULL};
    const struct fake_phone_spec spec = {
        .codename = "dipper", .made_for = REGION_CN, .unlocked = true, .recovery = true};
    struct fake_desk *desk = fake_desk_new(&spec);
    uint8_t *misc = fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA);
    struct fake_rom good;

    make_rom(desk, NO_HARM, &good);
    fake_phone_flash(&desk->phone, &good);
    fake_desk_serve(desk, slice_of(NULL, 0), commands); /* the keys are still held */
    check_start(desk, FATE_BOOT, REASON_OK);
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_RECOVERY_LBA), good.boot.data,
           good.boot.size);
    memcpy(misc, BCB_BOOT_RECOVERY, sizeof BCB_BOOT_RECOVERY);
    fake_desk_serve(desk, slice_of(NULL, 0), commands);
    check_start(desk, FATE_BOOT, REASON_OK);
    assert_memory_equal(misc, BCB_BOOT_RECOVERY, sizeof BCB_BOOT_RECOVERY); /* the next start's */
    desk->phone.phone.restart = RESTART_BOOTLOADER;
    fake_desk_serve(desk, slice_of(NULL, 0), commands);
    check_start(desk, FATE_BOOT, REASON_OK);
    desk->phone.phone.restart = RESTART_NONE;
    fake_disk_at(&desk->phone.disk, FAKE_PHONE_BOOT_LBA)[0] ^= 1;
    fake_desk_serve(desk, slice_of(NULL, 0), commands); /* and what went wrong is told */
    check_start(desk, FATE_BRICK, REASON_NO_ROM);
    fake_desk_free(desk);
    fake_rom_free(&good);
}

/* It is the downloaded image that starts: the disk has another, and keeps it. */
static void a_downloaded_image_starts(void **state)
{
    static const char *const commands[] = {"boot", NULL};
    struct fake_desk *desk = desk_new("dipper", true, REGIME_ANNOUNCED);
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom other;
    struct fake_rom rom;

    make_rom(desk, NO_HARM, &rom);
    fake_phone_flash(&desk->phone, &rom);
    spec.rollback_index = desk->phone.model.rollback_index;
    spec.ramdisk_bytes += 512;
    fake_rom_make(&spec, &other);
    fake_desk_serve(desk, span_slice(other.boot), commands);
    check_start(desk, FATE_BOOT, REASON_OK);
    assert_int_equal(desk->flow.candidate.image.ramdisk_bytes, other.ramdisk.size);
    assert_memory_equal(desk->phone.phone.ramdisk.data, other.ramdisk.data, other.ramdisk.size);
    fake_desk_start(desk);
    assert_int_equal(desk->flow.candidate.image.ramdisk_bytes, rom.ramdisk.size);
    fake_desk_free(desk);
    fake_rom_free(&rom);
    fake_rom_free(&other);
}

/* The flags of vbmeta have their effect on an unlocked phone only. */
static void dm_verity_stays_on_a_locked_phone(void **state)
{
    for (int unlocked = 0; unlocked < 2; unlocked++) {
        struct fake_desk *desk = desk_new("dipper", unlocked != 0, REGIME_ANNOUNCED);
        struct fake_rom rom;

        make_rom(desk, NO_HASHTREE, &rom);
        fake_phone_flash(&desk->phone, &rom);
        fake_desk_start(desk);
        check_start(desk, FATE_BOOT, REASON_OK);
        assert_int_equal(desk->flow.candidate.verified.hashtree_disabled, unlocked);
        fake_desk_free(desk);
        fake_rom_free(&rom);
    }
}

/* What cannot be entered is refused as anything else is: the other slot's turn, and it is noted. */
static void the_other_slot(void **state)
{
    static const struct {
        bool unlocked;
        enum harm harm;
        enum slot_unbootable why;
    } cases[] = {
        {UNLOCKED, NOISE, SLOT_UNBOOTABLE_NO_ROM},
        {UNLOCKED, HUGE_KERNEL, SLOT_UNBOOTABLE_NO_ROM},
        {UNLOCKED, BLANK_KERNEL, SLOT_UNBOOTABLE_NO_ROM},
        {UNLOCKED, GZIP_KERNEL, SLOT_UNBOOTABLE_NO_ROM},
        {LOCKED, GZIP_KERNEL, SLOT_UNBOOTABLE_NO_ROM},
        {LOCKED, NOISE, SLOT_UNBOOTABLE_REFUSED},
    };
    static const char *const questions[] = {"oem why", NULL};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const struct fake_phone_spec spec = {.codename = "whyred",
                                             .made_for = REGION_CN,
                                             .unlocked = cases[i].unlocked,
                                             .android_one = true,
                                             .slots = true};
        struct fake_desk *desk = fake_desk_new(&spec);
        static uint8_t before[MISC_SLOTS_OFFSET + 512];
        struct fake_rom bad;
        struct fake_rom good;

        print_message("%zu\n", i);
        make_rom(desk, cases[i].harm, &bad);
        make_rom(desk, NO_HARM, &good);
        fake_phone_flash(&desk->phone, &bad);
        fake_phone_flash_b(&desk->phone, &good);
        memcpy(before, fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA), sizeof before);
        fake_desk_ask(desk, slice_of(NULL, 0), questions);
        assert_reply(desk, "INFOstarted now: boot");
        assert_memory_equal(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA), before,
                            sizeof before); /* asking uses up no try */
        fake_desk_start(desk);
        check_start(desk, FATE_BOOT, REASON_OK);
        assert_int_equal(slots_of(desk).active, 1);
        assert_int_equal(slots_of(desk).list[0].unbootable, cases[i].why);
        fake_desk_free(desk);
        fake_rom_free(&bad);
        fake_rom_free(&good);
    }
}

/* What a command changed at the start's expense is said at once. */
static void the_command_says_what_comes_of_it(void **state)
{
    static const char *const erase[] = {"erase:vbmeta", NULL};
    static const char *const flash_vbmeta[] = {"flash:vbmeta", NULL};
    static const char *const flash_boot[] = {"flash:boot", NULL};
    struct fake_desk *desk = desk_new("whyred", true, REGIME_ANNOUNCED);
    struct fake_rom good;
    struct fake_rom odd;
    struct fake_rom packed;

    make_rom(desk, NO_HARM, &good);
    make_rom(desk, ODD_VBMETA, &odd);
    make_rom(desk, GZIP_KERNEL, &packed);
    fake_phone_flash(&desk->phone, &good);
    fake_desk_ask(desk, slice_of(NULL, 0), erase);
    assert_reply(desk, "INFOnext start: brick");
    assert_reply(desk, "INFOregion-unknown: ");
    fake_desk_ask(desk, span_slice(odd.vbmeta), flash_vbmeta);
    assert_reply(desk, "INFOnext start: brick");
    fake_desk_ask(desk, span_slice(good.vbmeta), flash_vbmeta);
    assert_null(fake_client_reply(&desk->client, "INFOnext start"));
    fake_desk_ask(desk, span_slice(packed.boot), flash_boot);
    assert_reply(desk, "INFOnext start: brick");
    assert_reply(desk, "INFOno-rom: ");
    fake_desk_start(desk);
    check_start(desk, FATE_BRICK, REASON_NO_ROM);
    fake_desk_free(desk);
    fake_rom_free(&good);
    fake_rom_free(&odd);
    fake_rom_free(&packed);
}

/* A phone whose own records are damaged says that of its next start, too. */
static void without_a_board_or_a_table(void **state)
{
    static const char *const questions[] = {"oem why", NULL};
    struct fake_desk *desk = desk_new("dipper", true, REGIME_ANNOUNCED);

    desk->flow.board_err = E_FUSES_CRC;
    fake_desk_ask(desk, slice_of(NULL, 0), questions);
    assert_reply(desk, "INFObad-board: ");
    desk->flow.board_err = OK;
    desk->flow.gpt_err = E_GPT_CRC;
    fake_desk_ask(desk, slice_of(NULL, 0), questions);
    assert_reply(desk, "INFObad-gpt: ");
    fake_desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_what_happens),
        cmocka_unit_test(what_only_begins_like_a_question_is_reported),
        cmocka_unit_test(a_downloaded_image),
        cmocka_unit_test(a_downloaded_image_starts),
        cmocka_unit_test(going_on),
        cmocka_unit_test(dm_verity_stays_on_a_locked_phone),
        cmocka_unit_test(the_other_slot),
        cmocka_unit_test(the_command_says_what_comes_of_it),
        cmocka_unit_test(without_a_board_or_a_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
