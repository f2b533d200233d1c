/* SPDX-License-Identifier: MIT */
/* Fuzzes board/fuses.h: the input is a fuse sector. What is read is printable and in its bounds. */
#include "tests/fuzz/fuzz.h"

#include "board/fuses.h"

static void is_word(const char *word, size_t size)
{
    size_t length = strnlen(word, size);

    fuzz_assert(length != 0 && length < size);
    for (size_t i = 0; i < length; i++) {
        fuzz_assert(word[i] > ' ' && word[i] <= '~');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuses fuses;

    if (fuses_decode(slice_of(data, size), &fuses) == OK) {
        is_word(fuses.codename, sizeof fuses.codename);
        is_word(fuses.serial, sizeof fuses.serial);
        fuzz_assert(fuses.region == REGION_CN || fuses.region == REGION_GLOBAL);
        fuzz_assert(fuses.rollback_index <= FUSES_ROLLBACK_MAX);
        fuzz_assert(fuses.lock_changes <= FUSES_LOCK_CHANGES_MAX);
    }
    return 0;
}
