/* SPDX-License-Identifier: MIT */
/* boot/kernel_dtb.h: what the ROM's kernel is told, and what it never sees. */
#include "tests/unit/check.h"

#include "boot/kernel_dtb.h"

#include <libfdt.h>
#include <stdlib.h>

#define ROOM_BYTES 16384

/* Not dereferenced: the tree only carries addresses. */
#define RAMDISK_ADDRESS 0x48000000ul
#define PIXELS_ADDRESS  0x7e000000ul

static const uint64_t empty_slots[] = {0xa000000, 0xa000400};
static const struct canvas panel = {
    .pixels = (uint32_t *)PIXELS_ADDRESS,
    .width_px = 720,
    .height_px = 1499,
    .stride_px = 720,
};

static int add(void *tree, int parent, const char *name, const char *compatible)
{
    int node = fdt_add_subnode(tree, parent, name);

    assert_true(node >= 0);
    if (compatible != NULL) {
        assert_int_equal(fdt_setprop_string(tree, node, "compatible", compatible), 0);
    }
    return node;
}

static void add_slot(void *tree, const char *name, uint64_t address)
{
    int node = add(tree, 0, name, "virtio,mmio");
    uint8_t reg[16] = {0};

    put_be64(reg, address);
    assert_int_equal(fdt_setprop(tree, node, "reg", reg, sizeof reg), 0);
}

/* A machine with some of everything; nodes to hide stand first, last and side by side. */
static struct span machine(void)
{
    struct span room = {calloc(1, ROOM_BYTES), ROOM_BYTES};
    int node;

    assert_int_equal(fdt_create_empty_tree(room.data, ROOM_BYTES), 0);
    assert_int_equal(fdt_setprop_u32(room.data, 0, "#address-cells", 2), 0);
    assert_int_equal(fdt_setprop_u32(room.data, 0, "#size-cells", 2), 0);
    add(room.data, 0, "flashlab", NULL);
    add(room.data, 0, "memory@40000000", NULL);
    add_slot(room.data, "virtio_mmio@a000000", 0xa000000);
    add_slot(room.data, "virtio_mmio@a000200", 0xa000200);
    add_slot(room.data, "virtio_mmio@a000400", 0xa000400);
    add(room.data, 0, "fw-cfg@9020000", "qemu,fw-cfg-mmio");
    add(room.data, 0, "flash@4000000", "cfi-flash");
    node = add(room.data, 0, "secram@e000000", NULL);
    assert_int_equal(fdt_setprop_string(room.data, node, "secure-status", "okay"), 0);
    node = add(room.data, 0, "chosen", NULL);
    assert_int_equal(fdt_setprop_u32(room.data, node, "kaslr-seed", 7), 0);
    add(room.data, 0, "pcie@10000000", "pci-host-ecam-generic");
    add(room.data, 0, "secure-chosen", NULL);
    return room;
}

static struct kernel_dtb_facts facts(void)
{
    return (struct kernel_dtb_facts){
        .bootargs = "console=ttyAMA0 androidboot.hwc=CN",
        .ramdisk = slice_of((const void *)RAMDISK_ADDRESS, 12345),
        .canvas = &panel,
        .empty_slots = empty_slots,
        .empty_slot_count = ARRAY_COUNT(empty_slots),
    };
}

static void hides_what_the_rom_must_not_see(void **state)
{
    static const char *const hidden[] = {
        "/flashlab",      "/virtio_mmio@a000000", "/virtio_mmio@a000400", "/fw-cfg@9020000",
        "/flash@4000000", "/secram@e000000",      "/pcie@10000000",       "/secure-chosen",
    };
    static const char *const kept[] = {"/memory@40000000", "/virtio_mmio@a000200", "/chosen"};
    struct span room = machine();
    struct kernel_dtb_facts given = facts();

    assert_err(kernel_dtb_edit(room, &given), OK);
    for (size_t i = 0; i < ARRAY_COUNT(hidden); i++) {
        assert_int_equal(fdt_path_offset(room.data, hidden[i]), -FDT_ERR_NOTFOUND);
    }
    for (size_t i = 0; i < ARRAY_COUNT(kept); i++) {
        assert_true(fdt_path_offset(room.data, kept[i]) > 0);
    }
    free(room.data);
}

static const uint8_t *property(const void *tree, const char *path, const char *name, int size)
{
    int actual;
    const uint8_t *value = fdt_getprop(tree, fdt_path_offset(tree, path), name, &actual);

    assert_non_null(value);
    assert_int_equal(actual, size);
    return value;
}

static const char *words(const void *tree, const char *path, const char *name, int size)
{
    return (const char *)property(tree, path, name, size);
}

static void tells_the_kernel(void **state)
{
    struct span room = machine();
    struct kernel_dtb_facts given = facts();
    const void *tree = room.data;
    const char *fb = "/chosen/framebuffer@7e000000";
    const char *reserved = "/reserved-memory/framebuffer@7e000000";

    assert_err(kernel_dtb_edit(room, &given), OK);
    assert_string_equal(words(tree, "/psci", "method", 4), "smc");
    assert_string_equal(words(tree, "/psci", "compatible", 13), "arm,psci-1.0");
    assert_string_equal(words(tree, "/chosen", "bootargs", (int)strlen(given.bootargs) + 1),
                        given.bootargs);
    assert_int_equal(be32(property(tree, "/chosen", "kaslr-seed", 4)), 7);
    assert_int_equal(be64(property(tree, "/chosen", "linux,initrd-start", 8)), RAMDISK_ADDRESS);
    assert_int_equal(be64(property(tree, "/chosen", "linux,initrd-end", 8)),
                     RAMDISK_ADDRESS + 12345);
    assert_string_equal(words(tree, fb, "compatible", 19), "simple-framebuffer");
    assert_int_equal(be32(property(tree, fb, "width", 4)), 720);
    assert_int_equal(be32(property(tree, fb, "height", 4)), 1499);
    assert_int_equal(be32(property(tree, fb, "stride", 4)), 2880);
    assert_int_equal(be64(property(tree, fb, "reg", 16)), PIXELS_ADDRESS);
    /* Whole pages, so that nothing else moves in beside the pixels. */
    assert_int_equal(be64(property(tree, reserved, "reg", 16) + 8), 4317184);
    assert_non_null(property(tree, reserved, "no-map", 0));
    free(room.data);
}

static void without_panel_or_ramdisk(void **state)
{
    struct span room = machine();
    struct kernel_dtb_facts given = facts();
    const struct canvas none = {0};

    given.canvas = &none;
    given.ramdisk.size = 0;
    assert_err(kernel_dtb_edit(room, &given), OK);
    assert_int_equal(fdt_path_offset(room.data, "/reserved-memory"), -FDT_ERR_NOTFOUND);
    assert_null(
        fdt_getprop(room.data, fdt_path_offset(room.data, "/chosen"), "linux,initrd-start", NULL));
    free(room.data);
}

/* Every room that is too small says so; none is written past its end. */
static void too_small_is_an_error(void **state)
{
    struct span whole = machine();
    struct kernel_dtb_facts given = facts();
    size_t fits = 0;

    fdt_pack(whole.data);
    for (size_t size = fdt_totalsize(whole.data); size < ROOM_BYTES && fits == 0; size += 8) {
        struct span room = {malloc(size), size};
        enum err err;

        memcpy(room.data, whole.data, fdt_totalsize(whole.data));
        err = kernel_dtb_edit(room, &given);
        assert_true(err == OK || err == E_DTB_EDIT);
        fits = err == OK ? size : 0;
        free(room.data);
    }
    assert_true(fits > fdt_totalsize(whole.data));
    free(whole.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_what_the_rom_must_not_see),
        cmocka_unit_test(tells_the_kernel),
        cmocka_unit_test(without_panel_or_ramdisk),
        cmocka_unit_test(too_small_is_an_error),
    };

    return cmocka_run_group_tests_name("kernel_dtb", tests, NULL, NULL);
}
