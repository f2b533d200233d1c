/* SPDX-License-Identifier: MIT */
/*
 * The files of a package, in memory, and the ways to write them: as a folder, as an archive.
 *
 * On failure every function says why on standard error and returns false.
 */
#ifndef ROM_IMAGES_PACKAGE_FILES_H
#define ROM_IMAGES_PACKAGE_FILES_H

#include "base/bytes.h"

#include <sys/types.h>
#include <time.h>

#define PACKAGE_FILES_MAX       64
#define PACKAGE_FILE_PATH_BYTES 96

struct package_file {
    char path[PACKAGE_FILE_PATH_BYTES]; /* "images/boot.img"; at most one folder deep */
    mode_t mode;
    struct slice content; /* the caller's, until the files are written */
};

/* Begin with zeros and a time, for all files: the same ROM gives the same bytes. */
struct package_files {
    size_t count;
    time_t time;
    struct package_file list[PACKAGE_FILES_MAX];
};

/* The path is `folder` and `name` together; `folder` may be "". */
NODISCARD bool package_files_add(struct package_files *files, const char *folder, const char *name,
                                 mode_t mode, struct slice content);

/* Makes the folder `dir`, which must not exist, and all files in it. */
NODISCARD bool package_files_write(const struct package_files *files, const char *dir);

enum archive_kind {
    ARCHIVE_TGZ, /* tar through gzip */
    ARCHIVE_ZIP, /* for `fastboot update` */
};

/* Writes all files to the archive `path`, each path after `prefix`; whole or not at all. */
NODISCARD bool package_files_archive(const struct package_files *files, enum archive_kind kind,
                                     const char *prefix, const char *path);

#endif
