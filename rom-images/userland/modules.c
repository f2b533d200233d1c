/* SPDX-License-Identifier: MIT */
/* Kernel modules, as listed in /lib/modules/load. */
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIST_PATH "/lib/modules/load"

/*
 * lab.trace needs the bus and the port. Debian's kernel has virtio's core built in;
 * were it not, too.
 */
static const char *const early[] = {"virtio", "virtio_ring", "virtio_mmio", "virtio_console"};

bool modules_needed_early(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strcspn(name, ".");

    for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++) {
        if (strlen(early[i]) == length && memcmp(name, early[i], length) == 0) {
            return true;
        }
    }
    return false;
}

void modules_parse(struct modules *modules, const char *text, size_t size_bytes)
{
    char *rest = modules->list;

    modules->count = 0;
    if (size_bytes >= sizeof(modules->list)) {
        size_bytes = sizeof(modules->list) - 1;
    }
    memcpy(modules->list, text, size_bytes);
    modules->list[size_bytes] = '\0';
    while (modules->count < MODULES_MAX) {
        char *path = strtok_r(rest, "\r\n", &rest);

        if (path == NULL) {
            break;
        }
        if (path[0] != '#') {
            modules->loaded[modules->count] = false;
            modules->paths[modules->count++] = path;
        }
    }
}

void modules_read(struct modules *modules)
{
    char text[MODULES_LIST_BYTES];
    size_t size = 0;
    ssize_t got;
    int fd = open(LIST_PATH, O_RDONLY | O_CLOEXEC);

    modules->count = 0;
    if (fd < 0) {
        return;
    }
    while (size < sizeof(text) && (got = read(fd, text + size, sizeof(text) - size)) > 0) {
        size += (size_t)got;
    }
    close(fd);
    modules_parse(modules, text, size);
}

static bool load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    long result = -1;

    if (fd >= 0) {
        result = syscall(SYS_finit_module, fd, "", 0);
    }
    if (result != 0 && errno != EEXIST) {
        fprintf(stderr, "init: module %s: %s\n", path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

void modules_load_early(struct modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        if (modules_needed_early(modules->paths[i])) {
            modules->loaded[i] = load(modules->paths[i]);
        }
    }
}

void modules_load_rest(struct modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        if (!modules->loaded[i]) {
            modules->loaded[i] = load(modules->paths[i]);
        }
    }
}
