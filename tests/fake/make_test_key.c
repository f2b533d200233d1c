/* SPDX-License-Identifier: MIT */
/*
 * make_test_key OUT.pem: makes a signing key for the unit tests, once per build folder. It signs
 * nothing but the ROMs that tests make for their fake phones.
 */
#include "rom-images/write/keys.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static struct signing_key key;
    char pem[SIGNING_KEY_PEM_BYTES];
    size_t length;
    FILE *file;

    if (argc != 2) {
        fprintf(stderr, "usage: make_test_key OUT.pem\n");
        return 1;
    }
    length = signing_key_generate(&key) ? signing_key_to_pem(&key, pem, sizeof pem) : 0;
    file = length != 0 ? fopen(argv[1], "w") : NULL;
    if (file == NULL || fwrite(pem, 1, length, file) != length || fclose(file) != 0) {
        fprintf(stderr, "make_test_key: cannot make %s\n", argv[1]);
        return 1;
    }
    return 0;
}
