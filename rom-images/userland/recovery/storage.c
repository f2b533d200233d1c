/* SPDX-License-Identifier: MIT */
/* The partitions that a package is written to. */
#include "recovery/storage.h"

#include "base/text.h"
#include "disk_partition.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define KEY_PATH    "/etc/package-key"
#define PIECE_BYTES 65536

void recovery_storage_init(struct recovery_storage *storage)
{
    *storage = (struct recovery_storage){.fd = -1};
}

void recovery_storage_close(struct recovery_storage *storage)
{
    if (storage->fd >= 0) {
        close(storage->fd);
    }
    recovery_storage_init(storage);
}

static bool use(struct recovery_storage *storage, const char *name)
{
    if (storage->fd >= 0 && strcmp(storage->name, name) == 0) {
        return true;
    }
    recovery_storage_close(storage);
    storage->fd = disk_partition_open(name, O_RDWR, 0);
    copy_string(storage->name, sizeof(storage->name), name, strlen(name) + 1);
    return storage->fd >= 0;
}

bool recovery_storage_size(struct recovery_storage *storage, const char *name, uint64_t *out_bytes)
{
    return use(storage, name) && ioctl(storage->fd, BLKGETSIZE64, out_bytes) == 0;
}

bool recovery_storage_write(struct recovery_storage *storage, const char *name, uint64_t offset,
                            struct slice bytes)
{
    uint8_t old[PIECE_BYTES];

    if (!use(storage, name) || bytes.size > sizeof(old)) {
        return false;
    }
    if (pread(storage->fd, old, bytes.size, (off_t)offset) == (ssize_t)bytes.size &&
        memcmp(old, bytes.data, bytes.size) == 0) {
        return true;
    }
    return pwrite(storage->fd, bytes.data, bytes.size, (off_t)offset) == (ssize_t)bytes.size;
}

bool recovery_storage_finish(struct recovery_storage *storage, const char *name)
{
    return use(storage, name) && fsync(storage->fd) == 0;
}

static struct slice read_whole(int fd, uint8_t *room, size_t room_bytes)
{
    size_t size = 0;
    ssize_t got;

    while (fd >= 0 && size < room_bytes && (got = read(fd, room + size, room_bytes - size)) > 0) {
        size += (size_t)got;
    }
    if (fd >= 0) {
        close(fd);
    }
    return slice_of(room, size);
}

struct slice recovery_storage_key(uint8_t room[RECOVERY_KEY_BYTES])
{
    return read_whole(open(KEY_PATH, O_RDONLY | O_CLOEXEC), room, RECOVERY_KEY_BYTES);
}

struct slice recovery_storage_vbmeta(uint8_t room[RECOVERY_VBMETA_BYTES])
{
    return read_whole(disk_partition_open("vbmeta", O_RDONLY, 0), room, RECOVERY_VBMETA_BYTES);
}
