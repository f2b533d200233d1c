/* SPDX-License-Identifier: MIT */
/* A ramdisk as a "newc" archive, through libarchive. */
#include "rom-images/write/cpio_write.h"

#include "board/file.h"

#include <stdlib.h>
#include <string.h>

/* What an entry takes at most beside path and content: header, padding. */
#define ENTRY_OVERHEAD 128

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct archive_node *)a)->path, ((const struct archive_node *)b)->path);
}

static size_t largest_size(const struct archive_node *nodes, size_t count)
{
    size_t size = 4 * ENTRY_OVERHEAD; /* the entry that ends it */

    for (size_t i = 0; i < count; i++) {
        size += ENTRY_OVERHEAD + strlen(nodes[i].path) + nodes[i].content.size +
                (nodes[i].target == NULL ? 0 : strlen(nodes[i].target));
    }
    return size;
}

static bool put_nodes(const struct archive_node *nodes, size_t count, struct span *archive_bytes)
{
    struct archive *archive = archive_write_new();
    size_t used = 0;
    bool done;

    if (archive == NULL) {
        return false;
    }
    done = archive_write_set_format_cpio_newc(archive) == ARCHIVE_OK &&
           archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK &&
           archive_write_open_memory(archive, archive_bytes->data, archive_bytes->size, &used) ==
               ARCHIVE_OK;
    done = done && archive_nodes_write(archive, nodes, count);
    if (!done) {
        complain("romc: the ramdisk cannot be written: %s", archive_error_string(archive));
    }
    archive_write_free(archive);
    archive_bytes->size = used;
    return done;
}

bool cpio_write(struct archive_node *nodes, size_t count, struct span *out_archive)
{
    struct span bytes = {.size = largest_size(nodes, count)};

    qsort(nodes, count, sizeof(nodes[0]), by_path);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(nodes[i - 1].path, nodes[i].path) == 0) {
            return complain("romc: the ramdisk would have /%s twice", nodes[i].path);
        }
    }
    bytes.data = malloc(bytes.size);
    if (bytes.data == NULL) {
        return complain("romc: no memory for the ramdisk");
    }
    if (!put_nodes(nodes, count, &bytes)) {
        free(bytes.data);
        return false;
    }
    *out_archive = bytes;
    return true;
}
