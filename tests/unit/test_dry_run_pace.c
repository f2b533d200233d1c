/* SPDX-License-Identifier: MIT */
/*
 * fastboot/dry_run.h: a client that asks what would become of a phone hears of it within two
 * seconds, however much there is to read and hash: images of the size that phones have, in both
 * slots, and neither may run, so that the first is looked at twice. By the phone's own clock
 * (fake_slow_disk.h, fake_processor.h).
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_desk.h"
#include "tests/fake/fake_gpt.h"
#include "tests/fake/fake_memory.h"
#include "tests/fake/fake_processor.h"
#include "tests/fake/fake_slow_disk.h"

#define MIB          (1u << 20)
#define SECTOR       512
#define BOOT_BYTES   (64 * MIB)
#define KERNEL_BYTES (60 * MIB)
#define BOOT_SECTORS (BOOT_BYTES / SECTOR)
#define BOOT_A_LBA   4096
#define BOOT_B_LBA   (BOOT_A_LBA + BOOT_SECTORS)
#define USER_LBA     (BOOT_B_LBA + BOOT_SECTORS)
#define DISK_SECTORS (USER_LBA + 4096)
#define REQUEST_US   40
#define BYTES_A_US   40
#define SILENT_US    2000000

static struct {
    struct fake_desk *desk;
    struct fake_disk disk;
    struct fake_slow_disk slow;
    const struct link_ops *under; /* what the client is reached by */
    uint64_t last_us;             /* of what the phone said */
    uint64_t gap_us;
} shop;

static void alive(void)
{
    uint64_t now_us = shop.desk->phone.power.now_us;

    if (shop.last_us != 0 && now_us - shop.last_us > shop.gap_us) {
        shop.gap_us = now_us - shop.last_us;
    }
    shop.last_us = now_us;
}

static enum err write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    alive();
    return shop.under->write_to(link, reader, bytes);
}

static enum err read_from(struct link *link, struct span room, size_t *out_count)
{
    return shop.under->read(link, room, out_count);
}

static uint32_t changes(struct link *link)
{
    return shop.under->changes(link);
}

/* In each slot a signed ROM whose last byte is another. */
static void flash(void)
{
    static const struct fake_gpt_entry entries[] = {
        {"misc", 34, 49},
        {"vbmeta_a", 128, 255},
        {"vbmeta_b", 256, 383},
        {"boot_a", BOOT_A_LBA, BOOT_B_LBA - 1},
        {"boot_b", BOOT_B_LBA, USER_LBA - 1},
        {"userdata", USER_LBA, DISK_SECTORS - 40},
    };
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;

    spec.rollback_index = 9;
    spec.kernel_bytes = KERNEL_BYTES;
    fake_rom_make(&spec, &rom);
    rom.boot.data[rom.boot.size - 1] ^= 1;
    fake_disk_init(&shop.disk, DISK_SECTORS, SECTOR);
    fake_gpt_write_both(&shop.disk, GPT_ENTRY_COUNT, entries, ARRAY_COUNT(entries));
    for (uint64_t slot = 0; slot < 2; slot++) {
        memcpy(fake_disk_at(&shop.disk, entries[1 + slot].first_lba), rom.vbmeta.data,
               rom.vbmeta.size);
        memcpy(fake_disk_at(&shop.disk, entries[3 + slot].first_lba), rom.boot.data, rom.boot.size);
    }
    fake_rom_free(&rom);
}

static int make(void **state)
{
    static const struct fake_phone_spec spec = {
        .codename = "whyred", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED, .slots = true};
    static const struct link_ops ops = {
        .write_to = write_to, .read = read_from, .changes = changes};
    struct phone *phone;

    shop.desk = fake_desk_new(&spec);
    phone = &shop.desk->phone.phone;
    flash();
    fake_slow_disk_init(&shop.slow, &shop.disk.block, &shop.desk->phone.power.now_us, REQUEST_US,
                        BYTES_A_US);
    phone->disk = &shop.slow.block;
    fake_memory_give(phone->kernel.data);
    phone->kernel = (struct span){fake_memory_take(BOOT_BYTES), BOOT_BYTES};
    shop.under = shop.desk->link.ops;
    shop.desk->link.ops = &ops;
    return 0;
}

static int end(void **state)
{
    fake_processor_charge(NULL, 0);
    fake_disk_free(&shop.disk);
    fake_desk_free(shop.desk);
    return 0;
}

static uint64_t gap_us(const char *command)
{
    const char *const commands[] = {command, "reboot", NULL};

    shop.last_us = 0;
    shop.gap_us = 0;
    fake_processor_charge(&shop.desk->phone.power.now_us, 1);
    fake_desk_serve(shop.desk, slice_of(NULL, 0), commands);
    fake_processor_charge(NULL, 0);
    return shop.gap_us;
}

static void nobody_waits_for_two_seconds(void **state)
{
    static const char *const questions[] = {"oem why", "oem lock-check"};

    print_message("%-28s %9s\n", "question", "gap, ms");
    for (size_t i = 0; i < ARRAY_COUNT(questions); i++) {
        uint64_t gap = gap_us(questions[i]);

        print_message("%-28s %9llu\n", questions[i], (unsigned long long)gap / 1000);
        assert_non_null(fake_client_reply(&shop.desk->client, "INFOChecking the ROM: "));
        assert_true(gap < SILENT_US);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_waits_for_two_seconds, make, end),
    };

    return cmocka_run_group_tests_name("dry run pace", tests, NULL, NULL);
}
