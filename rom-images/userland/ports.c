/* SPDX-License-Identifier: MIT */
/* The phone's virtio ports by name: /sys/class/virtio-ports/DEVICE/name. */
#include "ports.h"

#include "waiting.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORTS_FOLDER "/sys/class/virtio-ports"

static bool has_name(const char *device, const char *wanted)
{
    char path[300];
    char name[32];
    ssize_t size;
    int fd;

    snprintf(path, sizeof(path), PORTS_FOLDER "/%s/name", device);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    size = read(fd, name, sizeof(name) - 1);
    close(fd);
    if (size <= 0) {
        return false;
    }
    name[size] = '\0';
    name[strcspn(name, "\n")] = '\0';
    return strcmp(name, wanted) == 0;
}

static int open_now(const char *name, int flags)
{
    DIR *folder = opendir(PORTS_FOLDER);
    struct dirent *entry;
    char path[300];
    int fd = -1;

    if (folder == NULL) {
        return -1;
    }
    while (fd < 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.' && has_name(entry->d_name, name)) {
            snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
            fd = open(path, flags | O_CLOEXEC);
        }
    }
    closedir(folder);
    return fd;
}

int port_open(const char *name, int flags, unsigned wait_ms)
{
    int fd;

    do {
        fd = open_now(name, flags);
    } while (fd < 0 && wait_more(&wait_ms));
    return fd;
}
