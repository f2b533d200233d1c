/* SPDX-License-Identifier: MIT */
/* The partitions that a package is written to, and what the phone knows of itself. */
#ifndef USERLAND_RECOVERY_STORAGE_H
#define USERLAND_RECOVERY_STORAGE_H

#include "base/bytes.h"

#define RECOVERY_KEY_BYTES    1032 /* format/vbmeta.h: VBMETA_RSA4096_KEY_BYTES */
#define RECOVERY_VBMETA_BYTES 65536

/* One partition is open at a time. */
struct recovery_storage {
    int fd; /* -1: none */
    char name[40];
};

void recovery_storage_init(struct recovery_storage *storage);

/* False: there is no such partition. */
bool recovery_storage_size(struct recovery_storage *storage, const char *name, uint64_t *out_bytes);

/* Writes what is not there already. */
bool recovery_storage_write(struct recovery_storage *storage, const char *name, uint64_t offset,
                            struct slice bytes);

/* What was written lies on the disk. */
bool recovery_storage_finish(struct recovery_storage *storage, const char *name);

void recovery_storage_close(struct recovery_storage *storage);

/*
 * The maker's key, whose packages are taken, and the vbmeta on the disk; empty when not readable.
 */
struct slice recovery_storage_key(uint8_t room[RECOVERY_KEY_BYTES]);
struct slice recovery_storage_vbmeta(uint8_t room[RECOVERY_VBMETA_BYTES]);

#endif
