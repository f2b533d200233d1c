/* SPDX-License-Identifier: MIT */
/* What the first process does before anything else. */
#include "first_process.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

void first_process_mount(void)
{
    static const struct {
        const char *type;
        const char *where;
        unsigned long flags;
    } mounts[] = {
        {"devtmpfs", "/dev", MS_NOSUID},
        {"proc", "/proc", MS_NOSUID | MS_NOEXEC | MS_NODEV},
        {"sysfs", "/sys", MS_NOSUID | MS_NOEXEC | MS_NODEV},
    };

    for (size_t i = 0; i < ARRAY_COUNT(mounts); i++) {
        (void)mkdir(mounts[i].where, 0755);
        if (mount(mounts[i].type, mounts[i].where, mounts[i].type, mounts[i].flags, NULL) != 0 &&
            errno != EBUSY) {
            fprintf(stderr, "init: %s: %s\n", mounts[i].where, strerror(errno));
        }
    }
}

void first_process_open_files(void)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);

    if (fd < 0) {
        fd = open("/dev/null", O_RDWR);
    }
    while (fd >= 0 && fd < STDERR_FILENO) {
        fd = dup(fd);
    }
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}
