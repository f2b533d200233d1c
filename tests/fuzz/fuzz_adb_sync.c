/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes adb_sync.h: the input is what a computer sends to the file service, in two parts. The
 * phone is a folder of this computer, and what is asked of the system goes through this file
 * (--wrap): nothing is made or taken away but below the places where files may be put, and what leads out of
 * the folder is not there.
 */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"

#include "adb/adb_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUTS_MAX 1000 /* more than all that these inputs can put and ask for */

static char root[] = "/tmp/fuzz_adb_sync.XXXXXX";
static bool asking; /* it is the file service that asks, and not a fuzzer that keeps its files */

/* Has the path a part `..`? */
static bool leads_up(const char *path)
{
    const char *at = path;

    while ((at = strstr(at, "/..")) != NULL) {
        at += 3;
        if (*at == '/' || *at == '\0') {
            return true;
        }
    }
    return false;
}

/* `itself`: the place, too, and not only what is in it. */
static void must_be_in_a_place(const char *path, bool itself)
{
    bool is = false;

    if (!asking) {
        return;
    }
    fuzz_assert(strncmp(path, root, strlen(root)) == 0 && !leads_up(path));
    for (size_t i = 0; !is && adb_sync_places[i] != NULL; i++) {
        const char *inside = path + strlen(root);
        size_t length = strlen(adb_sync_places[i]);

        is = strncmp(inside, adb_sync_places[i], length) == 0 &&
             (inside[length] == '/' || (itself && inside[length] == '\0'));
    }
    fuzz_assert(is);
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __real_lstat64(const char *path, struct stat *out);
int __wrap_lstat64(const char *path, struct stat *out);
DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);

static bool is_hidden(const char *path)
{
    errno = ENOENT;
    return asking && leads_up(path);
}

int __wrap_open64(const char *path, int flags, ...)
{
    if ((flags & O_ACCMODE) != O_RDONLY) {
        va_list rest;
        mode_t mode;

        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
        must_be_in_a_place(path, false);
        fuzz_assert(!asking || ((flags & O_NOFOLLOW) != 0 && (mode & ~(mode_t)0777) == 0));
        return __real_open64(path, flags, mode);
    }
    return is_hidden(path) ? -1 : __real_open64(path, flags);
}

int __wrap_lstat64(const char *path, struct stat *out)
{
    return is_hidden(path) ? -1 : __real_lstat64(path, out);
}

DIR *__wrap_opendir(const char *path)
{
    return is_hidden(path) ? NULL : __real_opendir(path);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    must_be_in_a_place(path, true);
    return __real_mkdir(path, mode);
}

int __wrap_unlink(const char *path)
{
    must_be_in_a_place(path, false);
    return __real_unlink(path);
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    return where->level == 0 ? 0 : remove(path);
}

static void empty_root(void)
{
    fuzz_assert(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static void remove_root(void)
{
    (void)rmdir(root);
}

static void listen(struct adb_sync *sync)
{
    struct slice out;
    size_t count = 0;

    while ((out = adb_sync_output(sync)).size != 0) {
        fuzz_assert(count++ < OUTPUTS_MAX && out.size <= ADB_SYNC_OUT_BYTES);
        adb_sync_sent(sync, out.size > 1000 ? out.size / 2 : out.size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct adb_sync sync;
    static bool made;

    if (!made) {
        made = mkdtemp(root) != NULL && atexit(remove_root) == 0;
        fuzz_assert(made);
    }
    asking = true;
    adb_sync_begin(&sync, root);
    if (adb_sync_feed(&sync, slice_of(data, size / 2))) {
        listen(&sync);
        (void)adb_sync_feed(&sync, slice_of(data + size / 2, size - size / 2));
    }
    listen(&sync);
    adb_sync_end(&sync);
    asking = false;
    fuzz_assert(sync.file == -1 && sync.folder == NULL);
    empty_root();
    return 0;
}
