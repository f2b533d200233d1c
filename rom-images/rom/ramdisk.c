/* SPDX-License-Identifier: MIT */
/* What is in a ROM's ramdisk. */
#include "rom-images/rom/ramdisk.h"

#include "base/text.h"
#include "rom-images/write/cpio_write.h"
#include "board/file.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NODES_MAX    256
#define PROGRAMS_MAX 32

static const char *const folders[] = {"bin", "data", "dev",  "dev/pts", "etc", "lib", "lib/modules",
                                      "mnt", "proc", "root", "run",     "sys", "tmp"};

/* The applets a person at the console may want; all of them are in Debian's busybox-static. */
static const char *const applets[] = {
    "[",        "ash",     "awk",  "basename", "cat",      "chmod",     "chown",  "clear",
    "cmp",      "cp",      "cut",  "date",     "dd",       "devmem",    "df",     "diff",
    "dirname",  "dmesg",   "du",   "echo",     "env",      "expr",      "false",  "find",
    "free",     "grep",    "halt", "head",     "hexdump",  "hostname",  "id",     "insmod",
    "kill",     "killall", "less", "ln",       "ls",       "lsmod",     "md5sum", "mkdir",
    "mknod",    "modinfo", "more", "mount",    "mv",       "nproc",     "od",     "ping",
    "poweroff", "printf",  "ps",   "pwd",      "readlink", "reboot",    "rm",     "rmdir",
    "rmmod",    "sed",     "seq",  "setsid",   "sh",       "sha256sum", "sleep",  "sort",
    "stat",     "strings", "stty", "sync",     "tail",     "tee",       "test",   "time",
    "top",      "touch",   "tr",   "true",     "umount",   "uname",     "uniq",   "uptime",
    "vi",       "watch",   "wc",   "which",    "whoami",   "xargs",     "xxd",    "yes",
};

struct program {
    char path[64];
    struct slice content;
};

/* The ramdisk being put together. */
struct ramdisk {
    size_t count;
    struct cpio_node nodes[NODES_MAX];
    size_t program_count;
    struct program programs[PROGRAMS_MAX];
    char modules_path[KERNEL_MODULES_MAX][KERNEL_MODULE_NAME_BYTES + 16];
    char load_list[KERNEL_MODULES_MAX * (KERNEL_MODULE_NAME_BYTES + 20) + 16 * 64];
    char own_modules_chars[16 * 64];
    struct text own_modules; /* their lines of the list */
    char link_path[ARRAY_COUNT(applets)][24];
};

static bool add_node(struct ramdisk *ramdisk, struct cpio_node node)
{
    if (ramdisk->count == NODES_MAX) {
        return complain("romc: the ramdisk has too many files (more than %d)", NODES_MAX);
    }
    ramdisk->nodes[ramdisk->count++] = node;
    return true;
}

static bool has_path(const struct ramdisk *ramdisk, const char *path)
{
    for (size_t i = 0; i < ramdisk->count; i++) {
        if (strcmp(ramdisk->nodes[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_fixed(struct ramdisk *ramdisk, const struct ramdisk_spec *spec)
{
    for (size_t i = 0; i < ARRAY_COUNT(folders); i++) {
        if (!add_node(ramdisk, (struct cpio_node){.path = folders[i], .mode = S_IFDIR | 0755})) {
            return false;
        }
    }
    return add_node(ramdisk,
                    (struct cpio_node){
                        .path = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1}) &&
           add_node(ramdisk,
                    (struct cpio_node){
                        .path = "dev/null", .mode = S_IFCHR | 0666, .major = 1, .minor = 3}) &&
           (spec->package_key.size == 0 ||
            add_node(ramdisk, (struct cpio_node){.path = "etc/package-key",
                                                 .mode = S_IFREG | 0644,
                                                 .content = spec->package_key})) &&
           add_node(ramdisk, (struct cpio_node){.path = "default.prop",
                                                .mode = S_IFREG | 0644,
                                                .content = spec->properties});
}

/* An ELF file for AArch64: a build folder has programs for this machine beside the ROM's. */
static bool is_phone_program(struct slice file)
{
    Elf64_Ehdr header;

    if (file.size < sizeof(header)) {
        return false;
    }
    memcpy(&header, file.data, sizeof(header));
    return memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
           header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_machine == EM_AARCH64;
}

/* Adds the file, if it is a program for the phone. */
static bool add_program(struct ramdisk *ramdisk, const char *file, const char *path)
{
    struct program *program = &ramdisk->programs[ramdisk->program_count];
    struct slice content;

    if (ramdisk->program_count == PROGRAMS_MAX || strlen(path) >= sizeof(program->path)) {
        return complain("%s: too many programs, or too long a name", file);
    }
    if (!file_map(file, &content)) {
        return false;
    }
    if (!is_phone_program(content)) {
        file_unmap(&content);
        return true;
    }
    memcpy(program->path, path, strlen(path) + 1);
    program->content = content;
    ramdisk->program_count++;
    return add_node(
        ramdisk,
        (struct cpio_node){.path = program->path, .mode = S_IFREG | 0755, .content = content});
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name);

    return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* A kernel module of our own: it goes after Debian's, which are not made for us. */
static bool add_own_module(struct ramdisk *ramdisk, const char *file, const char *name)
{
    char path[FILE_PATH_BYTES];
    struct text *list = &ramdisk->own_modules;

    if (!file_path(path, "lib/modules/%s", name) || !add_program(ramdisk, file, path)) {
        return false;
    }
    if (!has_path(ramdisk, path)) {
        return true; /* made for another machine */
    }
    text_all(list, "/", path, "\n");
    return !list->full || complain("%s: too many kernel modules", file);
}

/* Where a program of the userland goes; "" where this ramdisk has no use for it. */
static bool program_path(char path[FILE_PATH_BYTES], const struct ramdisk_spec *spec,
                         const char *name)
{
    if (strcmp(name, spec->init) == 0) {
        return file_path(path, "init");
    }
    if (spec->busybox == NULL || strcmp(name, RAMDISK_INIT_ROM) == 0 ||
        strcmp(name, RAMDISK_INIT_RECOVERY) == 0) {
        return file_path(path, "%s", "");
    }
    return file_path(path, "bin/%s", name);
}

/* One entry of the userland's folder; what is not an executable file is passed over. */
static bool add_userland_entry(struct ramdisk *ramdisk, const struct ramdisk_spec *spec,
                               const char *name)
{
    const char *dir = spec->userland_dir;
    char file[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    struct stat status;

    if (!file_path(file, "%s/%s", dir, name)) {
        return false;
    }
    if (stat(file, &status) != 0) {
        return complain("%s: %s", file, strerror(errno));
    }
    if (S_ISREG(status.st_mode) && ends_in(name, ".ko")) {
        return spec->busybox == NULL || add_own_module(ramdisk, file, name);
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & S_IXUSR) == 0) {
        return true;
    }
    return program_path(path, spec, name) && (path[0] == '\0' || add_program(ramdisk, file, path));
}

static bool add_userland(struct ramdisk *ramdisk, const struct ramdisk_spec *spec)
{
    const char *dir = spec->userland_dir;
    DIR *folder = opendir(dir);
    bool done = true;

    if (folder == NULL) {
        return complain("%s: %s", dir, strerror(errno));
    }
    for (struct dirent *entry; done && (entry = readdir(folder)) != NULL;) {
        done = add_userland_entry(ramdisk, spec, entry->d_name);
    }
    (void)closedir(folder);
    if (done && !has_path(ramdisk, "init")) {
        return complain("%s: no arm64 program called %s", dir, spec->init);
    }
    return done;
}

static bool add_busybox(struct ramdisk *ramdisk, const char *busybox)
{
    if (!add_program(ramdisk, busybox, "bin/busybox")) {
        return false;
    }
    if (!has_path(ramdisk, "bin/busybox")) {
        return complain("%s: not an arm64 program", busybox);
    }
    for (size_t i = 0; i < ARRAY_COUNT(applets); i++) {
        char *path = ramdisk->link_path[i];
        struct text text = text_in(path, sizeof(ramdisk->link_path[i]));

        text_all(&text, "bin/", applets[i]);
        /* A program of the userland's own goes before an applet. */
        if (!has_path(ramdisk, path) &&
            !add_node(ramdisk, (struct cpio_node){
                                   .path = path, .mode = S_IFLNK | 0777, .target = "busybox"})) {
            return false;
        }
    }
    return true;
}

static bool add_modules(struct ramdisk *ramdisk, const struct kernel_modules *modules)
{
    struct text list = text_in(ramdisk->load_list, sizeof(ramdisk->load_list));

    for (size_t i = 0; i < modules->count; i++) {
        char *path = ramdisk->modules_path[i];
        struct text text = text_in(path, sizeof(ramdisk->modules_path[i]));

        text_all(&text, "lib/modules/", modules->list[i].name, ".ko");
        text_all(&list, "/", path, "\n");
        if (!add_node(ramdisk, (struct cpio_node){.path = path,
                                                  .mode = S_IFREG | 0644,
                                                  .content = modules->list[i].file.bytes})) {
            return false;
        }
    }
    text_str(&list, ramdisk->own_modules.chars);
    return add_node(ramdisk, (struct cpio_node){.path = "lib/modules/load",
                                                .mode = S_IFREG | 0644,
                                                .content = slice_of(list.chars, list.length)});
}

bool ramdisk_build(const struct ramdisk_spec *spec, struct span *out_archive)
{
    struct ramdisk *ramdisk = calloc(1, sizeof(*ramdisk));
    bool done;

    if (ramdisk == NULL) {
        return complain("romc: no memory for the ramdisk");
    }
    ramdisk->own_modules = text_in(ramdisk->own_modules_chars, sizeof(ramdisk->own_modules_chars));
    done = add_fixed(ramdisk, spec) && add_userland(ramdisk, spec) &&
           (spec->busybox == NULL || add_busybox(ramdisk, spec->busybox)) &&
           add_modules(ramdisk, spec->modules) &&
           cpio_write(ramdisk->nodes, ramdisk->count, out_archive);
    for (size_t i = 0; i < ramdisk->program_count; i++) {
        file_unmap(&ramdisk->programs[i].content);
    }
    free(ramdisk);
    return done;
}
