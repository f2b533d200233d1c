/* SPDX-License-Identifier: MIT */
/*
 * The kernel modules that a ROM loads. ELF-64 (System V gABI, chapter 4) as far as the section
 * .modinfo, which is a row of "key=value" with NULs; "depends" has names with commas.
 */
#define _GNU_SOURCE
#include "rom-images/rom/kernel_modules.h"

#include "board/file.h"

#include <elf.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 8 /* of modules that need modules */

/*
 * What the lab's devices need: the bus, lab.trace and the like, the disk, the keys; and /system, whose
 * hash tree may be by SHA-512 (the kernel has the other functions built in).
 */
static const char *const wanted_modules[] = {"virtio_mmio",  "virtio_console", "virtio_blk",
                                             "virtio_input", "evdev",          "dm_verity",
                                             "squashfs",     "sha512_generic"};

static const char *const packings[] = {"", ".xz", ".zst", ".gz"};

/* Where modules are looked for. */
struct source {
    const char *dir;
    struct slice order;   /* modules.order: those that are files */
    struct slice builtin; /* modules.builtin */
};

static bool section_at(struct slice module, size_t index, Elf64_Shdr *out_section)
{
    Elf64_Ehdr header;
    uint64_t offset;
    struct slice part;

    if (module.size < sizeof(header)) {
        return false;
    }
    memcpy(&header, module.data, sizeof(header));
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        index >= header.e_shnum ||
        !add_u64(header.e_shoff, index * sizeof(*out_section), &offset) ||
        slice_sub(module, offset, sizeof(*out_section), &part) != OK) {
        return false;
    }
    memcpy(out_section, part.data, sizeof(*out_section));
    return true;
}

static bool section_bytes(struct slice module, const Elf64_Shdr *section, struct slice *out_bytes)
{
    return slice_sub(module, section->sh_offset, section->sh_size, out_bytes) == OK;
}

static bool find_section(struct slice module, const char *name, struct slice *out_bytes)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    struct slice names;
    struct slice own;

    if (module.size < sizeof(header)) {
        return false;
    }
    memcpy(&header, module.data, sizeof(header));
    if (!section_at(module, header.e_shstrndx, &section) ||
        !section_bytes(module, &section, &names)) {
        return false;
    }
    for (size_t i = 0; section_at(module, i, &section); i++) {
        if (slice_sub(names, section.sh_name, strlen(name) + 1, &own) == OK &&
            memcmp(own.data, name, own.size) == 0) {
            return section_bytes(module, &section, out_bytes);
        }
    }
    return false;
}

bool kernel_module_info(struct slice module, const char *key, struct slice *out_value)
{
    size_t key_bytes = strlen(key);
    struct slice rest;

    if (!find_section(module, ".modinfo", &rest)) {
        return false;
    }
    while (rest.size != 0) {
        size_t length = strnlen((const char *)rest.data, rest.size);
        size_t step = length < rest.size ? length + 1 : length;

        if (length > key_bytes && memcmp(rest.data, key, key_bytes) == 0 &&
            rest.data[key_bytes] == '=') {
            *out_value = slice_of(rest.data + key_bytes + 1, length - key_bytes - 1);
            return true;
        }
        rest = slice_of(rest.data + step, rest.size - step);
    }
    return false;
}

/* In file names a module may have '-' where its own name has '_'. */
static bool same_name(struct slice file_name, const char *name)
{
    for (size_t i = 0; i < file_name.size; i++) {
        char c = (char)file_name.data[i];

        if ((c == '-' ? '_' : c) != name[i]) { /* a NUL in `name` ends it: no file name has one */
            return false;
        }
    }
    return name[file_name.size] == '\0';
}

static size_t file_name_start(const uint8_t *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/') {
        length--;
    }
    return length;
}

/* The line of a list ("kernel/drivers/virtio/virtio_mmio.ko") whose file is module `name`. */
static bool find_line(struct slice list, const char *name, struct slice *out_line)
{
    static const char suffix[] = ".ko";

    while (list.size != 0) {
        const uint8_t *end = memchr(list.data, '\n', list.size);
        size_t length = end == NULL ? list.size : (size_t)(end - list.data);
        size_t step = end == NULL ? length : length + 1;
        size_t start = file_name_start(list.data, length);
        const uint8_t *dot = memmem(list.data + start, length - start, suffix, strlen(suffix));

        if (dot != NULL &&
            same_name(slice_of(list.data + start, (size_t)(dot - list.data) - start), name)) {
            *out_line = slice_of(list.data, (size_t)(dot - list.data) + strlen(suffix));
            return true;
        }
        list = slice_of(list.data + step, list.size - step);
    }
    return false;
}

/* Opens the module's file, whatever it is packed with. */
static bool open_module(const struct source *source, struct slice line, struct plain_file *out_file)
{
    char path[FILE_PATH_BYTES];

    for (size_t i = 0; i < ARRAY_COUNT(packings); i++) {
        if (!file_path(path, "%s/%.*s%s", source->dir, (int)line.size, (const char *)line.data,
                       packings[i])) {
            return false;
        }
        if (access(path, F_OK) == 0) {
            return plain_file_module(path, out_file);
        }
    }
    return complain("%s: %.*s is in modules.order, but there is no such file", source->dir,
                    (int)line.size, (const char *)line.data);
}

static bool is_listed(const struct kernel_modules *modules, const char *name)
{
    for (size_t i = 0; i < modules->count; i++) {
        if (strcmp(modules->list[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_module(const struct source *source, const char *name, unsigned depth,
                       struct kernel_modules *modules);

/* Adds every module of a "depends" value. */
static bool add_needed(const struct source *source, struct slice names, unsigned depth,
                       struct kernel_modules *modules)
{
    while (names.size != 0) {
        const uint8_t *comma = memchr(names.data, ',', names.size);
        size_t length = comma == NULL ? names.size : (size_t)(comma - names.data);
        size_t step = comma == NULL ? length : length + 1;
        char name[KERNEL_MODULE_NAME_BYTES] = {0};

        if (length >= sizeof(name)) {
            return complain("%s: a module's name is too long", source->dir);
        }
        memcpy(name, names.data, length);
        for (char *c = name; *c != '\0'; c++) {
            *c = *c == '-' ? '_' : *c;
        }
        if (length != 0 && !add_module(source, name, depth + 1, modules)) {
            return false;
        }
        names = slice_of(names.data + step, names.size - step);
    }
    return true;
}

/* Adds one module after those that it needs. */
static bool add_module(const struct source *source, const char *name, unsigned depth,
                       struct kernel_modules *modules)
{
    struct plain_file file;
    struct slice line;
    struct slice needed;

    if (is_listed(modules, name) || find_line(source->builtin, name, &line)) {
        return true;
    }
    if (depth > DEPTH_MAX) {
        return complain("%s: %s: modules need each other in a circle", source->dir, name);
    }
    if (!find_line(source->order, name, &line)) {
        return complain("%s: no kernel module %s, and it is not built in", source->dir, name);
    }
    if (!open_module(source, line, &file)) {
        return false;
    }
    if (!kernel_module_info(file.bytes, "depends", &needed)) {
        complain("%s: %s does not say what it depends on: damaged?", source->dir, name);
    } else if (add_needed(source, needed, depth, modules)) {
        if (modules->count < KERNEL_MODULES_MAX) {
            struct kernel_module *module = &modules->list[modules->count++];

            memcpy(module->name, name, strlen(name) + 1); /* shorter than the field: add_needed */
            module->file = file;
            return true;
        }
        complain("%s: more than %d kernel modules are needed", source->dir, KERNEL_MODULES_MAX);
    }
    plain_file_free(&file);
    return false;
}

bool kernel_modules_read(const char *dir, struct kernel_modules *modules)
{
    struct source source = {.dir = dir};
    char path[FILE_PATH_BYTES];
    bool done;

    modules->count = 0;
    done = file_path(path, "%s/modules.order", dir) && file_map(path, &source.order) &&
           file_path(path, "%s/modules.builtin", dir) && file_map(path, &source.builtin);
    for (size_t i = 0; done && i < ARRAY_COUNT(wanted_modules); i++) {
        done = add_module(&source, wanted_modules[i], 0, modules);
    }
    file_unmap(&source.order);
    file_unmap(&source.builtin);
    return done;
}

void kernel_modules_free(struct kernel_modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        plain_file_free(&modules->list[i].file);
    }
    modules->count = 0;
}
