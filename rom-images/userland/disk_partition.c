/* SPDX-License-Identifier: MIT */
/* The phone's partitions by name: /sys/class/block/DEVICE/uevent has PARTNAME and DEVNAME. */
#include "disk_partition.h"

#include "waiting.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_FOLDER "/sys/class/block"
#define UEVENT_BYTES 1024

/* The value of a "KEY=VALUE" line; its length is *out_length, 0 when there is no such line. */
static const char *value_of(const char *uevent, const char *key, size_t *out_length)
{
    size_t key_bytes = strlen(key);

    *out_length = 0;
    for (const char *line = uevent; *line != '\0';) {
        size_t length = strcspn(line, "\n");

        if (length > key_bytes && strncmp(line, key, key_bytes) == 0 && line[key_bytes] == '=') {
            *out_length = length - key_bytes - 1;
            return line + key_bytes + 1;
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return "";
}

bool disk_partition_of_uevent(const char *uevent, const char *name,
                              char out_path[PARTITION_PATH_BYTES])
{
    size_t name_bytes;
    size_t device_bytes;
    const char *found = value_of(uevent, "PARTNAME", &name_bytes);
    const char *device = value_of(uevent, "DEVNAME", &device_bytes);

    if (name_bytes != strlen(name) || strncmp(found, name, name_bytes) != 0 || device_bytes == 0 ||
        device_bytes > 32) {
        return false;
    }
    snprintf(out_path, PARTITION_PATH_BYTES, "/dev/%.*s", (int)device_bytes, device);
    return true;
}

static bool is_partition(const char *device, const char *name, char out_path[PARTITION_PATH_BYTES])
{
    char path[300];
    char uevent[UEVENT_BYTES];
    ssize_t size;
    int fd;

    snprintf(path, sizeof(path), BLOCK_FOLDER "/%s/uevent", device);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    size = read(fd, uevent, sizeof(uevent) - 1);
    close(fd);
    if (size <= 0) {
        return false;
    }
    uevent[size] = '\0';
    return disk_partition_of_uevent(uevent, name, out_path);
}

bool disk_partition_path(const char *name, char out_path[PARTITION_PATH_BYTES])
{
    DIR *folder = opendir(BLOCK_FOLDER);
    struct dirent *entry;
    bool found = false;

    if (folder == NULL) {
        return false;
    }
    while (!found && (entry = readdir(folder)) != NULL) {
        found = entry->d_name[0] != '.' && is_partition(entry->d_name, name, out_path);
    }
    closedir(folder);
    return found;
}

int disk_partition_open(const char *name, int flags, unsigned wait_ms)
{
    char path[PARTITION_PATH_BYTES];
    int fd;

    do {
        fd = disk_partition_path(name, path) ? open(path, flags | O_CLOEXEC) : -1;
    } while (fd < 0 && wait_more(&wait_ms));
    return fd;
}
