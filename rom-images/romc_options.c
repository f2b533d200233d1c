/* SPDX-License-Identifier: MIT */
/* The options of romc. */
#define _GNU_SOURCE
#include "rom-images/romc_options.h"

#include "board/file.h"
#include "board/long_option.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>

enum group {
    INPUT,   /* needed for a ROM */
    MAY_BE,  /* ... and may be made of */
    PACKAGE, /* ... and for its package */
    CHANGE,  /* otherwise than the manifest says */
    OTHER,   /* said with its command */
};

#define AT(member)         offsetof(struct arguments, member)
#define REPEATED           SIZE_MAX /* --chain: as often as there are images */
#define OPTIONS_MAX        24
#define OPTION_VALUE_FIRST 256 /* what getopt gives for the first row: no character */

/* clang-format off */
static const struct row {
    const char *name;
    const char *value;
    enum group group;
    size_t at; /* in struct arguments */
    const char *help;
} rows[] = {
    {"model",          "MODEL.yaml", INPUT,   AT(model),                   "the phone: board/<codename>.yaml"},
    {"keys",           "DIR",        INPUT,   AT(package.keys),            "the signing keys"},
    {"kernel",         "FILE",       INPUT,   AT(package.kernel),          "an arm64 kernel: plain, Image.gz or Image.lz4; stays as it is"},
    {"modules",        "DIR",        INPUT,   AT(package.modules),         "its modules: the folder with modules.order"},
    {"userland",       "DIR",        INPUT,   AT(package.userland),        "the ROM's programs; one is called init"},
    {"busybox",        "FILE",       MAY_BE,  AT(package.busybox),         "a static busybox for arm64; without one the ROM has no shell"},
    {"scripts",        "DIR",        PACKAGE, AT(scripts),                 "the scripts' template: rom-images/package/flash_scripts"},
    {"archives",       "no",         PACKAGE, AT(archives),                "the package's folder alone, without NAME.tgz and NAME-img.zip"},
    {"sign-with",      "KEY",        CHANGE,  AT(package.sign_with),       "oem, reseller, user, or none: not signed at all"},
    {"rollback-index", "N",          CHANGE,  AT(package.rollback_index),  "0 to 64"},
    {"flags",          "N",          CHANGE,  AT(package.flags),           "of vbmeta: 1 hash tree disabled, 2 verification disabled, 3 both"},
    {"chain",          "PART=KEY",   CHANGE,  REPEATED,                    "boot, recovery or dtbo gets a vbmeta of its own, signed with that key"},
    {"images",         "DIR",        OTHER,   AT(images),                  NULL},
    {"product",        "NAME",       OTHER,   AT(product),                 NULL},
    {"chip-id",        "ID",         OTHER,   AT(chip_id),                 NULL},
    {"challenge",      "HEX",        OTHER,   AT(challenge),               NULL},
    {"out",            "PATH",       OTHER,   AT(out),                     NULL},
};
/* clang-format on */

bool romc_usage(const char *message, const char *what)
{
    return complain("romc: %s%s (romc --help tells how)", message, what);
}

static const char **value_of(struct arguments *arguments, const struct row *row)
{
    return (const char **)((char *)arguments + row->at);
}

static bool add_chain(struct package_spec *package, const char *chain)
{
    if (package->chain_count == PACKAGE_CHAINS_MAX) {
        return romc_usage("too many chains: ", chain);
    }
    package->chains[package->chain_count++] = chain;
    return true;
}

static bool take(struct arguments *arguments, const struct row *row, const char *value)
{
    if (row->at == REPEATED) {
        return add_chain(&arguments->package, value);
    }
    *value_of(arguments, row) = value;
    return true;
}

bool romc_parse(int argc, char **argv, struct arguments *out_arguments)
{
    struct option options[OPTIONS_MAX] = {0};

    *out_arguments = (struct arguments){0};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        options[i] =
            (struct option){rows[i].name, required_argument, NULL, OPTION_VALUE_FIRST + (int)i};
    }
    for (int option; (option = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
        if (option == '?') {
            return romc_usage("see above", "");
        }
        if (option == 'o') {
            out_arguments->out = optarg;
        } else if (!long_option_is_whole(argv, &options[option - OPTION_VALUE_FIRST])) {
            return romc_usage("an option in full, please: --",
                              options[option - OPTION_VALUE_FIRST].name);
        } else if (!take(out_arguments, &rows[option - OPTION_VALUE_FIRST], optarg)) {
            return false;
        }
    }
    out_arguments->package.rom = optind < argc ? argv[optind++] : NULL;
    return optind == argc || romc_usage("too many words: ", argv[optind]);
}

bool romc_check_inputs(const struct arguments *arguments)
{
    struct arguments copy = *arguments;
    char option[32];

    if (arguments->package.rom == NULL) {
        return romc_usage("missing: ", "ROM.yaml");
    }
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].group == INPUT && *value_of(&copy, &rows[i]) == NULL) {
            snprintf(option, sizeof(option), "--%s", rows[i].name);
            return romc_usage("missing: ", option);
        }
    }
    return arguments->out != NULL || romc_usage("missing: ", "-o");
}

bool romc_help_options(void)
{
    static const char *const heads[] = {
        [INPUT] = "\nINPUTS:\n",
        [MAY_BE] = "",
        [PACKAGE] = "",
        [CHANGE] = "\nOtherwise than the manifest says:\n",
    };
    char option[40];

    for (enum group group = INPUT; group <= CHANGE; group++) {
        fputs(heads[group], stdout);
        for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
            if (rows[i].group == group) {
                snprintf(option, sizeof(option), "--%s %s", rows[i].name, rows[i].value);
                printf("  %-20s %s\n", option, rows[i].help);
            }
        }
    }
    return fflush(stdout) == 0;
}
