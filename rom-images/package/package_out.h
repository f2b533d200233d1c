/* SPDX-License-Identifier: MIT */
/* A package's folder and archives, all of them or none. */
#ifndef ROM_IMAGES_PACKAGE_OUT_H
#define ROM_IMAGES_PACKAGE_OUT_H

#include "rom-images/package/package_files.h"

/*
 * Writes OUT/NAME/ and, with `archives`, OUT/NAME.tgz from `folder` and OUT/NAME-img.zip from
 * `update`; makes OUT if need be, and replaces what has those names. False: it said why on standard
 * error, and OUT holds what it held.
 */
NODISCARD bool package_out_write(const struct package_files *folder,
                                 const struct package_files *update, bool archives, const char *out,
                                 const char *name);

#endif
