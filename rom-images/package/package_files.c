/* SPDX-License-Identifier: MIT */
/* The files of a package as a folder. */
#include "rom-images/package/package_files.h"

#include "board/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DIR_MODE 0755

bool package_files_add(struct package_files *files, const char *folder, const char *name,
                       mode_t mode, struct slice content)
{
    struct package_file *file = &files->list[files->count];
    int length;

    if (files->count == PACKAGE_FILES_MAX) {
        return complain("%s: a package has at most %d files", name, PACKAGE_FILES_MAX);
    }
    length = snprintf(file->path, sizeof(file->path), "%s%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof(file->path)) {
        return complain("%s%s: the path is too long for a package", folder, name);
    }
    file->mode = mode;
    file->content = content;
    files->count++;
    return true;
}

static bool make_dir(const char *dir)
{
    return mkdir(dir, DIR_MODE) == 0 || complain("%s: %s", dir, strerror(errno));
}

/* The folder of "images/boot.img" is made when its first file comes. */
static bool make_parent(const char *path)
{
    char parent[FILE_PATH_BYTES];
    struct stat status;
    char *slash;

    if (!file_path(parent, "%s", path)) {
        return false;
    }
    slash = strrchr(parent, '/');
    *slash = '\0';
    return stat(parent, &status) == 0 || make_dir(parent);
}

static bool set_time(const struct package_files *files, const char *path)
{
    const struct timespec times[2] = {{.tv_sec = files->time}, {.tv_sec = files->time}};

    return utimensat(AT_FDCWD, path, times, 0) == 0 || complain("%s: %s", path, strerror(errno));
}

bool package_files_write(const struct package_files *files, const char *dir)
{
    char path[FILE_PATH_BYTES];

    if (!make_dir(dir)) {
        return false;
    }
    for (size_t i = 0; i < files->count; i++) {
        const struct package_file *file = &files->list[i];

        if (!file_path(path, "%s/%s", dir, file->path) || !make_parent(path) ||
            !file_write(path, file->mode, file->content) || !set_time(files, path)) {
            return false;
        }
    }
    return true;
}
