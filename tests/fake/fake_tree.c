/* SPDX-License-Identifier: MIT */
/* Device trees and fuses for the tests of stage board. */
#include "tests/fake/fake_tree.h"
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "board/overlay_write.h"
#include "format/fuses.h"

#include <libfdt.h>
#include <stdlib.h>

#define ROOM_BYTES 4096

struct span fake_copy(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    assert_non_null(copy);
    if (size != 0) {
        memcpy(copy, bytes, size);
    }
    return (struct span){.data = copy, .size = size};
}

struct span fake_machine_tree(void)
{
    static _Alignas(8) uint8_t tree[ROOM_BYTES];
    int error = fdt_create(tree, sizeof tree);

    error |= fdt_add_reservemap_entry(tree, 0x40000000, 0x1000);
    error |= fdt_finish_reservemap(tree);
    error |= fdt_begin_node(tree, "");
    error |= fdt_property_string(tree, "model", "linux,dummy-virt");
    error |= fdt_property_string(tree, "compatible", "linux,dummy-virt");
    error |= fdt_property_u32(tree, "#address-cells", 2);
    error |= fdt_begin_node(tree, "memory@40000000");
    error |= fdt_property_string(tree, "device_type", "memory");
    error |= fdt_property_u64(tree, "reg", 0x40000000);
    error |= fdt_end_node(tree);
    error |= fdt_begin_node(tree, "platform");
    error |= fdt_begin_node(tree, "intc@8000000");
    error |= fdt_property_u32(tree, "phandle", 0x8001);
    error |= fdt_property(tree, "interrupt-controller", NULL, 0);
    error |= fdt_end_node(tree);
    error |= fdt_end_node(tree);
    error |= fdt_begin_node(tree, "chosen");
    error |= fdt_end_node(tree);
    error |= fdt_end_node(tree);
    error |= fdt_finish(tree);
    assert_int_equal(error, 0);
    return fake_copy(tree, fdt_totalsize(tree));
}

struct model fake_model(void)
{
    return (struct model){
        .codename = "dipper",
        .name = "Mi 8",
        .os = OS_MIUI,
        .released = 201806,
        .number_cn = "M1803E1A",
        .on_policy_list = true,
        .protections =
            PROTECTION_BOOTLOADER_LOCK | PROTECTION_VERIFIED_BOOT | PROTECTION_ANTI_ROLLBACK,
        .panel_width_px = 720,
        .panel_height_px = 1496,
    };
}

struct span fake_overlay(void)
{
    static _Alignas(8) uint8_t bytes[ROOM_BYTES];
    struct model model = fake_model();
    size_t size;

    assert_true(overlay_write(&model, REGIME_SHIPPED, (struct span){bytes, sizeof bytes}, &size));
    return fake_copy(bytes, size);
}

struct fuses_record fake_fuses(const char *codename, uint32_t rollback_index)
{
    struct fuses_record record = {0};

    memcpy(record.magic, FUSES_MAGIC, sizeof record.magic);
    put_le32(record.version, FUSES_VERSION);
    memcpy(record.codename, codename, strlen(codename));
    memcpy(record.region, "cn", 2);
    memcpy(record.serial, "8a7b6c5d", 8);
    memset(record.root_key_sha256, 0x5a, sizeof record.root_key_sha256);
    put_le32(record.crc32, crc32(slice_of(&record, offsetof(struct fuses_record, crc32))));
    put_le64(record.rollback, rollback_index < 64 ? ~(uint64_t)0 << rollback_index : 0);
    return record;
}
