/* SPDX-License-Identifier: MIT */
/* A ramdisk as a "newc" archive, through libarchive. */
#include "rom-images/write/cpio_write.h"

#include "board/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIXED_TIME 1536105600 /* 2018-09-05: the same for every file of every ROM */
/* What an entry takes at most beside path and content: header, padding. */
#define ENTRY_OVERHEAD 128

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct cpio_node *)a)->path, ((const struct cpio_node *)b)->path);
}

static size_t largest_size(const struct cpio_node *nodes, size_t count)
{
    size_t size = 4 * ENTRY_OVERHEAD; /* the entry that ends it */

    for (size_t i = 0; i < count; i++) {
        size += ENTRY_OVERHEAD + strlen(nodes[i].path) + nodes[i].content.size +
                (nodes[i].target == NULL ? 0 : strlen(nodes[i].target));
    }
    return size;
}

static bool put_node(struct archive *archive, const struct cpio_node *node)
{
    struct archive_entry *entry = archive_entry_new();
    bool done;

    if (entry == NULL) {
        return false;
    }
    archive_entry_set_pathname(entry, node->path);
    archive_entry_set_mode(entry, node->mode);
    archive_entry_set_nlink(entry, S_ISDIR(node->mode) ? 2 : 1);
    archive_entry_set_mtime(entry, FIXED_TIME, 0);
    archive_entry_set_rdevmajor(entry, node->major);
    archive_entry_set_rdevminor(entry, node->minor);
    archive_entry_set_size(entry, (la_int64_t)node->content.size);
    if (node->target != NULL) {
        archive_entry_set_symlink(entry, node->target);
    }
    done = archive_write_header(archive, entry) == ARCHIVE_OK &&
           archive_write_data(archive, node->content.data, node->content.size) ==
               (la_ssize_t)node->content.size;
    archive_entry_free(entry);
    return done;
}

static bool put_nodes(const struct cpio_node *nodes, size_t count, struct span *archive_bytes)
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
    for (size_t i = 0; done && i < count; i++) {
        done = put_node(archive, &nodes[i]);
    }
    done = archive_write_close(archive) == ARCHIVE_OK && done;
    if (!done) {
        complain("romc: the ramdisk cannot be written: %s", archive_error_string(archive));
    }
    archive_write_free(archive);
    archive_bytes->size = used;
    return done;
}

bool cpio_write(struct cpio_node *nodes, size_t count, struct span *out_archive)
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
