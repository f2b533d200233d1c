/* SPDX-License-Identifier: MIT */
/*
 * getprop: shows the ROM's properties (props.h).
 *
 *   getprop                 every property, sorted: [key]: [value]
 *   getprop KEY [DEFAULT]   one value; without it DEFAULT, or an empty line
 */
#include "props.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static struct props props;

    if (argc > 3) {
        fprintf(stderr, "usage: getprop [KEY [DEFAULT]]\n");
        return 1;
    }
    props_load(&props);
    if (argc > 1) {
        puts(props_get(&props, argv[1], argc > 2 ? argv[2] : ""));
    } else {
        props_sort(&props);
        for (size_t i = 0; i < props.count; i++) {
            printf("[%s]: [%s]\n", props.list[i].key, props.list[i].value);
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
