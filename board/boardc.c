/* SPDX-License-Identifier: MIT */
/*
 * boardc: compiles a phone model (board/<codename>.yaml) to what its firmware reads.
 *
 *     boardc overlay board/dipper.yaml -o dipper.dtbo
 *     boardc nor board/dipper.yaml --region cn --firmware fw.bin --root-key key.bin --serial X1 \
 *            -o nor.img
 *
 * A failure says "file:line: what, and what would help", exits 1 and leaves no output file.
 */
#include "base/text.h"
#include "board/facts_write.h"
#include "board/model.h"
#include "board/nor_write.h"
#include "board/overlay_write.h"
#include "board/yaml_tree.h"
#include "format/fuses.h"
#include "format/nor_map.h"
#include "board/file.h"
#include "board/long_option.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the command line says. NULL: not given. */
enum option_id {
    OPTION_OUT,
    OPTION_REGION,
    OPTION_FIRMWARE,
    OPTION_ROOT_KEY,
    OPTION_SERIAL,
    OPTION_LOCK,
    OPTION_POLICY,
    OPTION_ROLLBACK,
    OPTION_COUNT,
};

struct command;

struct request {
    const struct command *command;
    const char *model_file;
    const char *options[OPTION_COUNT];
};

struct command {
    const char *name;
    bool (*run)(const struct request *request, const struct model *model);
    unsigned needed;  /* bits 1 << enum option_id */
    unsigned allowed; /* the needed ones left out */
};

#define BIT(option) (1u << (option))

static const struct option long_options[] = {
    {"output", required_argument, NULL, OPTION_OUT},
    {"region", required_argument, NULL, OPTION_REGION},
    {"firmware", required_argument, NULL, OPTION_FIRMWARE},
    {"root-key", required_argument, NULL, OPTION_ROOT_KEY},
    {"serial", required_argument, NULL, OPTION_SERIAL},
    {"lock", required_argument, NULL, OPTION_LOCK},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"rollback", required_argument, NULL, OPTION_ROLLBACK},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const char usage[] =
    "usage: boardc COMMAND MODEL.yaml [option ...]\n"
    "\n"
    "  check    reads the model and says nothing when it is good\n"
    "  facts    prints the model as one JSON object\n"
    "  overlay  writes its device-tree overlay\n"
    "             -o, --output FILE\n"
    "             --policy announced|shipped|none   who checks regions (announced)\n"
    "  nor      writes the NOR flash of one phone, fresh from the factory\n"
    "             -o, --output FILE\n"
    "             --region cn|global                the market it is made for\n"
    "             --firmware FILE                   the bootloader, at most 1 MiB\n"
    "             --root-key FILE                   public key that signs its ROMs (AVB form)\n"
    "             --serial TEXT                     1 to 31 letters and digits\n"
    "             --lock locked|unlocked            (locked)\n"
    "             --policy announced|shipped|none   (announced)\n"
    "             --rollback N                      anti-rollback index, 0 to 64 (the model's)\n";

/* The place of an option's value among `words`; the first when it is not given. */
static bool pick(const struct request *request, enum option_id id, const char *const *words,
                 size_t word_count, unsigned *out_place)
{
    const char *value = request->options[id];
    char list[80] = "";

    *out_place = 0;
    for (unsigned i = 0; i < word_count; i++) {
        if (value == NULL || strcmp(value, words[i]) == 0) {
            *out_place = i;
            return true;
        }
        strncat(list, i == 0 ? "" : ", ", sizeof(list) - strlen(list) - 1);
        strncat(list, words[i], sizeof(list) - strlen(list) - 1);
    }
    return complain("boardc: --%s knows no \"%s\": it takes %s", long_options[id].name, value,
                    list);
}

static bool pick_regime(const struct request *request, enum regime *out_regime)
{
    const char *const words[] = {regime_name(REGIME_ANNOUNCED), regime_name(REGIME_SHIPPED),
                                 regime_name(REGIME_NONE)};
    unsigned place;

    if (!pick(request, OPTION_POLICY, words, ARRAY_COUNT(words), &place)) {
        return false;
    }
    *out_regime = (enum regime)place;
    return true;
}

/* A model that was made for one market only has no phone of the other. */
static bool pick_region(const struct request *request, const struct model *model,
                        enum region *out_region)
{
    const char *const words[] = {region_name(REGION_CN), region_name(REGION_GLOBAL)};
    unsigned place;
    enum region region;
    enum region other;

    if (!pick(request, OPTION_REGION, words, ARRAY_COUNT(words), &place)) {
        return false;
    }
    region = place == 0 ? REGION_CN : REGION_GLOBAL;
    other = place == 0 ? REGION_GLOBAL : REGION_CN;
    if (model_number(model, region) == NULL) {
        return complain("%s: %s was made for one market only, %s (%s): take --region %s",
                        request->model_file, model->name, region_name(other),
                        model_number(model, other), region_name(other));
    }
    *out_region = region;
    return true;
}

static bool pick_rollback(const struct request *request, const struct model *model,
                          uint32_t *out_index)
{
    const char *value = request->options[OPTION_ROLLBACK];
    uint64_t index;

    *out_index = model->rollback_index;
    if (value == NULL) {
        return true;
    }
    if (!text_to_u64(slice_of(value, strlen(value)), 8 * FUSES_ROLLBACK_BYTES, &index)) {
        return complain("boardc: --rollback takes a number from 0 to %d, not \"%s\"",
                        8 * FUSES_ROLLBACK_BYTES, value);
    }
    if (index != 0 && (model->protections & PROTECTION_ANTI_ROLLBACK) == 0) {
        return complain("%s: %s has no anti-rollback: leave --rollback out", request->model_file,
                        model->name);
    }
    *out_index = (uint32_t)index;
    return true;
}

static bool run_check(const struct request *request, const struct model *model)
{
    return true;
}

static bool run_facts(const struct request *request, const struct model *model)
{
    static char chars[16384];
    struct text text = text_in(chars, sizeof(chars));

    facts_write(model, &text);
    if (text.full || puts(chars) == EOF || fflush(stdout) != 0) {
        return complain("boardc: the facts could not be written");
    }
    return true;
}

static bool run_overlay(const struct request *request, const struct model *model)
{
    static uint8_t bytes[4096];
    enum regime regime;
    size_t size;

    if (!pick_regime(request, &regime)) {
        return false;
    }
    if (!overlay_write(model, regime, (struct span){bytes, sizeof(bytes)}, &size)) {
        return complain("%s: the overlay does not fit", request->model_file);
    }
    return file_write(request->options[OPTION_OUT], 0644, slice_of(bytes, size));
}

static bool check_nor(const struct request *request, const struct nor_spec *spec)
{
    if (!nor_serial_is_good(spec->serial)) {
        return complain("boardc: --serial takes 1 to %d letters and digits, not \"%s\"",
                        FUSES_SERIAL_BYTES - 1, spec->serial);
    }
    if (spec->firmware.size == 0 || spec->firmware.size > NOR_FIRMWARE_BYTES) {
        return complain("%s: %zu bytes: a firmware has 1 to %d bytes",
                        request->options[OPTION_FIRMWARE], spec->firmware.size, NOR_FIRMWARE_BYTES);
    }
    if (!nor_root_key_is_good(spec->root_key)) {
        return complain("%s: not a public key in AVB's form: romc makes one",
                        request->options[OPTION_ROOT_KEY]);
    }
    return true;
}

static bool write_nor(const char *path, const struct nor_spec *spec)
{
    static uint8_t bytes[NOR_WRITE_BYTES];
    struct staged_file file;

    if (!nor_write(spec, bytes)) {
        return complain("%s: the parts of the NOR do not fit", path);
    }
    if (!staged_open(&file, path, 0644)) {
        return false;
    }
    if (!staged_write(&file, 0, slice_of(bytes, sizeof(bytes))) ||
        !staged_resize(&file, NOR_BYTES)) {
        staged_drop(&file);
        return false;
    }
    return staged_commit(&file);
}

static bool run_nor(const struct request *request, const struct model *model)
{
    static const char *const locks[] = {"locked", "unlocked"};
    struct nor_spec spec = {.model = model, .serial = request->options[OPTION_SERIAL]};
    unsigned lock;
    bool done;

    if (!pick_regime(request, &spec.regime) || !pick_region(request, model, &spec.region) ||
        !pick(request, OPTION_LOCK, locks, ARRAY_COUNT(locks), &lock) ||
        !pick_rollback(request, model, &spec.rollback_index)) {
        return false;
    }
    spec.unlocked = lock == 1;
    done = file_map(request->options[OPTION_FIRMWARE], &spec.firmware) &&
           file_map(request->options[OPTION_ROOT_KEY], &spec.root_key) &&
           check_nor(request, &spec) && write_nor(request->options[OPTION_OUT], &spec);
    file_unmap(&spec.firmware);
    file_unmap(&spec.root_key);
    return done;
}

static const struct command commands[] = {
    {"check", run_check, 0, 0},
    {"facts", run_facts, 0, 0},
    {"overlay", run_overlay, BIT(OPTION_OUT), BIT(OPTION_POLICY)},
    {"nor", run_nor,
     BIT(OPTION_OUT) | BIT(OPTION_REGION) | BIT(OPTION_FIRMWARE) | BIT(OPTION_ROOT_KEY) |
         BIT(OPTION_SERIAL),
     BIT(OPTION_LOCK) | BIT(OPTION_POLICY) | BIT(OPTION_ROLLBACK)},
};

static bool usage_error(const char *what, const char *name)
{
    return complain("boardc: %s%s (boardc --help tells more)", what, name);
}

static bool parse_options(struct request *request, int argc, char **argv)
{
    int index = OPTION_OUT; /* stays when it is a short one */
    int id;

    while ((id = getopt_long(argc, argv, ":o:h", long_options, &index)) != -1) {
        if (id != '?' && id != ':' && !long_option_is_whole(argv, &long_options[index])) {
            return usage_error("an option in full, please: --", long_options[index].name);
        }
        if (id == 'h') {
            (void)fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        }
        if (id == '?' || id == ':') {
            return usage_error(id == '?' ? "unknown option " : "a value is missing after ",
                               argv[optind - 1]);
        }
        id = id == 'o' ? OPTION_OUT : id;
        if (request->options[id] != NULL) {
            return usage_error("given twice: --", long_options[id].name);
        }
        request->options[id] = optarg;
    }
    return true;
}

static bool check_options(const struct request *request)
{
    const struct command *command = request->command;

    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        bool given = request->options[id] != NULL;

        if (!given && (command->needed & BIT(id)) != 0) {
            return usage_error("missing: --", long_options[id].name);
        }
        if (given && ((command->needed | command->allowed) & BIT(id)) == 0) {
            return usage_error("this command does not take --", long_options[id].name);
        }
    }
    return true;
}

static bool parse(struct request *request, int argc, char **argv)
{
    if (!parse_options(request, argc, argv)) {
        return false;
    }
    if (optind == argc) {
        return usage_error("a command is missing: check, facts, overlay or nor", "");
    }
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (strcmp(argv[optind], commands[i].name) == 0) {
            request->command = &commands[i];
        }
    }
    if (request->command == NULL) {
        return usage_error("unknown command ", argv[optind]);
    }
    if (optind + 2 != argc) {
        return optind + 1 == argc ? usage_error("the model's .yaml file is missing", "")
                                  : usage_error("one model at a time, not also ", argv[optind + 2]);
    }
    request->model_file = argv[optind + 1];
    return check_options(request);
}

int main(int argc, char **argv)
{
    struct request request = {0};
    struct yaml_tree tree;
    struct model model;
    bool good;

    if (!parse(&request, argc, argv)) {
        return EXIT_FAILURE;
    }
    good = model_load(&tree, request.model_file, &model) || complain("%s", tree.error);
    yaml_tree_free(&tree);
    return good && request.command->run(&request, &model) ? EXIT_SUCCESS : EXIT_FAILURE;
}
