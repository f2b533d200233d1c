/* SPDX-License-Identifier: MIT */
/*
 * The files in a package: a zip file as recovery_zip_format.h narrows it down, and nothing else.
 *
 * Directory and local headers must agree in every field; files lie one behind the other from the
 * first byte to the directory, the directory ends where the end record begins, and no name comes
 * twice: whoever reads the file in another way sees the same.
 */
#ifndef USERLAND_RECOVERY_ARCHIVE_H
#define USERLAND_RECOVERY_ARCHIVE_H

#include "recovery/source.h"

#define RECOVERY_FILES_MAX  32
#define RECOVERY_NAME_BYTES 64 /* with the NUL */

struct recovery_file {
    char name[RECOVERY_NAME_BYTES];
    uint64_t offset; /* of its content, in the package */
    uint32_t size_bytes;
};

struct recovery_archive {
    size_t count;
    struct recovery_file files[RECOVERY_FILES_MAX];
};

/*
 * Reads the directory. FAULT_ZIP_... and what recovery_package_read says;
 * *out_archive is undefined then.
 */
enum recovery_fault recovery_archive_read(struct recovery_package *package,
                                          struct recovery_archive *out_archive);

/* NULL when there is none of that name. */
const struct recovery_file *recovery_archive_find(const struct recovery_archive *archive,
                                                  const char *name);

#endif
