/* SPDX-License-Identifier: MIT */
/* A ROM built for a model: boot image and vbmeta in memory. */
#include "rom-images/package.h"

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

static bool write_boot(const struct rom *rom, const struct rom_identity *identity,
                       struct slice kernel, struct slice ramdisk, struct span *out_boot)
{
    const struct boot_image_spec spec = {
        .kernel = kernel,
        .ramdisk = ramdisk,
        .name = "flashlab",
        .cmdline = identity->cmdline,
        .header_version = BOOT_HEADER_VERSION,
        .page_bytes = BOOT_PAGE_BYTES,
        .os_version = rom->os_version,
    };
    struct span boot = {.size = boot_image_write_size(&spec)};

    boot.data = boot.size == 0 ? NULL : malloc(boot.size);
    if (boot.data == NULL || !boot_image_write(&spec, boot)) {
        free(boot.data);
        return complain("romc: the boot image is too large for its header or for the memory");
    }
    *out_boot = boot;
    return true;
}

static bool build_boot(const struct package_spec *spec, const struct rom *rom,
                       const struct rom_identity *identity, struct span *out_boot)
{
    static struct kernel_modules modules;
    struct plain_file kernel;
    struct span ramdisk;
    const struct ramdisk_spec ramdisk_spec = {
        .userland_dir = spec->userland,
        .busybox = spec->busybox,
        .modules = &modules,
        .properties = slice_of(identity->properties, identity->properties_bytes),
    };
    bool done = false;

    if (!plain_file_kernel(spec->kernel, &kernel)) {
        return false;
    }
    if (kernel_modules_read(spec->modules, &modules) && ramdisk_build(&ramdisk_spec, &ramdisk)) {
        done = write_boot(rom, identity, kernel.bytes, span_slice(ramdisk), out_boot);
        free(ramdisk.data);
    }
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
    struct vbmeta_hash_spec hash;
    struct vbmeta_spec spec = {
        .properties = properties,
        .property_count = ARRAY_COUNT(properties) - (rom->region[0] == '\0' ? 1 : 0),
        .hashes = &hash,
        .hash_count = 1,
        .key = key,
        .rollback_index = identity->rollback_index,
    };

    make_salt(identity, salt);
    hash = vbmeta_hash_image("boot", span_slice(package->boot), slice_of(salt, sizeof(salt)));
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
        !build_boot(spec, &rom, &identity, &package.boot) ||
        !build_vbmeta(&rom, model->codename, &identity, is_signed ? &key : NULL, &package)) {
        package_free(&package);
        return false;
    }
    *out_package = package;
    return true;
}

void package_free(struct package *package)
{
    free(package->boot.data);
    free(package->vbmeta.data);
    *package = (struct package){0};
}
