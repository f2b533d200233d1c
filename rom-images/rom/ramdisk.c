/* SPDX-License-Identifier: MIT */
/* What is in a ROM's ramdisk. */
#include "rom-images/rom/ramdisk.h"

#include "base/text.h"
#include "rom-images/write/cpio_write.h"
#include "board/file.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

#define MODULES_MAX       (KERNEL_MODULES_MAX + USERLAND_FILES_MAX)
#define MODULE_PATH_BYTES 96
#define NODES_MAX         (MODULES_MAX + ARRAY_COUNT(folders) + 7)

static const char *const folders[] = {"data", "dev",  "dev/pts", "etc", "lib", "lib/modules",
                                      "mnt",  "proc", "root",    "run", "sys", "tmp"};

static_assert(USERLAND_NAME_BYTES + 16 <= MODULE_PATH_BYTES, "a module's path fits");
static_assert(KERNEL_MODULE_NAME_BYTES + 20 <= MODULE_PATH_BYTES, "a module's path fits");

/* The ramdisk being put together. */
struct ramdisk {
    size_t count;
    struct archive_node nodes[NODES_MAX];
    size_t module_count;
    char module_path[MODULES_MAX][MODULE_PATH_BYTES];
    char load_chars[MODULES_MAX * (MODULE_PATH_BYTES + 2)];
    struct text load; /* the modules' paths, in loading order */
};

static void add(struct ramdisk *ramdisk, struct archive_node node)
{
    ramdisk->nodes[ramdisk->count++] = node;
}

static void add_file(struct ramdisk *ramdisk, const char *path, mode_t mode, struct slice content)
{
    add(ramdisk, (struct archive_node){.path = path, .mode = S_IFREG | mode, .content = content});
}

static void add_fixed(struct ramdisk *ramdisk, const struct ramdisk_spec *spec)
{
    for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
        add(ramdisk, (struct archive_node){.path = folders[i], .mode = S_IFDIR | 0755});
    }
    add(ramdisk, (struct archive_node){
                     .path = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1});
    add(ramdisk,
        (struct archive_node){.path = "dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 3});
    add_file(ramdisk, "default.prop", 0644, spec->properties);
    if (spec->package_key.size != 0) {
        add_file(ramdisk, "etc/package-key", 0644, spec->package_key);
    }
    if (spec->has_system) {
        add(ramdisk,
            (struct archive_node){.path = "bin", .mode = S_IFLNK | 0777, .target = "system/bin"});
    }
}

static void add_module(struct ramdisk *ramdisk, const char *name, const char *end,
                       struct slice content)
{
    char *path = ramdisk->module_path[ramdisk->module_count++];
    struct text text = text_in(path, MODULE_PATH_BYTES);

    text_all(&text, "lib/modules/", name, end);
    text_all(&ramdisk->load, "/", path, "\n");
    add_file(ramdisk, path, 0644, content);
}

/* Debian's, then ours, which the former are not made for. */
static void add_modules(struct ramdisk *ramdisk, const struct ramdisk_spec *spec)
{
    const struct kernel_modules *modules = spec->modules;
    const struct userland_files *userland = spec->userland;

    ramdisk->load = text_in(ramdisk->load_chars, sizeof(ramdisk->load_chars));
    for (size_t i = 0; i < modules->count; i++) {
        add_module(ramdisk, modules->list[i].name, ".ko", modules->list[i].file.bytes);
    }
    for (size_t i = 0; spec->has_system && i < userland->count; i++) {
        if (userland->list[i].is_module) {
            add_module(ramdisk, userland->list[i].name, "", userland->list[i].content);
        }
    }
    add_file(ramdisk, "lib/modules/load", 0644,
             slice_of(ramdisk->load.chars, ramdisk->load.length));
}

bool ramdisk_build(const struct ramdisk_spec *spec, struct span *out_archive)
{
    const struct userland_file *init = userland_files_need(spec->userland, spec->init);
    struct ramdisk *ramdisk;
    bool done;

    if (init == NULL) {
        return false;
    }
    ramdisk = calloc(1, sizeof(*ramdisk));
    if (ramdisk == NULL) {
        return complain("romc: no memory for the ramdisk");
    }
    add_fixed(ramdisk, spec);
    add_file(ramdisk, "init", 0755, init->content);
    add_modules(ramdisk, spec);
    done = cpio_write(ramdisk->nodes, ramdisk->count, out_archive);
    free(ramdisk);
    return done;
}
