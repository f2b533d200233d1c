/* SPDX-License-Identifier: MIT */
/*
 * Options in full only. getopt_long takes any beginning of a name that fits one option alone; a
 * script that leans on it breaks on the day when another option begins so, too.
 */
#ifndef BOARD_LONG_OPTION_H
#define BOARD_LONG_OPTION_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * The word of `argv` with the option that getopt_long has just taken, as it was written. A value
 * may stand in the same word or in the next.
 */
static inline const char *long_option_word(char *const *argv)
{
    return argv[optarg == argv[optind - 1] ? optind - 2 : optind - 1];
}

/* Is that the whole name of `option`, or a short option? */
static inline bool long_option_is_whole(char *const *argv, const struct option *option)
{
    const char *word = long_option_word(argv);
    size_t size = strlen(option->name);

    return strncmp(word, "--", 2) != 0 || strcspn(word + 2, "=") == size;
}

#endif
