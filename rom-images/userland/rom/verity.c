/* SPDX-License-Identifier: MIT */
/* dm-verity over a partition. */
#include "rom/verity.h"

#include "base/text.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define CONTROL_PATH "/dev/mapper/control" /* made by the kernel when dm-mod is loaded */
#define SECTOR_BYTES 512
#define BLOCKS_MAX   (UINT64_MAX / VERITY_BLOCK)

/* The device mapper's messages: the head, one target, its parameters. */
struct message {
    struct dm_ioctl head;
    struct dm_target_spec target;
    char table[VERITY_TABLE_BYTES];
};

/* Takes hexadecimal digits, in pairs, up to `end`. */
static bool take_hex(const char **text, char end, char *out, size_t out_size)
{
    size_t length = strspn(*text, "0123456789abcdef");

    if (length >= out_size || length % 2 != 0 || (*text)[length] != end) {
        return false;
    }
    memcpy(out, *text, length);
    out[length] = '\0';
    *text += length + (end == '\0' ? 0 : 1);
    return true;
}

/* The hash function of that name, whose digests have so many digits; NULL: there is no such one. */
static const char *find_hash(const char *name, size_t digits)
{
    static const struct {
        const char *name;
        size_t digits;
    } hashes[] = {{"sha256", 64}, {"sha512", 128}, {"sha1", 40}};

    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        if (strcmp(name, hashes[i].name) == 0 && digits == hashes[i].digits) {
            return hashes[i].name;
        }
    }
    return NULL;
}

bool verity_tree_read(const char *text, struct verity_tree *out_tree)
{
    struct verity_tree tree;
    bool told;

    if (!text_take_u64(&text, ',', BLOCKS_MAX, &tree.image_blocks) ||
        !text_take_u64(&text, ',', BLOCKS_MAX, &tree.tree_block) ||
        !take_hex(&text, ',', tree.root_hex, sizeof(tree.root_hex))) {
        return false;
    }
    told = strchr(text, ',') != NULL;
    if (!take_hex(&text, told ? ',' : '\0', tree.salt_hex, sizeof(tree.salt_hex))) {
        return false;
    }
    tree.hash = find_hash(told ? text : "sha256", strlen(tree.root_hex));
    if (tree.hash == NULL || tree.image_blocks < 2) {
        return false;
    }
    *out_tree = tree;
    return true;
}

bool verity_table_make(const struct verity_tree *tree, const char *device,
                       char out_table[VERITY_TABLE_BYTES])
{
    int length =
        snprintf(out_table, VERITY_TABLE_BYTES, "1 %s %s %d %d %llu %llu %s %s %s", device,
                 device, VERITY_BLOCK, VERITY_BLOCK, (unsigned long long)tree->image_blocks,
                 (unsigned long long)tree->tree_block, tree->hash, tree->root_hex,
                 tree->salt_hex[0] != '\0' ? tree->salt_hex : "-");

    return length > 0 && length < VERITY_TABLE_BYTES;
}

static void prepare(struct message *message, const char *name)
{
    message->head = (struct dm_ioctl){
        .version = {DM_VERSION_MAJOR, 0, 0},
        .data_size = sizeof(*message),
        .data_start = offsetof(struct message, target),
        .flags = DM_READONLY_FLAG,
    };
    snprintf(message->head.name, sizeof(message->head.name), "%s", name);
}

static bool create(int control, const char *name, struct message *message)
{
    prepare(message, name);
    return ioctl(control, DM_DEV_CREATE, message) == 0;
}

static bool load_table(int control, const char *name, const struct verity_tree *tree,
                       struct message *message)
{
    prepare(message, name);
    message->head.target_count = 1;
    message->target = (struct dm_target_spec){
        .length = tree->image_blocks * (VERITY_BLOCK / SECTOR_BYTES),
        .next = sizeof(message->target) + sizeof(message->table),
        .target_type = "verity",
    };
    return ioctl(control, DM_TABLE_LOAD, message) == 0;
}

/* Not suspended any more: the table counts. */
static bool resume(int control, const char *name, struct message *message)
{
    prepare(message, name);
    return ioctl(control, DM_DEV_SUSPEND, message) == 0;
}

const char *verity_open(const struct verity_tree *tree, const char *device, const char *name,
                        char *out_path, size_t out_path_size)
{
    struct message message = {.table = {0}};
    const char *failed = NULL;
    int control = open(CONTROL_PATH, O_RDWR | O_CLOEXEC);

    if (control < 0) {
        return "no device mapper";
    }
    if (!verity_table_make(tree, device, message.table)) {
        failed = "dm-verity's parameters do not fit";
    } else if (!create(control, name, &message)) {
        failed = "the mapped device cannot be made";
    } else if (!load_table(control, name, tree, &message)) {
        failed = "dm-verity refuses its parameters";
    } else if (!resume(control, name, &message)) {
        failed = "the mapped device does not start";
    } else {
        snprintf(out_path, out_path_size, "/dev/dm-%u", minor(message.head.dev));
    }
    close(control);
    return failed;
}
