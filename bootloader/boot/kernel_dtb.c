/* SPDX-License-Identifier: MIT */
/*
 * The ROM's device tree. Stage boot. Devicetree Specification 0.4; Linux bindings psci, chosen,
 * simple-framebuffer, reserved-memory.
 */
#include "boot/kernel_dtb.h"

#include "board/board_dt.h"
#include "base/text.h"

#include <libfdt.h>
#include <string.h>

#define EDIT(call)                                                                                 \
    do {                                                                                           \
        if ((call) < 0) {                                                                          \
            return E_DTB_EDIT;                                                                     \
        }                                                                                          \
    } while (0)

#define PAGE_BYTES 4096

/* Nodes that a ROM has no use for, or must not see: by name, and by what they say that they are. */
static const char *const hidden_names[] = {
    BOARD_NODE,
    "secure-chosen",
};
static const char *const hidden_compatibles[] = {
    "qemu,fw-cfg-mmio",
    "qemu,platform",
    "pci-host-ecam-generic",
    "cfi-flash",
};

static bool is_empty_slot(const void *tree, int node, const struct kernel_dtb_facts *facts)
{
    int size;
    const uint8_t *reg = fdt_getprop(tree, node, "reg", &size);

    for (size_t i = 0; reg != NULL && size >= 8 && i < facts->empty_slot_count; i++) {
        if (be64(reg) == facts->empty_slots[i]) {
            return true;
        }
    }
    return false;
}

static bool is_hidden(const void *tree, int node, const struct kernel_dtb_facts *facts)
{
    /* QEMU marks so what exists in the secure world only. */
    if (fdt_getprop(tree, node, "secure-status", NULL) != NULL) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(hidden_compatibles); i++) {
        if (fdt_node_check_compatible(tree, node, hidden_compatibles[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(hidden_names); i++) {
        if (strcmp(fdt_get_name(tree, node, NULL), hidden_names[i]) == 0) {
            return true;
        }
    }
    return is_empty_slot(tree, node, facts);
}

/* Deleting moves the nodes behind it to its place, so the same offset is looked at again. */
static enum err hide_nodes(void *tree, const struct kernel_dtb_facts *facts)
{
    int node = fdt_first_subnode(tree, 0);

    while (node >= 0) {
        if (!is_hidden(tree, node, facts)) {
            node = fdt_next_subnode(tree, node);
            continue;
        }
        EDIT(fdt_del_node(tree, node));
        if (fdt_get_name(tree, node, NULL) == NULL) {
            break;
        }
    }
    return OK;
}

/* Nodes under `parent`: found, or made. */
static int subnode(void *tree, int parent, const char *name)
{
    int node = fdt_subnode_offset(tree, parent, name);

    return node >= 0 ? node : fdt_add_subnode(tree, parent, name);
}

static enum err add_psci(void *tree)
{
    int node = subnode(tree, 0, "psci");

    EDIT(node);
    EDIT(fdt_setprop_string(tree, node, "compatible", "arm,psci-1.0"));
    EDIT(fdt_setprop_string(tree, node, "method", "smc"));
    return OK;
}

static enum err set_wide_cells(void *tree, int node)
{
    EDIT(fdt_setprop_u32(tree, node, "#address-cells", 2));
    EDIT(fdt_setprop_u32(tree, node, "#size-cells", 2));
    EDIT(fdt_setprop_empty(tree, node, "ranges"));
    return OK;
}

static enum err add_chosen(void *tree, const struct kernel_dtb_facts *facts)
{
    uint64_t start = (uint64_t)(uintptr_t)facts->ramdisk.data;
    int node = subnode(tree, 0, "chosen");

    EDIT(node);
    EDIT(fdt_setprop_string(tree, node, "bootargs", facts->bootargs));
    if (facts->ramdisk.size != 0) {
        EDIT(fdt_setprop_u64(tree, node, "linux,initrd-start", start));
        EDIT(fdt_setprop_u64(tree, node, "linux,initrd-end", start + facts->ramdisk.size));
    }
    return OK;
}

/* "framebuffer@7e000000" */
static void framebuffer_name(const struct canvas *canvas, struct text *name)
{
    text_str(name, "framebuffer@");
    text_hex(name, (uint64_t)(uintptr_t)canvas->pixels, 1);
}

static uint64_t framebuffer_bytes(const struct canvas *canvas)
{
    uint64_t bytes = (uint64_t)canvas->stride_px * canvas->height_px * sizeof *canvas->pixels;

    return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* A node for the panel's pixels under `parent`, with its reg. */
static int add_framebuffer_node(void *tree, const char *parent_name, const struct canvas *canvas)
{
    char chars[40];
    struct text name = text_in(chars, sizeof chars);
    uint8_t reg[16];
    int parent = subnode(tree, 0, parent_name);
    int node;

    if (parent < 0 || set_wide_cells(tree, parent) != OK) {
        return -FDT_ERR_NOSPACE;
    }
    framebuffer_name(canvas, &name);
    node = subnode(tree, parent, chars);
    put_be64(reg, (uint64_t)(uintptr_t)canvas->pixels);
    put_be64(reg + 8, framebuffer_bytes(canvas));
    if (node >= 0 && fdt_setprop(tree, node, "reg", reg, sizeof reg) < 0) {
        return -FDT_ERR_NOSPACE;
    }
    return node;
}

static enum err add_framebuffer(void *tree, const struct canvas *canvas)
{
    int node = add_framebuffer_node(tree, "chosen", canvas);

    EDIT(node);
    EDIT(fdt_setprop_string(tree, node, "compatible", "simple-framebuffer"));
    EDIT(fdt_setprop_u32(tree, node, "width", canvas->width_px));
    EDIT(fdt_setprop_u32(tree, node, "height", canvas->height_px));
    EDIT(fdt_setprop_u32(tree, node, "stride", canvas->stride_px * sizeof *canvas->pixels));
    EDIT(fdt_setprop_string(tree, node, "format", "x8r8g8b8"));
    node = add_framebuffer_node(tree, "reserved-memory", canvas);
    EDIT(node);
    EDIT(fdt_setprop_empty(tree, node, "no-map"));
    return OK;
}

enum err kernel_dtb_edit(struct span room, const struct kernel_dtb_facts *facts)
{
    void *tree = room.data;

    EDIT(fdt_open_into(tree, tree, (int)room.size));
    TRY(hide_nodes(tree, facts));
    TRY(add_psci(tree));
    TRY(add_chosen(tree, facts));
    if (facts->canvas->width_px != 0) {
        TRY(add_framebuffer(tree, facts->canvas));
    }
    EDIT(fdt_pack(tree));
    return OK;
}
