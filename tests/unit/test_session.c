/* SPDX-License-Identifier: MIT */
/*
 * fastboot/session.h and what its commands do on a phone that may: variables, downloads, flashing
 * raw and sparse, the check of rollback, slots, boot, pictures, the log.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "fastboot/fastboot.h"
#include "format/sparse.h"
#include "tests/fake/fake_fastboot.h"

#include <stdio.h>
#include <stdlib.h>

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec with_slots = {
    .codename = "dipper", .made_for = REGION_GLOBAL, .unlocked = true, .slots = true};
static const struct fake_phone_spec shipped = {
    .codename = "dipper", .made_for = REGION_CN, .regime = REGIME_SHIPPED, .unlocked = true};
static const struct fake_phone_spec hermes = {.codename = "hermes", .made_for = REGION_CN};

static struct fake_fastboot *make(const struct fake_phone_spec *spec)
{
    struct fake_fastboot *fastboot = malloc(sizeof *fastboot);

    fake_fastboot_make(spec, fastboot);
    return fastboot;
}

static void end(struct fake_fastboot *fastboot)
{
    fake_fastboot_free(fastboot);
    free(fastboot);
}

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
    struct fake_fastboot *fastboot = make(&unlocked);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    assert_int_equal(fastboot->reported, ARRAY_COUNT(exchanges)); /* each was answered once */
    end(fastboot);
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
    struct fake_fastboot *fastboot = make(&hermes);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    end(fastboot);
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
    struct fake_fastboot *fastboot = make(&unlocked);

    assert_string_equal(fake_fastboot_ask(fastboot, "getvar:all"), "OKAY");
    for (size_t i = 0; i < ARRAY_COUNT(first); i++) {
        assert_memory_equal(fastboot->client.replies[i], "INFO", 4);
        assert_memory_equal(fastboot->client.replies[i] + 4, first[i], strlen(first[i]));
    }
    assert_true(fake_fastboot_said(fastboot, "INFOpartition-size:userdata:0x40000"));
    assert_false(fake_fastboot_said(fastboot, "INFOcurrent-slot"));
    end(fastboot);
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
    struct fake_fastboot *fastboot = make(&unlocked);

    check(fastboot, exchanges, ARRAY_COUNT(exchanges));
    end(fastboot);
}

static void fill_with(uint8_t *bytes, size_t size, uint32_t random)
{
    for (size_t i = 0; i < size; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
}

/* Any size up to the partition's; the rest of the last block is zeros, what is behind it stays. */
static void raw_images(void **unused)
{
    static const size_t sizes[] = {1, 511, 512, 513, 40000, 65535, 65536};
    static uint8_t image[65537];
    struct fake_fastboot *fastboot = make(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);

    fill_with(image, sizeof image, 1);
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        size_t padded = (sizes[i] + 511) / 512 * 512;

        memset(boot, 0x5a, size);
        assert_string_equal(
            fake_fastboot_ask_with(fastboot, slice_of(image, sizes[i]), "flash:boot"), "OKAY");
        assert_memory_equal(boot, image, sizes[i]);
        assert_true(slice_is_all(slice_of(boot + sizes[i], padded - sizes[i]), 0));
        assert_true(slice_is_all(slice_of(boot + padded, size - padded), 0x5a));
    }
    memset(boot, 0x5a, size);
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "flash:boot"),
        "FAILthe image is larger than the partition (E_BLOCK_RANGE)");
    assert_true(slice_is_all(slice_of(boot, size), 0x5a));
    end(fastboot);
}

static size_t put_header(uint8_t *at, uint32_t blocks, uint32_t chunks)
{
    put_le32(at, SPARSE_MAGIC);
    put_le16(at + 4, SPARSE_MAJOR);
    put_le16(at + 6, 0);
    put_le16(at + 8, 28);
    put_le16(at + 10, 12);
    put_le32(at + 12, 4096);
    put_le32(at + 16, blocks);
    put_le32(at + 20, chunks);
    put_le32(at + 24, 0);
    return 28;
}

static size_t put_chunk(uint8_t *at, uint16_t type, uint32_t blocks, uint32_t payload)
{
    put_le16(at, type);
    put_le16(at + 2, 0);
    put_le32(at + 4, blocks);
    put_le32(at + 8, 12 + payload);
    return 12 + payload;
}

static void sparse_images(void **unused)
{
    static uint8_t image[20000];
    struct fake_fastboot *fastboot = make(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);
    size_t at = put_header(image, 9, 4);
    uint8_t *data = image + at + 12;

    at += put_chunk(image + at, SPARSE_CHUNK_RAW, 2, 8192);
    fill_with(data, 8192, 2);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 3, 0);
    put_le32(image + at + 12, 0x44332211);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 3, 4);
    put_le32(image + at + 12, 0);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 1, 4);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "OKAY");
    assert_memory_equal(boot, data, 8192);
    assert_true(slice_is_all(slice_of(boot + 8192, 3 * 4096), 0x5a));
    for (size_t i = 0; i < 3 * 4096; i++) {
        assert_int_equal(boot[5 * 4096 + i], 0x11 * (1 + i % 4));
    }
    assert_true(slice_is_all(slice_of(boot + 8 * 4096, 4096), 0));
    assert_true(slice_is_all(slice_of(boot + 9 * 4096, size - 9 * 4096), 0x5a));

    /* One block more than the partition, found before anything is written. */
    memset(boot, 0x5a, size);
    put_le32(image + 16, 17);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "FAILthe image is larger than the partition (E_SPARSE_SPACE)");
    put_le32(image + 16, 10);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "FAILa damaged sparse image (E_SPARSE_RANGE)");
    assert_true(slice_is_all(slice_of(boot, size), 0x5a));
    end(fastboot);
}

/* Blocks of 4 bytes, smaller than the disk's: what lies around them stays. */
static void sparse_images_of_small_blocks(void **unused)
{
    static uint8_t image[2048];
    struct fake_fastboot *fastboot = make(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);
    size_t at = put_header(image, 400, 5);

    put_le32(image + 12, 4);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 1, 0);
    memset(image + at + 12, 0x77, 800);
    at += put_chunk(image + at, SPARSE_CHUNK_RAW, 200, 800);
    put_le32(image + at + 12, 0x44332211);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 2, 4);
    put_le32(image + at + 12, 0);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 190, 4);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 7, 0);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "OKAY");
    assert_true(slice_is_all(slice_of(boot, 4), 0x5a));
    assert_true(slice_is_all(slice_of(boot + 4, 800), 0x77));
    assert_memory_equal(boot + 804, "\x11\x22\x33\x44\x11\x22\x33\x44", 8);
    assert_true(slice_is_all(slice_of(boot + 812, 760), 0));
    assert_true(slice_is_all(slice_of(boot + 1572, size - 1572), 0x5a));
    end(fastboot);
}

static size_t vbmeta_with_index(uint8_t *bytes, uint64_t index)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;
    size_t size;

    spec.rollback_index = index;
    fake_rom_make(&spec, &rom);
    size = rom.vbmeta.size;
    memcpy(bytes, rom.vbmeta.data, size);
    fake_rom_free(&rom);
    return size;
}

/* dipper's fuses count 1. As it is, in a sparse image, and around what is there already. */
static void anti_rollback_when_flashed(void **unused)
{
    static const char words[] = "FAILcurrent device antirollback version is greater than this "
                                "package (phone 1, image 0)";
    static uint8_t old[8192];
    static uint8_t sparse[16384];
    struct fake_fastboot *fastboot = make(&unlocked);
    uint64_t size;
    uint8_t *vbmeta = fake_fastboot_bytes(fastboot, "vbmeta", &size);
    size_t old_bytes = vbmeta_with_index(old, 0);
    size_t at = put_header(sparse, 2, 1);

    assert_true(old_bytes <= sizeof old);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        words);
    memcpy(sparse + at + 12, old, 8192);
    at += put_chunk(sparse + at, SPARSE_CHUNK_RAW, 2, 8192);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(sparse, at), "flash:vbmeta"),
                        words);
    assert_true(slice_is_all(slice_of(vbmeta, size), 0x5a));

    /* It leaves out the first block: what is there stays, and that is old. */
    memcpy(vbmeta, old, 4096);
    at = put_header(sparse, 2, 2);
    at += put_chunk(sparse + at, SPARSE_CHUNK_DONT_CARE, 1, 0);
    memcpy(sparse + at + 12, old + 4096, 4096);
    at += put_chunk(sparse + at, SPARSE_CHUNK_RAW, 1, 4096);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(sparse, at), "flash:vbmeta"),
                        words);
    memset(vbmeta, 0x5a, 4096);

    old_bytes = vbmeta_with_index(old, 1);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        "OKAY");
    assert_memory_equal(vbmeta, old, old_bytes);
    old_bytes = vbmeta_with_index(old, 7);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        "OKAY");
    assert_string_equal(fake_fastboot_ask(fastboot, "erase:vbmeta"), "OKAY");
    end(fastboot);
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
    struct fake_fastboot *fastboot = make(&with_slots);
    uint64_t size;

    check(fastboot, before, ARRAY_COUNT(before));
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "flash:boot"), "OKAY");
    assert_memory_equal(fake_fastboot_bytes(fastboot, "boot_b", &size), image, sizeof image);
    assert_int_equal(*fake_fastboot_bytes(fastboot, "boot_a", &size), 0x5a);
    end(fastboot);
}

/* A slot's vbmeta is one, by its own name and by that of the current slot. */
static void anti_rollback_for_slots(void **unused)
{
    static const char *const commands[] = {"flash:vbmeta", "flash:vbmeta_a", "flash:vbmeta_b"};
    static uint8_t old[8192];
    size_t old_bytes = vbmeta_with_index(old, 0);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = make(&with_slots);

        fastboot->board.protections |= PROTECTION_ANTI_ROLLBACK;
        fastboot->board.rollback_index = 1;
        assert_memory_equal(
            fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), commands[i]),
            "FAILcurrent device antirollback version", 39);
        end(fastboot);
    }
}

/* Larger than what is written between two looks at the clock, and than its partition by a block. */
static void nothing_is_written_of_what_does_not_fit(void **unused)
{
    const size_t partition_bytes = 6u << 20;
    const size_t image_bytes = partition_bytes + 512;
    struct fake_fastboot *fastboot = make(&unlocked);
    struct span *download = &fastboot->phone.phone.download;
    struct fake_disk disk;

    fake_disk_init(&disk, partition_bytes / 512 + 8, 512);
    fastboot->gpt = (struct gpt){
        .disk = &disk.block,
        .count = 1,
        .partitions = {{.name = "boot", .block_count = partition_bytes / 512}},
    };
    free(download->data);
    *download = (struct span){calloc(1, image_bytes), image_bytes};
    fastboot->session.download = *download;
    session_command(&fastboot->session, slice_of("flash:boot", 10));
    assert_int_equal(disk.writes, 0);
    fastboot->session.download = (struct span){download->data, partition_bytes};
    session_command(&fastboot->session, slice_of("flash:boot", 10));
    assert_true(disk.writes > 1); /* that much does fit */
    fake_disk_free(&disk);
    end(fastboot);
}

/* Whoever hears OKAY may pull the plug. */
static void what_is_told_as_done_is_on_the_medium(void **unused)
{
    static const char *const commands[] = {"flash:boot", "erase:boot", "set_active:b", "oem lock"};
    static const uint8_t image[5000] = "an image";

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = make(&with_slots);
        struct fake_disk *disk = &fastboot->phone.disk;
        unsigned writes = disk->writes;

        assert_string_equal(
            fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]), "OKAY");
        assert_true(disk->writes > writes);
        assert_int_equal(disk->unflushed, 0);
        end(fastboot);
    }
}

static void what_is_no_command(void **unused)
{
    static const char *const commands[] = {"getvar:\x01", "getvar:product\n", "\xffgetvar:all",
                                           "getvar:\x7f"};
    struct fake_fastboot *fastboot = make(&unlocked);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        assert_string_equal(fake_fastboot_ask(fastboot, commands[i]),
                            "FAILa command is printable ASCII");
    }
    end(fastboot);
}

static void booting_a_downloaded_image(void **unused)
{
    static const uint8_t image[3000] = "a boot image";
    struct fake_fastboot *fastboot = make(&unlocked);

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
    end(fastboot);
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
        struct fake_fastboot *fastboot = make(&unlocked);

        assert_string_equal(fake_fastboot_ask(fastboot, ends[i].command), "OKAY");
        assert_true(fastboot->session.ended);
        assert_int_equal(fastboot->session.next, ends[i].next);
        end(fastboot);
    }
}

static void would_it_boot_if_locked(void **unused)
{
    struct fake_fastboot *fastboot = make(&unlocked);

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
    end(fastboot);

    /* As shipped the bootloader would start it: it is the ROM that will not go on. */
    fastboot = make(&shipped);
    fastboot->verified.region = REGION_GLOBAL;
    assert_memory_equal(fake_fastboot_ask(fastboot, "oem lock-check"), "FAILregion-mismatch", 19);
    fastboot->verified.region = REGION_CN;
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock-check"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, "INFOit would boot"));
    end(fastboot);
}

static void a_picture_of_the_screen(void **unused)
{
    struct fake_fastboot *fastboot = make(&unlocked);
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
    end(fastboot);
}

/* It lies where a dry run puts the ramdisk: after one there is no picture. */
static void a_picture_does_not_outlive_a_dry_run(void **unused)
{
    static const char *const commands[] = {"oem why", "oem lock-check", "flash:boot", "boot"};
    static const uint8_t image[512];

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = make(&unlocked);
        struct panel *panel = &fastboot->phone.panel.panel;

        assert_err(panel->ops->start(panel, 100, 60), OK);
        fastboot->outcome = (struct decision){FATE_BRICK, REASON_NO_ROM, BOOT_STATE_RED};
        assert_string_equal(fake_fastboot_ask(fastboot, "oem screenshot"), "OKAY");
        (void)fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]);
        assert_string_equal(fake_fastboot_ask(fastboot, "upload"),
                            "FAILnothing is staged: try fastboot oem screenshot first");
        end(fastboot);
    }
}

static void the_log_in_lines(void **unused)
{
    char chars[2000];
    struct text log = text_in(chars, sizeof chars);
    struct fake_fastboot *fastboot = make(&unlocked);

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
    end(fastboot);
}

static void a_hash_of_a_partition(void **unused)
{
    struct fake_fastboot *fastboot = make(&unlocked);
    uint8_t digest[SHA256_BYTES];
    char words[4 + 2 * SHA256_BYTES + 1] = "INFO";

    fake_fastboot_sha256(fastboot, "userdata", digest);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        snprintf(words + 4 + 2 * i, 3, "%02x", digest[i]);
    }
    assert_string_equal(fake_fastboot_ask_staying(fastboot, "oem sha256:userdata"), "OKAY");
    assert_true(fake_fastboot_said(fastboot, words));
    end(fastboot);
}

/* A disk that fails at any request: FAIL, and the phone goes on. */
static void a_disk_that_fails(void **unused)
{
    static const char *const commands[] = {"flash:boot", "erase:boot", "oem sha256:boot"};
    static uint8_t image[9000];
    struct fake_fastboot *fastboot = make(&unlocked);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        for (unsigned at = 1; at <= 2; at++) {
            fake_disk_forget(&fastboot->phone.disk);
            fastboot->phone.disk.fail_at = at;
            if (at == 1 || i != 2) {
                assert_memory_equal(
                    fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]),
                    "FAILthe disk failed", 19);
            }
            fastboot->phone.disk.fail_at = 0;
            assert_string_equal(fake_fastboot_ask(fastboot, "getvar:product"), "OKAYdipper");
        }
    }
    fastboot->context.gpt = NULL;
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, 512), "flash:boot"),
                        "FAILthe disk has no usable partition table");
    assert_string_equal(fake_fastboot_ask(fastboot, "getvar:all"), "OKAY");
    end(fastboot);
}

/* The loop itself: with a client, with keys, without a link. */
static void serving(void **unused)
{
    struct fake_fastboot *fastboot = make(&unlocked);
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
    end(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables),
        cmocka_unit_test(hermes_has_no_lock),
        cmocka_unit_test(all_variables_in_order),
        cmocka_unit_test(bad_downloads),
        cmocka_unit_test(raw_images),
        cmocka_unit_test(sparse_images),
        cmocka_unit_test(sparse_images_of_small_blocks),
        cmocka_unit_test(anti_rollback_when_flashed),
        cmocka_unit_test(slots_of_a_phone_that_has_them),
        cmocka_unit_test(anti_rollback_for_slots),
        cmocka_unit_test(nothing_is_written_of_what_does_not_fit),
        cmocka_unit_test(what_is_told_as_done_is_on_the_medium),
        cmocka_unit_test(what_is_no_command),
        cmocka_unit_test(booting_a_downloaded_image),
        cmocka_unit_test(ends_of_fastboot_mode),
        cmocka_unit_test(would_it_boot_if_locked),
        cmocka_unit_test(a_picture_of_the_screen),
        cmocka_unit_test(a_picture_does_not_outlive_a_dry_run),
        cmocka_unit_test(the_log_in_lines),
        cmocka_unit_test(a_hash_of_a_partition),
        cmocka_unit_test(a_disk_that_fails),
        cmocka_unit_test(serving),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
