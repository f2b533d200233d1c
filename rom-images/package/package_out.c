/* SPDX-License-Identifier: MIT */
/* A package is put together in a folder of its own beside its place, then moved there. */
#define _GNU_SOURCE
#include "rom-images/package/package_out.h"

#include "board/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE     0755
#define TREE_HANDLES 16

static const char *const suffixes[] = {"", ".tgz", "-img.zip"}; /* the folder, then the archives */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, TREE_HANDLES, FTW_DEPTH | FTW_PHYS);
}

static bool write_archives(const struct package_files *folder, const struct package_files *update,
                           const char *work, const char *name)
{
    char path[FILE_PATH_BYTES];
    char prefix[FILE_PATH_BYTES];

    return file_path(prefix, "%s/", name) && file_path(path, "%s/%s.tgz", work, name) &&
           package_files_archive(folder, ARCHIVE_TGZ, prefix, path) &&
           file_path(path, "%s/%s-img.zip", work, name) &&
           package_files_archive(update, ARCHIVE_ZIP, "", path);
}

static bool write_all(const struct package_files *folder, const struct package_files *update,
                      bool archives, const char *work, const char *name)
{
    char path[FILE_PATH_BYTES];

    return file_path(path, "%s/%s", work, name) && package_files_write(folder, path) &&
           (!archives || write_archives(folder, update, work, name));
}

/* What stood at the place changes places with what was made, and goes with the work folder. */
static bool move(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0 ||
        (errno == ENOENT && rename(from, to) == 0)) {
        return true;
    }
    return complain("%s: %s", to, strerror(errno));
}

static bool move_all(const char *work, bool archives, const char *out, const char *name)
{
    char from[FILE_PATH_BYTES];
    char to[FILE_PATH_BYTES];

    for (size_t i = 0; i < (archives ? ARRAY_COUNT(suffixes) : 1); i++) {
        if (!file_path(from, "%s/%s%s", work, name, suffixes[i]) ||
            !file_path(to, "%s/%s%s", out, name, suffixes[i]) || !move(from, to)) {
            return false;
        }
    }
    return true;
}

bool package_out_write(const struct package_files *folder, const struct package_files *update,
                       bool archives, const char *out, const char *name)
{
    bool made = mkdir(out, DIR_MODE) == 0;
    char work[FILE_PATH_BYTES];
    bool done;

    if (!made && errno != EEXIST) {
        return complain("%s: %s", out, strerror(errno));
    }
    if (!file_path(work, "%s/.package-XXXXXX", out)) {
        return false;
    }
    if (mkdtemp(work) == NULL) {
        return complain("%s: %s", out, strerror(errno));
    }
    done = write_all(folder, update, archives, work, name) && move_all(work, archives, out, name);
    remove_tree(work);
    if (!done && made) {
        (void)rmdir(out);
    }
    return done;
}
