/* SPDX-License-Identifier: MIT */
/*
 * FUZZ-TARGET DIRECTORY: runs a fuzz target over a kept corpus, without libFuzzer.
 *
 * Each file as it is, cut short at every length, and with each byte changed: from heap memory of
 * exactly its size, so that the sanitizer sees a step too far. Files called whole-... only as they
 * are: there are many of a kind, such as those that libFuzzer found.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>

#define FILE_BYTES_MAX 65536
#define WHOLE          "whole-"

static void run(const uint8_t *bytes, size_t size, size_t changed)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    fuzz_assert(copy != NULL);
    memcpy(copy, bytes, size);
    if (changed < size) {
        copy[changed] ^= (uint8_t)(1u << changed % 8);
    }
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* True when the file could be read. */
static bool replay(const char *path, bool whole)
{
    static uint8_t bytes[FILE_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    size_t size;

    if (file == NULL) {
        return false;
    }
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    run(bytes, size, size);
    for (size_t i = 0; i < size && !whole; i++) {
        run(bytes, i, i);
        run(bytes, size, i);
    }
    return true;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    unsigned files = 0;
    struct dirent *entry;

    if (folder == NULL) {
        fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
        return 1;
    }
    while ((entry = readdir(folder)) != NULL) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (entry->d_name[0] != '.') {
            fuzz_assert(replay(path, strncmp(entry->d_name, WHOLE, strlen(WHOLE)) == 0));
            files++;
        }
    }
    closedir(folder);
    printf("%u files of %s\n", files, argv[1]);
    return files != 0 ? 0 : 1;
}
