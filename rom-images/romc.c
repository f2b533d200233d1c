/* SPDX-License-Identifier: MIT */
/*
 * romc: makes what is flashed. A manifest (rom-images/<rom>.yaml) and a model
 * (board/<codename>.yaml) become a signed boot image, vbmeta, and the phone's disk.
 *
 * Exit status 0, or 1 after a message on standard error; then nothing half-written is left.
 */
#define _GNU_SOURCE
#include "rom-images/package/fastboot_package.h"
#include "board/file.h"
#include "rom-images/package/recovery_zip.h"
#include "rom-images/rom/disk.h"
#include "rom-images/rom/kernel_file.h"
#include "rom-images/rom/rom_build.h"
#include "rom-images/romc_options.h"
#include "rom-images/write/key_files.h"
#include "rom-images/write/rescue_sign.h"
#include "rom-images/write/unlock_sign.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_MODE 0644
#define DIR_MODE   0755

static const char help_text[] =
    "usage: romc keys DIR\n"
    "       romc kernel FILE -o IMAGE.lz4\n"
    "       romc images ROM.yaml INPUTS -o OUTDIR\n"
    "       romc disk ROM.yaml INPUTS -o DISK.img\n"
    "       romc disk --images DIR --model MODEL.yaml -o DISK.img\n"
    "       romc package ROM.yaml INPUTS --scripts DIR -o OUTDIR\n"
    "       romc ota ROM.yaml INPUTS -o OUTDIR\n"
    "       romc sign-unlock TOKEN --product NAME --chip-id ID --keys DIR -o ANSWER\n"
    "       romc sign-rescue --challenge HEX --chip-id ID --sign-with KEY --keys DIR -o ANSWER\n"
    "\n"
    "keys    makes what is missing of the keys oem, reseller and user (RSA-4096) in DIR:\n"
    "        NAME.pem is the private key, NAME.avbpubkey what a phone's fuses are made from\n"
    "kernel  packs an arm64 kernel (plain, gzip, xz, zstd or zboot) as phones start it soonest\n"
    "images  writes a ROM's images, built for one model, and the vbmeta.img that vouches for them\n"
    "disk    writes a phone's disk (sparse, GPT) with that ROM in it, or with ready images\n"
    "package writes OUTDIR/NAME/ with flash_all.sh and images/, OUTDIR/NAME.tgz, and\n"
    "        OUTDIR/NAME-img.zip for `fastboot update`; prints NAME\n"
    "ota     writes the recovery ROM, a signed zip file for `adb sideload`; prints its name\n"
    "sign-unlock  answers an unlock token of that phone, signed with the key oem\n"
    "sign-rescue  answers the challenge of a phone in rescue mode, signed with the key of --sign-with\n";

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

/* Every image is complete under a temporary name before any gets its own. */
static bool stage_images(const char *dir, const struct disk_image *images, size_t count,
                         struct staged_file *files, size_t *out_staged)
{
    char path[FILE_PATH_BYTES];

    for (*out_staged = 0; *out_staged < count; (*out_staged)++) {
        const struct disk_image *image = &images[*out_staged];
        struct staged_file *file = &files[*out_staged];

        if (!file_path(path, "%s/%s.img", dir, image->partition) ||
            !staged_open(file, path, IMAGE_MODE)) {
            return false;
        }
        if (!staged_resize(file, image->bytes.size) ||
            !staged_write_sparse(file, 0, image->bytes)) {
            staged_drop(file);
            return false;
        }
    }
    return true;
}

static bool write_images(const char *dir, const struct package *package)
{
    static struct staged_file files[PACKAGE_IMAGES_MAX];
    struct disk_image images[PACKAGE_IMAGES_MAX];
    size_t count = package_images(package, images);
    size_t staged;
    bool done = stage_images(dir, images, count, files, &staged);

    for (size_t i = 0; i < staged; i++) {
        if (done) {
            done = staged_commit(&files[i]);
        } else {
            staged_drop(&files[i]);
        }
    }
    return done;
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
        return romc_usage("`romc keys` needs one folder", "");
    }
    return key_files_make(argv[1]);
}

static bool run_kernel(int argc, char **argv)
{
    struct arguments arguments;

    if (!romc_parse(argc, argv, &arguments)) {
        return false;
    }
    if (arguments.package.rom == NULL || arguments.out == NULL) {
        return romc_usage("`romc kernel` needs FILE and -o", "");
    }
    return kernel_file_pack(arguments.package.rom, arguments.out);
}

static bool run_images(int argc, char **argv)
{
    struct arguments arguments;
    struct package package;
    struct model model;
    bool done;

    if (!romc_parse(argc, argv, &arguments) || !romc_check_inputs(&arguments) ||
        !load_model(arguments.model, &model) ||
        !package_make(&arguments.package, &model, &package)) {
        return false;
    }
    done = write_folder(arguments.out, &package);
    package_free(&package);
    return done;
}

/* Those that `romc images` writes. Every ROM has boot and vbmeta; a model may lack the others. */
static bool map_images(const char *dir, struct disk_image images[PACKAGE_IMAGES_MAX])
{
    static const char *const names[PACKAGE_IMAGES_MAX] = {"boot", "recovery", "dtbo", "system",
                                                          "vbmeta"};
    char path[FILE_PATH_BYTES];

    for (size_t i = 0; i < PACKAGE_IMAGES_MAX; i++) {
        images[i] = (struct disk_image){.partition = names[i]};
        if (!file_path(path, "%s/%s.img", dir, names[i])) {
            return false;
        }
        if (strcmp(names[i], "boot") != 0 && strcmp(names[i], "vbmeta") != 0 &&
            access(path, F_OK) != 0) {
            continue;
        }
        if (!file_map(path, &images[i].bytes)) {
            return false;
        }
    }
    return true;
}

/* A disk from images that are there already. */
static bool disk_of_images(const struct arguments *arguments, const struct model *model)
{
    struct disk_image images[PACKAGE_IMAGES_MAX] = {0};
    bool done = map_images(arguments->images, images) &&
                disk_write(model, arguments->model, images, PACKAGE_IMAGES_MAX, arguments->out);

    for (size_t i = 0; i < PACKAGE_IMAGES_MAX; i++) {
        file_unmap(&images[i].bytes);
    }
    return done;
}

static bool run_disk(int argc, char **argv)
{
    struct arguments arguments;
    struct disk_image images[PACKAGE_IMAGES_MAX];
    struct package package;
    struct model model;
    bool done;

    if (!romc_parse(argc, argv, &arguments)) {
        return false;
    }
    if (arguments.images != NULL) {
        if (arguments.model == NULL || arguments.out == NULL || arguments.package.rom != NULL) {
            return romc_usage("`romc disk --images DIR` needs --model and -o, and no ROM", "");
        }
        return load_model(arguments.model, &model) && disk_of_images(&arguments, &model);
    }
    if (!romc_check_inputs(&arguments) || !load_model(arguments.model, &model) ||
        !package_make(&arguments.package, &model, &package)) {
        return false;
    }
    done = disk_write(&model, arguments.model, images, package_images(&package, images),
                      arguments.out);
    package_free(&package);
    return done;
}

static bool run_ota(int argc, char **argv)
{
    struct arguments arguments;
    char name[RECOVERY_ZIP_NAME_BYTES];
    struct model model;

    return romc_parse(argc, argv, &arguments) && romc_check_inputs(&arguments) &&
           load_model(arguments.model, &model) &&
           recovery_zip_write(&arguments.package, &model, arguments.out, name) &&
           (puts(name) >= 0 && fflush(stdout) == 0);
}

static bool run_package(int argc, char **argv)
{
    struct fastboot_package_spec how;
    struct arguments arguments;
    char name[FASTBOOT_PACKAGE_NAME_BYTES];
    struct model model;

    if (!romc_parse(argc, argv, &arguments) || !romc_check_inputs(&arguments)) {
        return false;
    }
    if (arguments.scripts == NULL) {
        return romc_usage("missing: ", "--scripts");
    }
    if (arguments.archives != NULL && strcmp(arguments.archives, "no") != 0) {
        return romc_usage("--archives can only be no, not ", arguments.archives);
    }
    how = (struct fastboot_package_spec){.model_file = arguments.model,
                                         .scripts = arguments.scripts,
                                         .out = arguments.out,
                                         .archives = arguments.archives == NULL};
    return load_model(arguments.model, &model) &&
           fastboot_package_write(&arguments.package, &model, &how, name) &&
           (puts(name) >= 0 && fflush(stdout) == 0);
}

/* The token is only answered when it is this phone's: whoever asks has looked the phone up. */
static bool sign_unlock(const struct arguments *arguments)
{
    struct unlock_answer answer;
    struct unlock_request request;
    struct signing_key key;

    if (!unlock_request_read(arguments->package.rom, &request)) {
        return complain("romc: this is no unlock token");
    }
    if (strcmp(request.product, arguments->product) != 0 ||
        strcmp(request.chip_id, arguments->chip_id) != 0) {
        return complain("romc: the token is of another phone: %s %s", request.product,
                        request.chip_id);
    }
    return key_files_load(arguments->package.keys, "oem", &key) &&
           (unlock_answer_make(&request, &key, &answer) ||
            complain("romc: the answer cannot be signed")) &&
           file_write(arguments->out, IMAGE_MODE, slice_of(&answer, sizeof(answer)));
}

static bool run_sign_unlock(int argc, char **argv)
{
    struct arguments arguments;

    if (!romc_parse(argc, argv, &arguments)) {
        return false;
    }
    if (arguments.package.rom == NULL || arguments.product == NULL || arguments.chip_id == NULL ||
        arguments.package.keys == NULL || arguments.out == NULL) {
        return romc_usage("`romc sign-unlock` needs TOKEN, --product, --chip-id, --keys and -o",
                          "");
    }
    return sign_unlock(&arguments);
}

/* Whoever asks has the challenge, and says which phone it is from. */
static bool run_sign_rescue(int argc, char **argv)
{
    struct arguments arguments;
    uint8_t nonce[RESCUE_NONCE_BYTES];
    struct rescue_answer answer;
    struct signing_key key;
    struct slice serial;

    if (!romc_parse(argc, argv, &arguments)) {
        return false;
    }
    if (arguments.challenge == NULL || arguments.chip_id == NULL ||
        arguments.package.sign_with == NULL || arguments.package.keys == NULL ||
        arguments.out == NULL) {
        return romc_usage(
            "`romc sign-rescue` needs --challenge, --chip-id, --sign-with, --keys and -o", "");
    }
    if (!rescue_nonce_read(slice_of(arguments.challenge, strlen(arguments.challenge)), nonce)) {
        return complain("romc: this is no challenge");
    }
    serial = slice_of(arguments.chip_id, strlen(arguments.chip_id));
    return key_files_load(arguments.package.keys, arguments.package.sign_with, &key) &&
           (rescue_answer_make(&key, nonce, serial, &answer) ||
            complain("romc: the answer cannot be signed")) &&
           file_write(arguments.out, IMAGE_MODE, slice_of(&answer, sizeof(answer)));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*run)(int argc, char **argv);
    } commands[] = {{"keys", run_keys},
                    {"kernel", run_kernel},
                    {"images", run_images},
                    {"disk", run_disk},
                    {"package", run_package},
                    {"ota", run_ota},
                    {"sign-unlock", run_sign_unlock},
                    {"sign-rescue", run_sign_rescue}};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            return fputs(help_text, stdout) < 0 || !romc_help_options();
        }
    }
    for (size_t i = 0; argc > 1 && i < ARRAY_COUNT(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1) ? 0 : 1;
        }
    }
    (void)romc_usage(argc > 1 ? "no such command: " : "no command", argc > 1 ? argv[1] : "");
    return 1;
}
