/* SPDX-License-Identifier: MIT */
/* The words that follow a command of romc: one table says what they are, and what they are for. */
#ifndef ROM_IMAGES_ROMC_OPTIONS_H
#define ROM_IMAGES_ROMC_OPTIONS_H

#include "rom-images/rom/rom_build.h"

/* What a person wrote. What is not there is NULL; package.rom is the word without an option. */
struct arguments {
    struct package_spec package;
    const char *model;
    const char *images;
    const char *scripts;
    const char *archives;
    const char *product;
    const char *chip_id;
    const char *challenge;
    const char *out;
};

/* False: it said why on standard error. */
NODISCARD bool romc_parse(int argc, char **argv, struct arguments *out_arguments);

/* Is everything there that a ROM is made of? False: it said what is missing. */
NODISCARD bool romc_check_inputs(const struct arguments *arguments);

/* Says what is wrong, and how to get help. False. */
bool romc_usage(const char *message, const char *what);

/* The part of --help about options. */
bool romc_help_options(void);

#endif
