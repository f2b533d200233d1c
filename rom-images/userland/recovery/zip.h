/* SPDX-License-Identifier: MIT */
/*
 * The files in a package: a zip file as recovery_zip_format.h narrows it down, and nothing else.
 *
 * Directory and local headers must agree in every field; files lie one behind the other from the
 * first byte to the directory, the directory ends where the end record begins, and no name comes
 * twice: whoever reads the file in another way sees the same.
 */
#ifndef USERLAND_RECOVERY_ZIP_H
#define USERLAND_RECOVERY_ZIP_H

#include "recovery/package.h"

#define RECOVERY_FILES_MAX  32
#define RECOVERY_NAME_BYTES 64 /* with the NUL */

struct recovery_file {
    char name[RECOVERY_NAME_BYTES];
    uint64_t offset; /* of its content, in the package */
    uint32_t size_bytes;
};

struct recovery_zip {
    size_t count;
    struct recovery_file files[RECOVERY_FILES_MAX];
};

/*
 * Reads the directory. FAULT_ZIP_... and what recovery_package_read says;
 * *out_zip is undefined then.
 */
enum recovery_fault recovery_zip_read(struct recovery_package *package,
                                      struct recovery_zip *out_zip);

/* NULL when there is none of that name. */
const struct recovery_file *recovery_zip_find(const struct recovery_zip *zip, const char *name);

#endif
