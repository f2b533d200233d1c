/* SPDX-License-Identifier: MIT */
/* Entries of an archive, owned by root, of one time. */
#include "rom-images/write/archive_nodes.h"

#include <archive_entry.h>
#include <sys/stat.h>

static bool write_node(struct archive *archive, const struct archive_node *node)
{
    struct archive_entry *entry = archive_entry_new();
    bool done;

    if (entry == NULL) {
        return false;
    }
    archive_entry_set_pathname(entry, node->path);
    archive_entry_set_mode(entry, node->mode);
    archive_entry_set_nlink(entry, S_ISDIR(node->mode) ? 2 : 1);
    archive_entry_set_mtime(entry, ARCHIVE_TIME, 0);
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

bool archive_nodes_write(struct archive *archive, const struct archive_node *nodes, size_t count)
{
    bool done = true;

    for (size_t i = 0; done && i < count; i++) {
        done = write_node(archive, &nodes[i]);
    }
    return archive_write_close(archive) == ARCHIVE_OK && done;
}
