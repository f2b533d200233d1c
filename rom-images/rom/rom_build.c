/* SPDX-License-Identifier: MIT */
/* A ROM built for a model: boot image and vbmeta in memory. */
#include "rom-images/rom/rom_build.h"

#include "base/text.h"
#include "rom-images/write/dtbo_write.h"
#include "board/file.h"
#include "rom-images/write/image_write.h"
#include "rom-images/write/key_files.h"
#include "rom-images/rom/kernel_file.h"
#include "rom-images/rom/ramdisk.h"
#include "rom-images/rom/rom_identity.h"
#include "rom-images/rom/rom_vbmeta.h"
#include "rom-images/rom/system_image.h"

#include <stdlib.h>
#include <string.h>

#define BOOT_HEADER_VERSION 1
#define BOOT_PAGE_BYTES     4096

#define PACKAGE_KEY_NAME          "oem" /* whose packages the recovery takes */
#define RECOVERY_PROPERTIES_BYTES 512

/* A number that a person wrote as an option. */
static bool read_number(const char *option, const char *text, uint64_t max, uint64_t *out_number)
{
    return text_to_u64(slice_of(text, strlen(text)), max, out_number) ||
           complain("romc: %s %s: a number from 0 to %llu is needed", option, text,
                    (unsigned long long)max);
}

static bool change_rom(const struct package_spec *spec, struct rom *rom)
{
    if (spec->sign_with != NULL && !rom_signer_from_name(spec->sign_with, &rom->signer)) {
        return complain("romc: --sign-with %s: it is oem, reseller, user or none", spec->sign_with);
    }
    return spec->rollback_index == NULL || read_number("--rollback-index", spec->rollback_index,
                                                       ROM_ROLLBACK_MAX, &rom->rollback_index);
}

bool package_load_rom(const struct package_spec *spec, struct rom *out_rom)
{
    struct yaml_tree tree;
    bool done = rom_load(&tree, spec->rom, out_rom) || complain("%s", tree.error);

    yaml_tree_free(&tree);
    return done && change_rom(spec, out_rom);
}

static bool write_boot(const struct boot_image_spec *spec, struct span *out_boot)
{
    struct span boot = {.size = boot_image_write_size(spec)};

    boot.data = boot.size == 0 ? NULL : malloc(boot.size);
    if (boot.data == NULL || !boot_image_write(spec, boot)) {
        free(boot.data);
        return complain("romc: the boot image is too large for its header or for the memory");
    }
    *out_boot = boot;
    return true;
}

/* A boot image with the kernel that `image` names and the ramdisk that is built here. */
static bool build_boot(const struct ramdisk_spec *ramdisk_spec, struct boot_image_spec image,
                       struct span *out_boot)
{
    struct span ramdisk;
    bool done;

    if (!ramdisk_build(ramdisk_spec, &ramdisk)) {
        return false;
    }
    image.ramdisk = span_slice(ramdisk);
    image.header_version = BOOT_HEADER_VERSION;
    image.page_bytes = BOOT_PAGE_BYTES;
    done = write_boot(&image, out_boot);
    free(ramdisk.data);
    return done;
}

/* What a package is made of, read once. */
struct parts {
    struct slice kernel;
    struct kernel_modules modules;
    struct userland_files userland;
};

static bool parts_read(const struct package_spec *spec, struct parts *parts)
{
    return kernel_file_map(spec->kernel, &parts->kernel) &&
           kernel_modules_read(spec->modules, &parts->modules) &&
           userland_files_read(spec->userland, &parts->userland);
}

static void parts_free(struct parts *parts)
{
    userland_files_free(&parts->userland);
    kernel_modules_free(&parts->modules);
    file_unmap(&parts->kernel);
}

/* The recovery is the model's: whichever the ROM, its bytes are the same; its vbmeta is not. */
static bool build_recovery(const struct package_spec *spec, const struct model *model,
                           const struct parts *parts, struct span *out_recovery)
{
    char chars[RECOVERY_PROPERTIES_BYTES];
    struct text properties = text_in(chars, sizeof(chars));
    struct ramdisk_spec ramdisk = {
        .userland = &parts->userland,
        .init = USERLAND_RECOVERY,
        .modules = &parts->modules,
    };
    struct signing_key key;

    if (!key_files_load(spec->keys, PACKAGE_KEY_NAME, &key)) {
        return false;
    }
    rom_identity_recovery_properties(model, &properties);
    ramdisk.properties = slice_of(chars, properties.length);
    ramdisk.package_key = slice_of(key.public_key, sizeof(key.public_key));
    return build_boot(&ramdisk,
                      (struct boot_image_spec){.kernel = parts->kernel,
                                               .name = "recovery",
                                               .cmdline = rom_identity_kernel_words},
                      out_recovery);
}

/* A partition of that name, or of slot a. */
static bool has_partition(const struct model *model, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < model->partition_count; i++) {
        const char *have = model->partitions[i].name;

        if (strncmp(have, name, length) == 0 &&
            (have[length] == '\0' || strcmp(have + length, "_a") == 0)) {
            return true;
        }
    }
    return false;
}

static bool build_images(const struct package_spec *spec, const struct rom *rom,
                         const struct model *model, const struct rom_identity *identity,
                         const struct parts *parts, struct package *package)
{
    const struct ramdisk_spec ramdisk = {
        .userland = &parts->userland,
        .init = USERLAND_INIT,
        .has_system = true,
        .modules = &parts->modules,
        .properties = slice_of(identity->properties, identity->properties_bytes),
    };

    return build_boot(&ramdisk,
                      (struct boot_image_spec){.kernel = parts->kernel,
                                               .name = "flashlab",
                                               .cmdline = identity->cmdline,
                                               .os_version = rom->os_version},
                      &package->boot) &&
           (!has_partition(model, "recovery") ||
            build_recovery(spec, model, parts, &package->recovery));
}

static bool build_dtbo(const struct rom_identity *identity, struct span *out_dtbo)
{
    struct span dtbo = {.data = malloc(DTBO_WRITE_BYTES_MAX), .size = DTBO_WRITE_BYTES_MAX};

    if (dtbo.data == NULL) {
        return complain("romc: no memory for dtbo");
    }
    dtbo.size = dtbo_write(identity->fingerprint, dtbo);
    *out_dtbo = dtbo;
    return dtbo.size != 0 || complain("romc: dtbo cannot be written");
}

/* The small ones, and the vbmeta that vouches for all of them. */
static bool build_rest(const struct package_spec *spec, const struct rom *rom,
                       const struct model *model, const struct rom_identity *identity,
                       const struct parts *parts, struct package *package)
{
    uint8_t salt[SHA256_BYTES];
    const struct system_image_spec system = {.rom = rom,
                                             .identity = identity,
                                             .userland = &parts->userland,
                                             .busybox = spec->busybox,
                                             .salt = slice_of(salt, sizeof(salt))};
    const struct rom_vbmeta_image images[] = {
        {"boot", &package->boot}, {"recovery", &package->recovery}, {"dtbo", &package->dtbo}};
    struct vbmeta_hashtree_spec tree;
    struct rom_vbmeta_spec vbmeta = {
        .rom = rom,
        .model = model,
        .identity = identity,
        .keys = spec->keys,
        .images = images,
        .image_count = ARRAY_COUNT(images),
        .salt = slice_of(salt, sizeof(salt)),
        .chains = spec->chains,
        .chain_count = spec->chain_count,
    };
    uint64_t flags = 0;

    rom_vbmeta_salt(identity, salt);
    if ((spec->flags != NULL && !read_number("--flags", spec->flags, UINT32_MAX, &flags)) ||
        (has_partition(model, "dtbo") && !build_dtbo(identity, &package->dtbo))) {
        return false;
    }
    vbmeta.flags = (uint32_t)flags;
    if (has_partition(model, "system")) {
        if (!system_image_make(&system, &package->system, &tree)) {
            return false;
        }
        vbmeta.system = &tree;
    }
    return rom_vbmeta_make(&vbmeta, &package->vbmeta);
}

bool package_make(const struct package_spec *spec, const struct model *model,
                  struct package *out_package)
{
    static struct parts parts;
    struct package package = {0};
    struct rom_identity identity;
    struct rom rom;
    bool done;

    if (!package_load_rom(spec, &rom)) {
        return false;
    }
    if (!rom_identity_make(&rom, model, &identity)) {
        return complain("%s: the ROM's texts are too long together", spec->rom);
    }
    parts = (struct parts){0};
    done = parts_read(spec, &parts) &&
           build_images(spec, &rom, model, &identity, &parts, &package) &&
           build_rest(spec, &rom, model, &identity, &parts, &package);
    parts_free(&parts);
    if (!done) {
        package_free(&package);
        return false;
    }
    *out_package = package;
    return true;
}

size_t package_images(const struct package *package,
                      struct disk_image out_images[PACKAGE_IMAGES_MAX])
{
    const struct disk_image all[PACKAGE_IMAGES_MAX] = {
        {"boot", span_slice(package->boot)},     {"recovery", span_slice(package->recovery)},
        {"dtbo", span_slice(package->dtbo)},     {"system", span_slice(package->system)},
        {"vbmeta", span_slice(package->vbmeta)},
    };
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        if (all[i].bytes.size != 0) {
            out_images[count++] = all[i];
        }
    }
    return count;
}

void package_free(struct package *package)
{
    free(package->boot.data);
    free(package->recovery.data);
    free(package->dtbo.data);
    free(package->system.data);
    free(package->vbmeta.data);
    *package = (struct package){0};
}
