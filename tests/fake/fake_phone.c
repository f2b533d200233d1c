/* SPDX-License-Identifier: MIT */
/* A whole phone in memory. */
#include "tests/fake/fake_phone.h"

#include "tests/fake/fake_gpt.h"
#include "tests/fake/fake_memory.h"
#include "tests/fake/fake_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DTB_BYTES     0x20000
#define KERNEL_BYTES  0x200000
#define RAMDISK_BYTES 0x100000
#define SCRATCH_BYTES 0x100000

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake phone: %s\n", what);
        abort();
    }
}

static struct span room_of(size_t size)
{
    void *room = fake_memory_take(size);

    memset(room, 0xa5, size); /* as memory is after power-on: anything */
    return (struct span){room, size};
}

static void load_model(const char *codename, struct model *model)
{
    struct yaml_tree tree;
    char path[512];
    bool loaded;

    snprintf(path, sizeof path, "%s/%s.yaml", TEST_BOARD_DIR, codename);
    loaded = model_load(&tree, path, model);
    need(loaded, loaded ? "" : tree.error);
    yaml_tree_free(&tree);
}

static void make_nor(const struct fake_phone_spec *spec, struct fake_phone *phone)
{
    static const uint8_t firmware[64];
    const struct signing_key *key = fake_root_key();
    struct nor_spec nor = {
        .model = &phone->model,
        .regime = spec->regime,
        .region = spec->made_for,
        .serial = "8a7b6c5d",
        .firmware = slice_of(firmware, sizeof firmware),
        .root_key = slice_of(key->public_key, sizeof key->public_key),
        .unlocked = spec->unlocked,
        .rollback_index = phone->model.rollback_index,
    };
    uint8_t *bytes = malloc(NOR_WRITE_BYTES);

    need(bytes != NULL && nor_write(&nor, bytes), "no NOR");
    fake_nor_init(&phone->nor, bytes, NOR_WRITE_BYTES);
}

static void make_disk(const struct fake_phone_spec *spec, struct fake_phone *phone)
{
    static const struct fake_gpt_entry plain[] = {
        {"misc", FAKE_PHONE_MISC_LBA, 39},
        {"vbmeta", FAKE_PHONE_VBMETA_LBA, FAKE_PHONE_VBMETA_LAST},
        {"boot", FAKE_PHONE_BOOT_LBA, FAKE_PHONE_BOOT_LAST},
        {"userdata", FAKE_PHONE_USER_LBA, FAKE_PHONE_USER_LAST},
    };
    static const struct fake_gpt_entry with_recovery[] = {
        {"misc", FAKE_PHONE_MISC_LBA, 39},
        {"vbmeta", FAKE_PHONE_VBMETA_LBA, FAKE_PHONE_VBMETA_LAST},
        {"boot", FAKE_PHONE_BOOT_LBA, FAKE_PHONE_BOOT_LAST},
        {"userdata", FAKE_PHONE_USER_LBA, FAKE_PHONE_RECOVERY_LBA - 1},
        {"recovery", FAKE_PHONE_RECOVERY_LBA, FAKE_PHONE_USER_LAST},
    };
    static const struct fake_gpt_entry slotted[] = {
        {"misc", FAKE_PHONE_MISC_LBA, 39},
        {"vbmeta_a", FAKE_PHONE_VBMETA_LBA, FAKE_PHONE_VBMETA_LAST},
        {"boot_a", FAKE_PHONE_BOOT_LBA, FAKE_PHONE_VBMETA_B_LBA - 1},
        {"vbmeta_b", FAKE_PHONE_VBMETA_B_LBA, FAKE_PHONE_BOOT_B_LBA - 1},
        {"boot_b", FAKE_PHONE_BOOT_B_LBA, FAKE_PHONE_BOOT_LAST},
        {"userdata", FAKE_PHONE_USER_LBA, FAKE_PHONE_USER_LAST},
    };

    fake_disk_init(&phone->disk, FAKE_PHONE_BLOCKS, 512);
    if (phone->model.slot_count != 0) {
        fake_gpt_write_both(&phone->disk, GPT_ENTRY_COUNT, slotted, ARRAY_COUNT(slotted));
    } else if (spec->recovery) {
        fake_gpt_write_both(&phone->disk, GPT_ENTRY_COUNT, with_recovery,
                            ARRAY_COUNT(with_recovery));
    } else {
        fake_gpt_write_both(&phone->disk, GPT_ENTRY_COUNT, plain, ARRAY_COUNT(plain));
    }
}

void fake_phone_make(const struct fake_phone_spec *spec, struct fake_phone *phone)
{
    load_model(spec->codename, &phone->model);
    if (spec->android_one) {
        phone->model.os = OS_ANDROID_ONE;
    }
    if (spec->slots) {
        phone->model.slot_count = 2;
    }
    make_nor(spec, phone);
    make_disk(spec, phone);
    fake_panel_init(&phone->panel);
    phone->panel.absent = spec->no_screen;
    fake_link_init(&phone->log);
    fake_link_init(&phone->trace);
    fake_power_init(&phone->power);
    phone->phone = (struct phone){
        .power = &phone->power.power,
        .nor = &phone->nor.nor,
        .disk = &phone->disk.block,
        .panel = &phone->panel.panel,
        .record = &phone->record,
        .log = &phone->log.link,
        .trace = &phone->trace.link,
        .machine_dtb = span_slice(fake_machine_tree()),
        .dtb = room_of(DTB_BYTES),
        .kernel = room_of(KERNEL_BYTES),
        .ramdisk = room_of(RAMDISK_BYTES),
        .scratch = room_of(SCRATCH_BYTES),
        .framebuffer_bytes = 16u << 20,
    };
}

void fake_phone_flash(struct fake_phone *phone, const struct fake_rom *rom)
{
    memcpy(fake_disk_at(&phone->disk, FAKE_PHONE_VBMETA_LBA), rom->vbmeta.data, rom->vbmeta.size);
    memcpy(fake_disk_at(&phone->disk, FAKE_PHONE_BOOT_LBA), rom->boot.data, rom->boot.size);
}

void fake_phone_flash_b(struct fake_phone *phone, const struct fake_rom *rom)
{
    memcpy(fake_disk_at(&phone->disk, FAKE_PHONE_VBMETA_B_LBA), rom->vbmeta.data, rom->vbmeta.size);
    memcpy(fake_disk_at(&phone->disk, FAKE_PHONE_BOOT_B_LBA), rom->boot.data, rom->boot.size);
}

void fake_phone_free(struct fake_phone *phone)
{
    free((void *)(uintptr_t)phone->phone.machine_dtb.data);
    fake_memory_give(phone->phone.dtb.data);
    fake_memory_give(phone->phone.kernel.data);
    fake_memory_give(phone->phone.ramdisk.data);
    fake_memory_give(phone->phone.scratch.data);
    free(phone->nor.bytes);
    fake_panel_free(&phone->panel);
    fake_disk_free(&phone->disk);
}
