/* SPDX-License-Identifier: MIT */
/* A ROM built for a model: boot image and vbmeta in memory. */
#include "rom-images/package.h"

#include "base/text.h"
#include "format/vbmeta.h"
#include "rom-images/file.h"
#include "rom-images/image_write.h"
#include "rom-images/key_files.h"
#include "rom-images/ramdisk.h"
#include "rom-images/rom_identity.h"

#include <stdlib.h>
#include <string.h>

#define BOOT_HEADER_VERSION 1
#define BOOT_PAGE_BYTES     4096

#define PACKAGE_KEY_NAME          "oem" /* whose packages the recovery takes */
#define RECOVERY_PROPERTIES_BYTES 512

static bool load_rom(const char *file, struct rom *out_rom)
{
    struct yaml_tree tree;
    bool done = rom_load(&tree, file, out_rom);

    if (!done) {
        complain("%s", tree.error);
    }
    yaml_tree_free(&tree);
    return done;
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

/* The recovery is the model's: whichever the ROM, its bytes are the same. */
static bool build_recovery(const struct package_spec *spec, const struct model *model,
                           const struct kernel_modules *modules, struct slice kernel,
                           struct span *out_recovery)
{
    char chars[RECOVERY_PROPERTIES_BYTES];
    struct text properties = text_in(chars, sizeof(chars));
    struct ramdisk_spec ramdisk = {
        .userland_dir = spec->userland,
        .init = RAMDISK_INIT_RECOVERY,
        .modules = modules,
    };
    struct signing_key key;

    if (!key_files_load(spec->keys, PACKAGE_KEY_NAME, &key)) {
        return false;
    }
    rom_identity_recovery_properties(model, &properties);
    ramdisk.properties = slice_of(chars, properties.length);
    ramdisk.package_key = slice_of(key.public_key, sizeof(key.public_key));
    return build_boot(&ramdisk,
                      (struct boot_image_spec){.kernel = kernel,
                                               .name = "recovery",
                                               .cmdline = rom_identity_kernel_words},
                      out_recovery);
}

static bool has_recovery(const struct model *model)
{
    for (size_t i = 0; i < model->partition_count; i++) {
        if (strcmp(model->partitions[i].name, "recovery") == 0) {
            return true;
        }
    }
    return false;
}

static bool build_images(const struct package_spec *spec, const struct rom *rom,
                         const struct model *model, const struct rom_identity *identity,
                         struct package *package)
{
    static struct kernel_modules modules;
    struct plain_file kernel;
    const struct ramdisk_spec ramdisk = {
        .userland_dir = spec->userland,
        .init = RAMDISK_INIT_ROM,
        .busybox = spec->busybox,
        .modules = &modules,
        .properties = slice_of(identity->properties, identity->properties_bytes),
    };
    bool done;

    if (!plain_file_kernel(spec->kernel, &kernel)) {
        return false;
    }
    done = kernel_modules_read(spec->modules, &modules) &&
           build_boot(&ramdisk,
                      (struct boot_image_spec){.kernel = kernel.bytes,
                                               .name = "flashlab",
                                               .cmdline = identity->cmdline,
                                               .os_version = rom->os_version},
                      &package->boot) &&
           (!has_recovery(model) ||
            build_recovery(spec, model, &modules, kernel.bytes, &package->recovery));
    kernel_modules_free(&modules);
    plain_file_free(&kernel);
    return done;
}

/* Not secret and not random: the same ROM for the same model has the same salt. */
static void make_salt(const struct rom_identity *identity, uint8_t out_salt[SHA256_BYTES])
{
    static const char purpose[] = "flashlab boot salt";
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(purpose, sizeof(purpose)));
    sha256_update(&sha, slice_of(identity->fingerprint, strlen(identity->fingerprint) + 1));
    sha256_update(&sha, slice_of(identity->properties, identity->properties_bytes));
    sha256_final(&sha, out_salt);
}

static bool build_vbmeta(const struct rom *rom, const char *codename,
                         const struct rom_identity *identity, const struct signing_key *key,
                         struct package *package)
{
    const struct vbmeta_property_spec properties[] = {
        {ROM_PROPERTY_NAME, rom->name},
        {ROM_PROPERTY_VERSION, identity->version},
        {ROM_PROPERTY_PRODUCT, codename},
        {"com.android.build.boot.fingerprint", identity->fingerprint},
        {"com.android.build.boot.os_version", rom->android},
        {"com.android.build.boot.security_patch", rom->security_patch},
        {ROM_PROPERTY_REGION, rom->region}, /* last, so that a ROM without it leaves it off */
    };
    uint8_t salt[SHA256_BYTES];
    struct vbmeta_hash_spec hashes[2];
    struct vbmeta_spec spec = {
        .properties = properties,
        .property_count = ARRAY_COUNT(properties) - (rom->region[0] == '\0' ? 1 : 0),
        .hashes = hashes,
        .hash_count = package->recovery.size != 0 ? 2 : 1,
        .key = key,
        .rollback_index = identity->rollback_index,
    };

    make_salt(identity, salt);
    hashes[0] = vbmeta_hash_image("boot", span_slice(package->boot), slice_of(salt, sizeof(salt)));
    hashes[1] =
        vbmeta_hash_image("recovery", span_slice(package->recovery), slice_of(salt, sizeof(salt)));
    package->vbmeta.data = malloc(VBMETA_MAX_BYTES);
    if (package->vbmeta.data == NULL) {
        return complain("romc: no memory for vbmeta");
    }
    package->vbmeta.size =
        vbmeta_write(&spec, (struct span){.data = package->vbmeta.data, .size = VBMETA_MAX_BYTES});
    return package->vbmeta.size != 0 || complain("romc: vbmeta cannot be signed");
}

bool package_make(const struct package_spec *spec, const struct model *model,
                  struct package *out_package)
{
    struct package package = {0};
    struct rom_identity identity;
    struct signing_key key;
    struct rom rom;
    bool is_signed;

    if (!load_rom(spec->rom, &rom)) {
        return false;
    }
    if (!rom_identity_make(&rom, model, &identity)) {
        return complain("%s: the ROM's texts are too long together", spec->rom);
    }
    is_signed = rom.signer != ROM_SIGNER_NONE;
    if ((is_signed && !key_files_load(spec->keys, rom_signer_name(&rom), &key)) ||
        !build_images(spec, &rom, model, &identity, &package) ||
        !build_vbmeta(&rom, model->codename, &identity, is_signed ? &key : NULL, &package)) {
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
        {"boot", span_slice(package->boot)},
        {"recovery", span_slice(package->recovery)},
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
    free(package->vbmeta.data);
    *package = (struct package){0};
}
