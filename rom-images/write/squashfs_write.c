/* SPDX-License-Identifier: MIT */
/* A squashfs file system: a tar archive through libarchive, then mksquashfs. */
#define _GNU_SOURCE
#include "rom-images/write/squashfs_write.h"

#include "board/file.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD_PATH_BYTES 32
#define SAID_BYTES    1024

extern char **environ;

/* The files in memory that stand between us and the tool; -1: not open. */
struct pipework {
    int tar;
    int file_system;
    int said;
};

static int memory_file(const char *name)
{
    int fd = memfd_create(name, 0);

    if (fd < 0) {
        complain("romc: no memory for %s: %s", name, strerror(errno));
    }
    return fd;
}

static void close_all(const struct pipework *pipes)
{
    const int fds[] = {pipes->tar, pipes->file_system, pipes->said};

    for (size_t i = 0; i < ARRAY_COUNT(fds); i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
}

static bool write_tar(const struct archive_node *nodes, size_t count, int fd)
{
    struct archive *archive = archive_write_new();
    bool done;

    if (archive == NULL) {
        return complain("romc: no memory for the system's archive");
    }
    done = archive_write_set_format_ustar(archive) == ARCHIVE_OK &&
           archive_write_open_fd(archive, fd) == ARCHIVE_OK;
    done = done && archive_nodes_write(archive, nodes, count);
    if (!done) {
        complain("romc: the system's archive cannot be written: %s", archive_error_string(archive));
    }
    archive_write_free(archive);
    return done && (lseek(fd, 0, SEEK_SET) == 0 || complain("romc: %s", strerror(errno)));
}

static bool spawn_tool(const struct pipework *pipes, pid_t *out_pid)
{
    char path[FD_PATH_BYTES];
    const char *const words[] = {"mksquashfs",
                                 "-",
                                 path,
                                 "-tar",
                                 "-noappend",
                                 "-quiet",
                                 "-no-progress",
                                 "-noI",
                                 "-noD",
                                 "-noF",
                                 "-noX",
                                 "-no-exports",
                                 "-no-xattrs",
                                 "-all-root",
                                 "-root-mode",
                                 "0755",
                                 "-all-time",
                                 ARCHIVE_TIME_TEXT,
                                 "-mkfs-time",
                                 ARCHIVE_TIME_TEXT,
                                 "-processors",
                                 "1",
                                 NULL};
    posix_spawn_file_actions_t actions;
    int error;

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes->file_system);
    error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, pipes->tar, STDIN_FILENO);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, pipes->said, STDOUT_FILENO);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&actions, pipes->said, STDERR_FILENO);
    }
    if (error == 0) {
        error = posix_spawnp(out_pid, words[0], &actions, NULL, (char *const *)words, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error == 0 ||
           complain("romc: mksquashfs (Debian package squashfs-tools): %s", strerror(error));
}

static bool run_tool(const struct pipework *pipes)
{
    char said[SAID_BYTES];
    ssize_t length;
    int status;
    pid_t pid;

    if (!spawn_tool(pipes, &pid)) {
        return false;
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return complain("romc: mksquashfs: %s", strerror(errno));
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    length = pread(pipes->said, said, sizeof(said), 0);
    return complain("romc: mksquashfs failed: %.*s", length < 0 ? 0 : (int)length, said);
}

static bool read_back(int fd, struct span *out_file_system)
{
    struct stat status;
    struct span bytes;
    size_t got = 0;

    if (fstat(fd, &status) != 0 || status.st_size <= 0) {
        return complain("romc: mksquashfs made nothing");
    }
    bytes.size = ((size_t)status.st_size + SQUASHFS_UNIT_BYTES - 1) / SQUASHFS_UNIT_BYTES *
                 SQUASHFS_UNIT_BYTES;
    if (bytes.size < 2 * SQUASHFS_UNIT_BYTES) {
        bytes.size = 2 * SQUASHFS_UNIT_BYTES; /* a hash tree needs something to hash */
    }
    bytes.data = calloc(1, bytes.size);
    if (bytes.data == NULL) {
        return complain("romc: no memory for the system");
    }
    while (got < (size_t)status.st_size) {
        ssize_t count = pread(fd, bytes.data + got, (size_t)status.st_size - got, (off_t)got);

        if (count <= 0) {
            free(bytes.data);
            return complain("romc: the system cannot be read back");
        }
        got += (size_t)count;
    }
    *out_file_system = bytes;
    return true;
}

bool squashfs_write(const struct archive_node *nodes, size_t count, struct span *out_file_system)
{
    struct pipework pipes = {
        .tar = memory_file("tar"),
        .file_system = memory_file("system"),
        .said = memory_file("messages"),
    };
    bool done = pipes.tar >= 0 && pipes.file_system >= 0 && pipes.said >= 0 &&
                write_tar(nodes, count, pipes.tar) && run_tool(&pipes) &&
                read_back(pipes.file_system, out_file_system);

    close_all(&pipes);
    return done;
}
