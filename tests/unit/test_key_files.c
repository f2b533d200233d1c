/* SPDX-License-Identifier: MIT */
/* rom-images/write/key_files.h: a key that another run made first. The rest: e2e/test_romc.py. */
#include "tests/fake/fake_rom.h"
#include "tests/unit/check.h"

#include "board/file.h"
#include "rom-images/write/key_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIVATE_MODE 0600

struct folder {
    char path[32];
    char oem[64];
    char pem[SIGNING_KEY_PEM_BYTES]; /* the key of every name */
    size_t size;
};

/* What the other run does while ours looks for prime numbers. */
static const struct folder *other_run;
static unsigned generated;

bool __wrap_signing_key_generate(struct signing_key *key);

bool __wrap_signing_key_generate(struct signing_key *key)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    size_t size = signing_key_to_pem(fake_other_key(), pem, sizeof(pem));

    generated++;
    return (other_run == NULL ||
            file_write(other_run->oem, PRIVATE_MODE, slice_of(other_run->pem, other_run->size))) &&
           signing_key_from_pem(key, slice_of(pem, size));
}

/* oem is missing. */
static int begin(void **state)
{
    static struct folder folder;
    char path[64];

    folder = (struct folder){.path = "/tmp/key-files-XXXXXX"};
    folder.size = signing_key_to_pem(fake_root_key(), folder.pem, sizeof(folder.pem));
    if (mkdtemp(folder.path) == NULL) {
        return -1;
    }
    (void)snprintf(folder.oem, sizeof(folder.oem), "%s/oem.pem", folder.path);
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s.pem", folder.path, i == 0 ? "reseller" : "user");
        if (!file_write(path, PRIVATE_MODE, slice_of(folder.pem, folder.size))) {
            return -1;
        }
    }
    other_run = NULL;
    generated = 0;
    *state = &folder;
    return 0;
}

static int end(void **state)
{
    const struct folder *folder = *state;
    char path[320];
    DIR *dir = opendir(folder->path);
    const struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder->path, entry->d_name);
        (void)unlink(path);
    }
    return dir == NULL || closedir(dir) != 0 ? -1 : rmdir(folder->path);
}

static size_t names_in(const char *path)
{
    DIR *dir = opendir(path);
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    assert_int_equal(closedir(dir), 0);
    return count - 2; /* . and .. */
}

static void holds(const char *path, struct slice wanted)
{
    struct slice found;

    assert_true(file_map(path, &found));
    assert_int_equal(found.size, wanted.size);
    assert_memory_equal(found.data, wanted.data, wanted.size);
    file_unmap(&found);
}

static void oem_is(const struct folder *folder, const struct signing_key *key)
{
    char path[64];

    (void)snprintf(path, sizeof(path), "%s/oem.avbpubkey", folder->path);
    holds(path, slice_of(key->public_key, sizeof(key->public_key)));
    assert_int_equal(names_in(folder->path), 6);
    assert_int_equal(generated, 1);
}

static void the_one_that_is_missing_is_made(void **state)
{
    const struct folder *folder = *state;
    struct stat status;

    assert_true(key_files_make(folder->path));
    oem_is(folder, fake_other_key());
    assert_int_equal(stat(folder->oem, &status), 0);
    assert_int_equal(status.st_mode & 0777, PRIVATE_MODE);
}

static void the_key_that_is_there_first_stays(void **state)
{
    const struct folder *folder = *state;

    other_run = folder;
    assert_true(key_files_make(folder->path));
    holds(folder->oem, slice_of(folder->pem, folder->size));
    oem_is(folder, fake_root_key());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_one_that_is_missing_is_made, begin, end),
        cmocka_unit_test_setup_teardown(the_key_that_is_there_first_stays, begin, end),
    };

    return cmocka_run_group_tests_name("key_files", tests, NULL, NULL);
}
