/* SPDX-License-Identifier: MIT */
/*
 * What Debian packs and a phone wants plain: the kernel, kernel modules. Formats: gzip, xz, zstd;
 * and the kernel's own "zboot" wrapping (Linux, drivers/firmware/efi/libstub/zboot-header.S).
 */
#ifndef ROM_IMAGES_UNPACK_H
#define ROM_IMAGES_UNPACK_H

#include "base/bytes.h"

/* A file's bytes, plain. Owned by it: end with plain_file_free. */
struct plain_file {
    struct slice bytes;   /* what a user wants: in one of the two below */
    struct slice mapped;  /* the file as it is */
    struct span unpacked; /* on the heap; empty if the file was plain already */
};

/* Reads an arm64 kernel. False: it said why on standard error; *out_file is untouched. */
NODISCARD bool plain_file_kernel(const char *path, struct plain_file *out_file);

/* Reads a kernel module (ELF). False: it said why on standard error; *out_file is untouched. */
NODISCARD bool plain_file_module(const char *path, struct plain_file *out_file);

void plain_file_free(struct plain_file *file);

#endif
