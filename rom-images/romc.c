/* SPDX-License-Identifier: MIT */
/*
 * romc: makes what is flashed. A manifest (rom-images/<rom>.yaml) and a model
 * (board/<codename>.yaml) become a signed boot image, vbmeta, and the phone's disk.
 *
 * Exit status 0, or 1 after a message on standard error; then nothing half-written is left.
 */
#define _GNU_SOURCE
#include "rom-images/disk.h"
#include "rom-images/fastboot_package.h"
#include "rom-images/file.h"
#include "rom-images/key_files.h"
#include "rom-images/package.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_MODE 0644
#define DIR_MODE   0755

static const char help_text[] =
    "usage: romc keys DIR\n"
    "       romc images ROM.yaml INPUTS -o OUTDIR\n"
    "       romc disk ROM.yaml INPUTS -o DISK.img\n"
    "       romc disk --images DIR --model MODEL.yaml -o DISK.img\n"
    "       romc package ROM.yaml INPUTS --scripts DIR -o OUTDIR\n"
    "\n"
    "keys    makes what is missing of the keys oem, reseller and user (RSA-4096) in DIR:\n"
    "        NAME.pem is the private key, NAME.avbpubkey what a phone's fuses are made from\n"
    "images  writes boot.img and vbmeta.img of a ROM, built for one model and signed\n"
    "disk    writes a phone's disk (sparse, GPT) with that ROM in it, or with ready images\n"
    "package writes OUTDIR/NAME/ with flash_all.sh and images/, OUTDIR/NAME.tgz, and\n"
    "        OUTDIR/NAME-img.zip for `fastboot update`; prints NAME\n"
    "\n"
    "INPUTS, all of them:\n"
    "  --model MODEL.yaml   the phone: board/<codename>.yaml\n"
    "  --keys DIR           the signing keys\n"
    "  --kernel FILE        an arm64 Linux kernel\n"
    "  --modules DIR        its modules: the folder with modules.order\n"
    "  --userland DIR       the ROM's programs; one is called init\n"
    "  --busybox FILE       a static busybox for arm64\n"
    "  --scripts DIR        the scripts' template: rom-images/flash_scripts\n";

/* What a person wrote. */
struct arguments {
    struct package_spec package;
    const char *model;
    const char *images;
    const char *scripts;
    const char *out;
};

static bool usage(const char *message, const char *what)
{
    return complain("romc: %s%s (romc --help tells how)", message, what);
}

static bool parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {
        {"model", required_argument, NULL, 'm'},    {"keys", required_argument, NULL, 'k'},
        {"kernel", required_argument, NULL, 'l'},   {"modules", required_argument, NULL, 'd'},
        {"userland", required_argument, NULL, 'u'}, {"busybox", required_argument, NULL, 'b'},
        {"images", required_argument, NULL, 'i'},   {"scripts", required_argument, NULL, 's'},
        {"out", required_argument, NULL, 'o'},      {0}};
    struct package_spec *package = &arguments->package;
    const struct {
        int option;
        const char **value;
    } values[] = {{'m', &arguments->model},  {'k', &package->keys},      {'l', &package->kernel},
                  {'d', &package->modules},  {'u', &package->userland},  {'b', &package->busybox},
                  {'i', &arguments->images}, {'s', &arguments->scripts}, {'o', &arguments->out}};

    for (int option; (option = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
        if (option == '?') {
            return usage("see above", "");
        }
        for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
            if (values[i].option == option) {
                *values[i].value = optarg;
            }
        }
    }
    package->rom = optind < argc ? argv[optind++] : NULL;
    return optind == argc || usage("too many words: ", argv[optind]);
}

/* Is everything there that a ROM is made of? */
static bool check_inputs(const struct arguments *arguments)
{
    const struct {
        const char *value;
        const char *name;
    } needed[] = {
        {arguments->package.rom, "ROM.yaml"},      {arguments->model, "--model"},
        {arguments->package.keys, "--keys"},       {arguments->package.kernel, "--kernel"},
        {arguments->package.modules, "--modules"}, {arguments->package.userland, "--userland"},
        {arguments->package.busybox, "--busybox"}, {arguments->out, "-o"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
        if (needed[i].value == NULL) {
            return usage("missing: ", needed[i].name);
        }
    }
    return true;
}

static bool load_model(const char *file, struct model *out_model)
{
    struct yaml_tree tree;
    bool done = model_load(&tree, file, out_model);

    if (!done) {
        complain("%s", tree.error);
    }
    yaml_tree_free(&tree);
    return done;
}

/* Both images or none: each is complete under a temporary name before either gets its own. */
static bool write_images(const char *dir, const struct package *package)
{
    struct staged_file boot;
    struct staged_file vbmeta;
    char path[FILE_PATH_BYTES];

    if (!file_path(path, "%s/boot.img", dir) || !staged_open(&boot, path, IMAGE_MODE)) {
        return false;
    }
    if (!file_path(path, "%s/vbmeta.img", dir) || !staged_open(&vbmeta, path, IMAGE_MODE)) {
        staged_drop(&boot);
        return false;
    }
    if (!staged_write(&boot, 0, span_slice(package->boot)) ||
        !staged_write(&vbmeta, 0, span_slice(package->vbmeta))) {
        staged_drop(&boot);
        staged_drop(&vbmeta);
        return false;
    }
    if (!staged_commit(&boot)) {
        staged_drop(&vbmeta);
        return false;
    }
    return staged_commit(&vbmeta);
}

static bool write_folder(const char *dir, const struct package *package)
{
    bool made = mkdir(dir, DIR_MODE) == 0;

    if (!made && errno != EEXIST) {
        return complain("%s: %s", dir, strerror(errno));
    }
    if (!write_images(dir, package)) {
        if (made) {
            (void)rmdir(dir);
        }
        return false;
    }
    return true;
}

static bool run_keys(int argc, char **argv)
{
    if (argc != 2) {
        return usage("`romc keys` needs one folder", "");
    }
    return key_files_make(argv[1]);
}

static bool run_images(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct package package;
    struct model model;
    bool done;

    if (!parse(argc, argv, &arguments) || !check_inputs(&arguments) ||
        !load_model(arguments.model, &model) ||
        !package_make(&arguments.package, &model, &package)) {
        return false;
    }
    done = write_folder(arguments.out, &package);
    package_free(&package);
    return done;
}

/* A disk from images that are there already. */
static bool disk_of_images(const struct arguments *arguments, const struct model *model)
{
    char path[FILE_PATH_BYTES];
    struct slice boot = {0};
    struct slice vbmeta = {0};
    bool done = file_path(path, "%s/boot.img", arguments->images) && file_map(path, &boot) &&
                file_path(path, "%s/vbmeta.img", arguments->images) && file_map(path, &vbmeta) &&
                disk_write(model, arguments->model, boot, vbmeta, arguments->out);

    file_unmap(&boot);
    file_unmap(&vbmeta);
    return done;
}

static bool run_disk(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct package package;
    struct model model;
    bool done;

    if (!parse(argc, argv, &arguments)) {
        return false;
    }
    if (arguments.images != NULL) {
        if (arguments.model == NULL || arguments.out == NULL || arguments.package.rom != NULL) {
            return usage("`romc disk --images DIR` needs --model and -o, and no ROM", "");
        }
        return load_model(arguments.model, &model) && disk_of_images(&arguments, &model);
    }
    if (!check_inputs(&arguments) || !load_model(arguments.model, &model) ||
        !package_make(&arguments.package, &model, &package)) {
        return false;
    }
    done = disk_write(&model, arguments.model, span_slice(package.boot), span_slice(package.vbmeta),
                      arguments.out);
    package_free(&package);
    return done;
}

static bool run_package(int argc, char **argv)
{
    struct arguments arguments = {0};
    char name[FASTBOOT_PACKAGE_NAME_BYTES];
    struct model model;

    if (!parse(argc, argv, &arguments) || !check_inputs(&arguments)) {
        return false;
    }
    if (arguments.scripts == NULL) {
        return usage("missing: ", "--scripts");
    }
    return load_model(arguments.model, &model) &&
           fastboot_package_write(&arguments.package, &model, arguments.model, arguments.scripts,
                                  arguments.out, name) &&
           (puts(name) >= 0 && fflush(stdout) == 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*run)(int argc, char **argv);
    } commands[] = {
        {"keys", run_keys}, {"images", run_images}, {"disk", run_disk}, {"package", run_package}};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            return fputs(help_text, stdout) < 0 || fflush(stdout) != 0;
        }
    }
    for (size_t i = 0; argc > 1 && i < ARRAY_COUNT(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1) ? 0 : 1;
        }
    }
    (void)usage(argc > 1 ? "no such command: " : "no command", argc > 1 ? argv[1] : "");
    return 1;
}
