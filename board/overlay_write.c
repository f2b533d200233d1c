/* SPDX-License-Identifier: MIT */
/*
 * Writes the board overlay of a model: one fragment for "/", by libfdt's sequential writer.
 *
 *     / {
 *         fragment@0 { target-path = "/"; __overlay__ { model, compatible, flashlab { facts } }; };
 *     };
 */
#include "board/overlay_write.h"

#include "board/board_dt.h"

#include <libfdt.h>
#include <stdio.h>

/* What has to be written, and what libfdt said first against it. */
struct writer {
    void *tree;
    int error;
};

static void note(struct writer *writer, int error)
{
    if (writer->error == 0) {
        writer->error = error;
    }
}

static void put_text(struct writer *writer, const char *name, const char *text)
{
    note(writer, fdt_property_string(writer->tree, name, text));
}

static void put_flag(struct writer *writer, const char *name, bool flag)
{
    if (flag) {
        note(writer, fdt_property(writer->tree, name, NULL, 0));
    }
}

static void put_cell(struct writer *writer, const char *name, uint32_t value)
{
    note(writer, fdt_property_u32(writer->tree, name, value));
}

static void put_facts(struct writer *writer, const struct model *model, enum regime regime)
{
    unsigned protections = model->protections;

    note(writer, fdt_begin_node(writer->tree, BOARD_NODE));
    put_text(writer, BOARD_CODENAME, model->codename);
    put_text(writer, BOARD_NAME, model->name);
    put_text(writer, BOARD_OS, os_name(model->os));
    put_cell(writer, BOARD_RELEASED, model->released);
    put_flag(writer, BOARD_POLICY_LIST, model->on_policy_list);
    put_flag(writer, BOARD_BOOTLOADER_LOCK, (protections & PROTECTION_BOOTLOADER_LOCK) != 0);
    put_flag(writer, BOARD_VERIFIED_BOOT, (protections & PROTECTION_VERIFIED_BOOT) != 0);
    put_flag(writer, BOARD_ANTI_ROLLBACK, (protections & PROTECTION_ANTI_ROLLBACK) != 0);
    put_cell(writer, BOARD_PANEL_WIDTH, model->panel_width_px);
    put_cell(writer, BOARD_PANEL_HEIGHT, model->panel_height_px);
    put_cell(writer, BOARD_SLOT_COUNT, model->slot_count);
    put_text(writer, BOARD_REGIME, regime_name(regime));
    note(writer, fdt_end_node(writer->tree));
}

bool overlay_write(const struct model *model, enum regime regime, struct span out, size_t *out_size)
{
    struct writer writer = {.tree = out.data};
    char title[sizeof(model->name) + sizeof(model->codename) + 16];

    snprintf(title, sizeof(title), "%s (%s), virtual", model->name, model->codename);
    note(&writer, fdt_create(out.data, (int)out.size));
    note(&writer, fdt_finish_reservemap(out.data));
    note(&writer, fdt_begin_node(out.data, ""));
    note(&writer, fdt_begin_node(out.data, "fragment@0"));
    put_text(&writer, "target-path", "/");
    note(&writer, fdt_begin_node(out.data, "__overlay__"));
    put_text(&writer, "model", title);
    put_text(&writer, "compatible", BOARD_COMPATIBLE);
    put_facts(&writer, model, regime);
    for (unsigned open_nodes = 3; open_nodes > 0; open_nodes--) {
        note(&writer, fdt_end_node(out.data));
    }
    note(&writer, fdt_finish(out.data));
    if (writer.error != 0) {
        return false;
    }
    *out_size = fdt_totalsize(out.data);
    return true;
}
