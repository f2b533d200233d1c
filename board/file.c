/* SPDX-License-Identifier: MIT */
/* Files of the host: mapped for reading, written under a temporary name. POSIX.1-2008. */
#define _GNU_SOURCE
#include "board/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOLE_BYTES 65536u

static const uint8_t zeros[HOLE_BYTES];

bool complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return false;
}

static bool complain_errno(const char *path)
{
    return complain("%s: %s", path, strerror(errno));
}

bool file_path(char out_path[FILE_PATH_BYTES], const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(out_path, FILE_PATH_BYTES, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= FILE_PATH_BYTES) {
        return complain("%.60s...: the path is too long", out_path);
    }
    return true;
}

bool file_map(const char *path, struct slice *out_bytes)
{
    struct stat status;
    void *data = NULL;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe would be waited for */
    bool done = false;

    if (fd < 0) {
        return complain_errno(path);
    }
    if (fstat(fd, &status) != 0) {
        complain_errno(path);
    } else if (!S_ISREG(status.st_mode)) {
        complain("%s: not a regular file", path);
    } else if (status.st_size == 0) {
        done = true;
    } else {
        data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        done = data != MAP_FAILED || complain_errno(path);
    }
    (void)close(fd);
    if (done) {
        *out_bytes = slice_of(data, data == NULL ? 0 : (size_t)status.st_size);
    }
    return done;
}

void file_unmap(struct slice *bytes)
{
    if (bytes->size != 0) {
        (void)munmap((void *)(uintptr_t)bytes->data, bytes->size);
    }
    *bytes = (struct slice){0};
}

/* It would be put in the place of what is there: of a device, for everybody on this computer. */
static bool may_be_replaced(const char *path)
{
    struct stat status;

    return lstat(path, &status) != 0 || S_ISREG(status.st_mode) ||
           complain("%s: not a regular file, and it stays: name another", path);
}

bool staged_open(struct staged_file *file, const char *path, mode_t mode)
{
    if (!may_be_replaced(path)) {
        return false;
    }
    if (!file_path(file->path, "%s", path) || !file_path(file->temporary, "%s.XXXXXX", path)) {
        return false;
    }
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd < 0) {
        return complain_errno(path);
    }
    if (fchmod(file->fd, mode) != 0) {
        complain_errno(path);
        staged_drop(file);
        return false;
    }
    return true;
}

bool staged_write(struct staged_file *file, uint64_t offset, struct slice bytes)
{
    while (bytes.size != 0) {
        ssize_t count = pwrite(file->fd, bytes.data, bytes.size, (off_t)offset);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return complain_errno(file->path);
        }
        offset += (uint64_t)count;
        bytes = slice_of(bytes.data + count, bytes.size - (size_t)count);
    }
    return true;
}

bool staged_write_sparse(struct staged_file *file, uint64_t offset, struct slice bytes)
{
    for (size_t at = 0; at < bytes.size; at += HOLE_BYTES) {
        struct slice part = slice_of(bytes.data + at, MIN(bytes.size - at, HOLE_BYTES));

        if (memcmp(part.data, zeros, part.size) != 0 && !staged_write(file, offset + at, part)) {
            return false;
        }
    }
    return true;
}

bool staged_resize(struct staged_file *file, uint64_t size_bytes)
{
    return ftruncate(file->fd, (off_t)size_bytes) == 0 || complain_errno(file->path);
}

static bool staged_close(struct staged_file *file)
{
    int fd = file->fd;

    file->fd = -1;
    return close(fd) == 0 || complain_errno(file->path);
}

bool staged_commit(struct staged_file *file)
{
    if (!staged_close(file)) {
        (void)unlink(file->temporary);
        return false;
    }
    if (rename(file->temporary, file->path) != 0) {
        complain_errno(file->path);
        (void)unlink(file->temporary);
        return false;
    }
    return true;
}

bool staged_commit_new(struct staged_file *file)
{
    bool done = staged_close(file);

    if (done && link(file->temporary, file->path) != 0 && errno != EEXIST) {
        done = complain_errno(file->path);
    }
    (void)unlink(file->temporary);
    return done;
}

void staged_drop(struct staged_file *file)
{
    if (file->fd >= 0) {
        (void)close(file->fd);
        (void)unlink(file->temporary);
    }
    file->fd = -1;
}

bool file_write(const char *path, mode_t mode, struct slice bytes)
{
    struct staged_file file;

    if (!staged_open(&file, path, mode)) {
        return false;
    }
    if (!staged_resize(&file, bytes.size) || !staged_write_sparse(&file, 0, bytes)) {
        staged_drop(&file);
        return false;
    }
    return staged_commit(&file);
}
