/* SPDX-License-Identifier: MIT */
/* The signing keys of one checkout: DIR/NAME.pem and DIR/NAME.avbpubkey. */
#define _GNU_SOURCE
#include "rom-images/write/key_files.h"

#include "board/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <threads.h>
#include <unistd.h>

#define PRIVATE_MODE 0600
#define PUBLIC_MODE  0644
#define DIR_MODE     0700

static const char *const key_names[] = {"oem", "reseller", "user"};

bool key_files_load(const char *dir, const char *name, struct signing_key *key)
{
    char path[FILE_PATH_BYTES];
    struct slice pem;
    bool read;

    if (!file_path(path, "%s/%s.pem", dir, name) || !file_map(path, &pem)) {
        return complain("%s: no key '%s': `romc keys %s` makes what is missing", dir, name, dir);
    }
    read = signing_key_from_pem(key, pem);
    file_unmap(&pem);
    return read || complain("%s: not a private RSA key of 4096 bits in PEM; move it away and "
                            "`romc keys %s` makes a new one",
                            path, dir);
}

/* Writes a private key under its name, unless another run was faster: then that one is the key. */
static bool store(const char *path, const struct signing_key *key)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    size_t size = signing_key_to_pem(key, pem, sizeof(pem));
    struct staged_file file;

    if (size == 0) {
        return complain("%s: the key cannot be encoded", path);
    }
    if (!staged_open(&file, path, PRIVATE_MODE)) {
        return false;
    }
    if (!staged_write(&file, 0, slice_of(pem, size))) {
        staged_drop(&file);
        return false;
    }
    return staged_commit_new(&file);
}

static bool make_private(const char *dir, const char *name)
{
    char path[FILE_PATH_BYTES];
    struct signing_key key;

    if (!file_path(path, "%s/%s.pem", dir, name)) {
        return false;
    }
    if (access(path, F_OK) == 0) {
        return true;
    }
    complain("romc: making the key '%s' (RSA-4096, once per checkout; takes some seconds) ...",
             name);
    if (!signing_key_generate(&key)) {
        return complain("%s: the system gives no random numbers", path);
    }
    return store(path, &key);
}

/* The public half follows from the private one; it is written again when it is not that. */
static bool make_public(const char *dir, const char *name)
{
    char path[FILE_PATH_BYTES];
    struct signing_key key;
    struct slice old = {0};
    bool same;

    if (!key_files_load(dir, name, &key) || !file_path(path, "%s/%s.avbpubkey", dir, name)) {
        return false;
    }
    if (access(path, F_OK) != 0) {
        return file_write(path, PUBLIC_MODE, slice_of(key.public_key, sizeof(key.public_key)));
    }
    if (!file_map(path, &old)) {
        return false;
    }
    same = old.size == sizeof(key.public_key) && memcmp(old.data, key.public_key, old.size) == 0;
    file_unmap(&old);
    return same || file_write(path, PUBLIC_MODE, slice_of(key.public_key, sizeof(key.public_key)));
}

/* A key is the work of some seconds, and of one processor: each is made in a thread of its own. */
struct making {
    const char *dir;
    const char *name;
    thrd_t thread;
};

static int make_pair(void *argument)
{
    const struct making *making = argument;

    return make_private(making->dir, making->name) && make_public(making->dir, making->name);
}

bool key_files_make(const char *dir)
{
    struct making making[ARRAY_COUNT(key_names)];
    size_t started = 0;
    bool made = true;

    if (mkdir(dir, DIR_MODE) != 0 && errno != EEXIST) {
        return complain("%s: %s", dir, strerror(errno));
    }
    for (; started < ARRAY_COUNT(key_names); started++) {
        making[started] = (struct making){.dir = dir, .name = key_names[started]};
        if (thrd_create(&making[started].thread, make_pair, &making[started]) != thrd_success) {
            made = complain("%s: the system has no room for one more thread", dir);
            break;
        }
    }
    for (size_t i = 0; i < started; i++) {
        int pair = 0;

        made = thrd_join(making[i].thread, &pair) == thrd_success && pair && made;
    }
    return made;
}
