/* SPDX-License-Identifier: MIT */
/* The programs and kernel modules of a build folder. */
#include "rom-images/rom/userland_files.h"

#include "board/file.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A build folder has programs for this machine beside the ROM's. */
bool userland_is_for_phone(struct slice file)
{
    Elf64_Ehdr header;

    if (file.size < sizeof(header)) {
        return false;
    }
    memcpy(&header, file.data, sizeof(header));
    return memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
           header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_machine == EM_AARCH64;
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name);

    return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

static bool keep(struct userland_files *files, const char *path, const char *name, bool is_module)
{
    struct userland_file *file = &files->list[files->count];

    if (files->count == USERLAND_FILES_MAX || strlen(name) >= sizeof(file->name)) {
        return complain("%s: too many programs (more than %d), or too long a name", path,
                        USERLAND_FILES_MAX);
    }
    if (!file_map(path, &file->content)) {
        return false;
    }
    if (!userland_is_for_phone(file->content)) {
        file_unmap(&file->content);
        return true;
    }
    memcpy(file->name, name, strlen(name) + 1);
    file->is_module = is_module;
    files->count++;
    return true;
}

static bool take(struct userland_files *files, const char *name)
{
    char path[FILE_PATH_BYTES];
    struct stat status;
    bool is_module = ends_in(name, ".ko");

    if (!file_path(path, "%s/%s", files->dir, name)) {
        return false;
    }
    if (stat(path, &status) != 0) {
        return complain("%s: %s", path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode) || (!is_module && (status.st_mode & S_IXUSR) == 0)) {
        return true;
    }
    return keep(files, path, name, is_module);
}

static int by_name(const void *one, const void *other)
{
    const struct userland_file *left = one;
    const struct userland_file *right = other;

    return strcmp(left->name, right->name);
}

bool userland_files_read(const char *dir, struct userland_files *files)
{
    DIR *folder = opendir(dir);
    bool done = true;

    *files = (struct userland_files){.dir = dir};
    if (folder == NULL) {
        return complain("%s: %s", dir, strerror(errno));
    }
    for (struct dirent *entry; done && (entry = readdir(folder)) != NULL;) {
        done = take(files, entry->d_name);
    }
    (void)closedir(folder);
    qsort(files->list, files->count, sizeof(files->list[0]), by_name);
    return done;
}

void userland_files_free(struct userland_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        file_unmap(&files->list[i].content);
    }
    files->count = 0;
}

const struct userland_file *userland_files_need(const struct userland_files *files,
                                                const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (strcmp(files->list[i].name, name) == 0) {
            return &files->list[i];
        }
    }
    complain("%s: no arm64 program called %s", files->dir, name);
    return NULL;
}
