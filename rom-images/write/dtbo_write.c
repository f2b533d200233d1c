/* SPDX-License-Identifier: MIT */
/* A dtbo image with one overlay. */
#include "rom-images/write/dtbo_write.h"

#include "format/dtbo.h"

#include <libfdt.h>
#include <string.h>

/* One fragment for the root, with a node that says where it came from. */
static bool write_overlay(void *out, int size, const char *note)
{
    return fdt_create(out, size) == 0 && fdt_finish_reservemap(out) == 0 &&
           fdt_begin_node(out, "") == 0 && fdt_begin_node(out, "fragment@0") == 0 &&
           fdt_property_string(out, "target-path", "/") == 0 &&
           fdt_begin_node(out, "__overlay__") == 0 && fdt_begin_node(out, "flashlab-rom") == 0 &&
           fdt_property_string(out, "note", note) == 0 && fdt_end_node(out) == 0 &&
           fdt_end_node(out) == 0 && fdt_end_node(out) == 0 && fdt_end_node(out) == 0 &&
           fdt_finish(out) == 0;
}

size_t dtbo_write(const char *note, struct span out)
{
    struct dtbo_header header = {.magic = {0}};
    struct dtbo_entry entry = {.dt_bytes = {0}};
    const size_t overlay_offset = sizeof(header) + sizeof(entry);
    uint8_t *overlay = out.data + overlay_offset;
    size_t total;

    if (out.size < overlay_offset || out.size > INT32_MAX) {
        return 0;
    }
    memset(out.data, 0, out.size);
    if (!write_overlay(overlay, (int)(out.size - overlay_offset), note)) {
        return 0;
    }
    total = overlay_offset + fdt_totalsize(overlay);
    put_be32(header.magic, DTBO_MAGIC);
    put_be32(header.total_bytes, (uint32_t)total);
    put_be32(header.header_bytes, sizeof(header));
    put_be32(header.entry_bytes, sizeof(entry));
    put_be32(header.entry_count, 1);
    put_be32(header.entries_offset, sizeof(header));
    put_be32(header.page_bytes, DTBO_PAGE_BYTES);
    put_be32(entry.dt_bytes, (uint32_t)fdt_totalsize(overlay));
    put_be32(entry.dt_offset, (uint32_t)overlay_offset);
    memcpy(out.data, &header, sizeof(header));
    memcpy(out.data + sizeof(header), &entry, sizeof(entry));
    return total;
}
