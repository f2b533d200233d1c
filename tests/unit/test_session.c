/* SPDX-License-Identifier: MIT */
/*
 * fastboot/session.h and what its commands answer on a phone that may: variables, downloads, slots,
 * boot, the ways out of fastboot mode. What is flashed: test_flash.c.
 */
#include "tests/unit/check.h"

#include "fastboot/fastboot.h"
#include "tests/fake/fake_fastboot.h"

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec with_slots = {
    .codename = "dipper", .made_for = REGION_GLOBAL, .unlocked = true, .slots = true};
static const struct fake_phone_spec shipped = {
    .codename = "dipper", .made_for = REGION_CN, .regime = REGIME_SHIPPED, .unlocked = true};
static const struct fake_phone_spec hermes = {.codename = "hermes", .made_for = REGION_CN};

struct exchange {
    const char *command;
    const char *reply;
};

static void check(struct fake_fastboot *fastboot, const struct exchange *exchanges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *reply = fake_fastboot_ask(fastboot, exchanges[i].command);

        if (strcmp(reply, exchanges[i].reply) != 0) {
            print_error("%s: %s, expected %s\n", exchanges[i].command, reply, exchanges[i].reply);
            fail();
        }
    }
}

static void variables(void **unused)
{
    static const struct exchange exchanges[] = {
        {"getvar:product", "OKAYdipper"},
        {"getvar:serialno", "OKAY8a7b6c5d"},
        {"getvar:anti", "OKAY1"},
        {"getvar:unlocked", "OKAYyes"},
        {"getvar:device-state", "OKAYunlocked"},
        {"getvar:secure", "OKAYyes"},
        {"getvar:hwc", "OKAYCN"},
        {"getvar:version", "OKAY0.4"},
        {"getvar:version-baseband", "OKAYnone"},
        {"getvar:max-download-size", "OKAY0x80000"},
        {"getvar:slot-count", "OKAY0"},
        {"getvar:has-slot:boot", "OKAYno"},
        {"getvar:has-slot:nowhere", "FAILunknown variable"},
        {"getvar:is-logical:boot", "OKAYno"},
        {"getvar:partition-type:boot", "OKAYraw"},
        {"getvar:partition-type:userdata", "OKAYext4"},
        {"getvar:partition-size:boot", "OKAY0x10000"},
        {"getvar:boot-state", "OKAYgreen"},
        {"getvar:is-userspace", "OKAYno"},
        {"getvar:current-slot", "FAILunknown variable"},
        {"getvar:slot-successful:a", "FAILunknown variable"},
        {"getvar:partition-size:nowhere", "FAILunknown variable"},
        {"getvar:partition-size:", "FAILunknown variable"},
        {"getvar:partition-size", "FAILunknown variable"},
        {"getvar:product:x", "FAILunknown variable"},
        {"getvar:products", "FAILunknown variable"},
        {"getvar:super-partition-name", "FAILunknown variable"},
        {"getvar:", "FAILthe command lacks its argument"},
        {"getvar", "FAILunknown command (fastboot oem help lists them)"},
        {"GETVAR:product", "FAILunknown command (fastboot oem help lists them)"},
        {"flash", "FAILunknown command (fastboot oem help lists them)"},
        {"flash:", "FAILthe command lacks its argument"},
        {"erase:", "FAILthe command lacks its argument"},
        {"set_active:", "FAILthe command lacks its argument"},
        {"reboot-", "FAILunknown command (fastboot oem help lists them)"},
        {"oem", "FAILunknown command (fastboot oem help lists them)"},
        {"oem ", "FAILunknown command (fastboot oem help lists them)"},
        {"set_active:a", "FAILthis phone has no slots"},
        {"upload", "FAILnothing is staged: try fastboot oem screenshot first"},
        {"boot", "FAILno boot image was downloaded"},
        {"flash:boot", "FAILno image was downloaded"},
        {"flash:nowhere", "FAILno such partition on this phone"},
        {"oem sha256:nowhere", "FAILno such partition on this phone"},
        {"oem lock-check", "OKAY"},
        {"oem log", "FAILthis phone keeps no log"},
        {"reboot-fastboot",
         "FAILno fastboot in this phone's system: try fastboot reboot bootloader"},
        {"flash:antirbpass", "OKAY"},
        {"erase:antirbpass", "FAILno such partition on this phone"},
        {"oem ignore_anti", "OKAY"},
        {"flash:crclist",
         "FAILnot a list of checksums: it begins with CRC-LIST, then NAME 0xCRC a line"},
    };
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    assert_int_equal(fastboot->reported, ARRAY_COUNT(exchanges)); /* each was answered once */
    fake_fastboot_delete(fastboot);
}

static void hermes_has_no_lock(void **unused)
{
    static const struct exchange exchanges[] = {
        {"getvar:anti", "OKAY"},
        {"getvar:unlocked", "OKAYyes"},
        {"getvar:secure", "OKAYno"},
        {"oem lock", "FAILThis phone's bootloader has no lock"},
        {"oem unlock", "FAILThis phone's bootloader has no lock"},
        {"erase:boot", "OKAY"},
    };
    struct fake_fastboot *fastboot = fake_fastboot_new(&hermes);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    fake_fastboot_delete(fastboot);
}

/* The order in which a real phone lists them. */
static void all_variables_in_order(void **unused)
{
    static const char *const first[] = {
        "crc:",
        "anti:",
        "token:",
        "hw-revision:",
        "unlocked:",
        "off-mode-charge:",
        "charger-screen-enabled:",
        "battery-soc-ok:",
        "battery-voltage:",
        "version-baseband:",
        "version-bootloader:",
        "erase-block-size:",
        "logical-block-size:",
        "variant:",
        "partition-type:misc:",
        "partition-type:vbmeta:",
    };
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    assert_string_equal(fake_fastboot_ask(fastboot, "getvar:all"), "OKAY");
    for (size_t i = 0; i < ARRAY_COUNT(first); i++) {
        assert_memory_equal(fastboot->client.replies[i], "INFO", 4);
        assert_memory_equal(fastboot->client.replies[i] + 4, first[i], strlen(first[i]));
    }
    assert_true(fake_fastboot_said(fastboot, "INFOpartition-size:userdata:0x40000"));
    assert_false(fake_fastboot_said(fastboot, "INFOcurrent-slot"));
    fake_fastboot_delete(fastboot);
}

static void bad_downloads(void **unused)
{
    static const char *const digits = "FAILdownload: takes eight hexadecimal digits";
    const struct exchange exchanges[] = {
        {"download:", "FAILthe command lacks its argument"},
        {"download:0", digits},
        {"download:0000010", digits},
        {"download:000000100", digits},
        {"download:0x000010", digits},
        {"download:+0000010", digits},
        {"download:-0000010", digits},
        {"download: 0000010", digits},
        {"download:0000001g", digits},
        {"download:00000000", "FAILnothing to download"},
        {"download:00080001", "FAILthe download is too large: see getvar max-download-size"},
        {"download:ffffffff", "FAILthe download is too large: see getvar max-download-size"},
        {"download:80000000", "FAILthe download is too large: see getvar max-download-size"},
        {"download:00080000", "DATA00080000"},
        {"download:0000000A", "DATA0000000a"},
    };
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    fake_fastboot_delete(fastboot);
}

static void slots_of_a_phone_that_has_them(void **unused)
{
    static const struct exchange before[] = {
        {"getvar:slot-count", "OKAY2"},
        {"getvar:current-slot", "OKAYa"},
        {"getvar:has-slot:boot", "OKAYyes"},
        {"getvar:has-slot:userdata", "OKAYno"},
        {"getvar:slot-suffixes", "OKAY_a,_b"},
        {"getvar:slot-successful:a", "OKAYno"},
        {"getvar:slot-unbootable:b", "OKAYno"},
        {"getvar:slot-successful:c", "FAILunknown variable"},
        {"set_active:c", "FAILno such slot: a or b"},
        {"set_active:ab", "FAILno such slot: a or b"},
        {"set_active:b", "OKAY"},
        {"getvar:current-slot", "OKAYb"},
        {"set_active:_a", "OKAY"},
        {"getvar:current-slot", "OKAYa"},
        {"set_active:b", "OKAY"},
    };
    static const uint8_t image[512] = "for the current slot";
    struct fake_fastboot *fastboot = fake_fastboot_new(&with_slots);
    uint64_t size;

    check(fastboot, before, ARRAY_COUNT(before));
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "flash:boot"), "OKAY");
    assert_memory_equal(fake_fastboot_bytes(fastboot, "boot_b", &size), image, sizeof image);
    assert_int_equal(*fake_fastboot_bytes(fastboot, "boot_a", &size), 0x5a);
    fake_fastboot_delete(fastboot);
}

static void what_is_no_command(void **unused)
{
    static const char *const commands[] = {"getvar:\x01", "getvar:product\n", "\xffgetvar:all",
                                           "getvar:\x7f"};
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        assert_string_equal(fake_fastboot_ask(fastboot, commands[i]),
                            "FAILa command is printable ASCII");
    }
    fake_fastboot_delete(fastboot);
}

static void booting_a_downloaded_image(void **unused)
{
    static const uint8_t image[3000] = "a boot image";
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    fastboot->outcome = (struct decision){FATE_BRICK, REASON_NO_ROM, BOOT_STATE_RED};
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "boot"),
                        "FAILno-rom: there is nothing on it that could be started");
    assert_int_equal(fastboot->asked_image_bytes, sizeof image);
    assert_true(fastboot->asked.unlocked);
    assert_false(fastboot->session.ended);
    fastboot->outcome = (struct decision){FATE_BOOT, REASON_OK, BOOT_STATE_ORANGE};
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "boot"),
                        "OKAY");
    assert_true(fastboot->session.ended);
    assert_int_equal(fastboot->session.next, FASTBOOT_NEXT_BOOT_IMAGE);
    fake_fastboot_delete(fastboot);
}

static void ends_of_fastboot_mode(void **unused)
{
    static const struct {
        const char *command;
        enum fastboot_next next;
    } ends[] = {
        {"reboot", FASTBOOT_NEXT_REBOOT},
        {"reboot-bootloader", FASTBOOT_NEXT_BOOTLOADER},
        {"oem reboot-recovery", FASTBOOT_NEXT_RECOVERY},
        {"reboot-recovery", FASTBOOT_NEXT_RECOVERY},
        {"powerdown", FASTBOOT_NEXT_POWER_OFF},
        {"continue", FASTBOOT_NEXT_CONTINUE},
        {"oem edl", FASTBOOT_NEXT_RESCUE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

        assert_string_equal(fake_fastboot_ask(fastboot, ends[i].command), "OKAY");
        assert_true(fastboot->session.ended);
        assert_int_equal(fastboot->session.next, ends[i].next);
        fake_fastboot_delete(fastboot);
    }
}

static void would_it_boot_if_locked(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    fastboot->verified.region = REGION_GLOBAL;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock-check"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, "INFOit would boot"));
    assert_false(fastboot->asked.unlocked);
    assert_true(fastboot->state.unlocked);
    fastboot->outcome = (struct decision){FATE_BRICK, REASON_REGION_MISMATCH, BOOT_STATE_RED};
    assert_string_equal(
        fake_fastboot_ask(fastboot, "oem lock-check"),
        "FAILregion-mismatch: the ROM is for another market than the phone was made "
        "for (made for cn, ROM global)");
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, "INFOWarning: locked, this phone will not start"));
    assert_false(fastboot->state.unlocked);
    fake_fastboot_delete(fastboot);

    /* As shipped the bootloader would start it: it is the ROM that will not go on. */
    fastboot = fake_fastboot_new(&shipped);
    fastboot->verified.region = REGION_GLOBAL;
    assert_memory_equal(fake_fastboot_ask(fastboot, "oem lock-check"), "FAILregion-mismatch", 19);
    fastboot->verified.region = REGION_CN;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock-check"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, "INFOit would boot"));
    fake_fastboot_delete(fastboot);
}

/* The loop itself: with a client, with keys, without a link. */
static void serving(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    struct fake_client *client = &fastboot->client;

    /* The client was there before fastboot mode: only its greeting counts. */
    fake_client_come(client);
    fake_keys_press(&fastboot->keys, KEY_VOLUME_DOWN);
    fake_keys_press(&fastboot->keys, KEY_POWER);
    assert_int_equal(fastboot_serve(&fastboot->context), FASTBOOT_NEXT_POWER_OFF);
    fake_keys_init(&fastboot->keys);
    fake_keys_press(&fastboot->keys, KEY_POWER);
    fastboot->phone.phone.fastboot = NULL;
    assert_int_equal(fastboot_serve(&fastboot->context), FASTBOOT_NEXT_REBOOT);
    fake_fastboot_delete(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables),
        cmocka_unit_test(hermes_has_no_lock),
        cmocka_unit_test(all_variables_in_order),
        cmocka_unit_test(bad_downloads),
        cmocka_unit_test(slots_of_a_phone_that_has_them),
        cmocka_unit_test(what_is_no_command),
        cmocka_unit_test(booting_a_downloaded_image),
        cmocka_unit_test(ends_of_fastboot_mode),
        cmocka_unit_test(would_it_boot_if_locked),
        cmocka_unit_test(serving),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
