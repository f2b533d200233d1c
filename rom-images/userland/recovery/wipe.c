/* SPDX-License-Identifier: MIT */
/* Wipe Data. */
#define _GNU_SOURCE
#include "recovery/wipe.h"

#include "base/bytes.h"
#include "disk_partition.h"
#include "waiting.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PIECE_BYTES (1u << 20)

static uint8_t zeros[PIECE_BYTES]; /* never written: const, it would lie in the file */
static uint8_t piece[PIECE_BYTES];

/*
 * One piece: read, and overwritten only if something is there. A phone's disk is sparse, and
 * writing zeros where there are some would fill the host's disk.
 */
static bool clean_piece(int fd, uint64_t offset, size_t size)
{
    if (pread(fd, piece, size, (off_t)offset) != (ssize_t)size) {
        return false;
    }
    return memcmp(piece, zeros, size) == 0 ||
           pwrite(fd, zeros, size, (off_t)offset) == (ssize_t)size;
}

bool recovery_zero(int fd, uint64_t size_bytes)
{
    /* The quick way, where the disk knows it: the kernel answers for zeros. */
    if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)size_bytes) == 0) {
        return fsync(fd) == 0;
    }
    for (uint64_t offset = 0; offset < size_bytes; offset += PIECE_BYTES) {
        uint64_t left = size_bytes - offset;

        if (!clean_piece(fd, offset, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES)) {
            return false;
        }
    }
    return fsync(fd) == 0;
}

static bool wipe(const char *name, unsigned wait_ms, bool *out_found)
{
    int fd = disk_partition_open(name, O_RDWR, wait_ms);
    uint64_t size_bytes = 0;
    bool done;

    *out_found = fd >= 0;
    if (fd < 0) {
        return false;
    }
    done = ioctl(fd, BLKGETSIZE64, &size_bytes) == 0 && recovery_zero(fd, size_bytes);
    return close(fd) == 0 && done;
}

bool recovery_wipe_cache(void)
{
    bool found;

    return wipe("cache", DEVICE_WAIT_MS, &found) || !found;
}

bool recovery_wipe_data(void)
{
    bool found;
    bool data = wipe("userdata", DEVICE_WAIT_MS, &found);
    bool cache = wipe("cache", 0, &found) || !found;

    return data && cache;
}
