/* SPDX-License-Identifier: MIT */
/* ROMs for tests. */
#include "tests/fake/fake_rom.h"

#include "format/kernel_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t salt[] = "pepper";

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake ROM: no %s\n", what);
        abort();
    }
}

static struct span room_of(size_t size)
{
    struct span span = {.data = malloc(size != 0 ? size : 1), .size = size};

    need(span.data != NULL, "memory");
    return span;
}

/* Bytes that differ from place to place, so that a piece in the wrong place is seen. */
static void fill(struct span bytes, uint32_t seed)
{
    for (size_t i = 0; i < bytes.size; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes.data[i] = (uint8_t)(seed >> 24);
    }
}

static void put_kernel_header(struct span kernel)
{
    struct kernel_image_header *header = (struct kernel_image_header *)kernel.data;

    need(kernel.size >= sizeof *header, "room for the kernel's header");
    memset(header, 0, sizeof *header);
    put_le64(header->image_bytes, kernel.size + 0x1000);
    memcpy(header->magic, KERNEL_IMAGE_MAGIC, sizeof header->magic);
}

struct fake_rom_spec fake_rom_ordinary(const char *region, const struct signing_key *key)
{
    return (struct fake_rom_spec){
        .region = region,
        .name = region,
        .key = key,
        .kernel_bytes = 10000,
        .ramdisk_bytes = 3000,
        .page_bytes = 2048,
        .header_version = 1,
    };
}

void fake_rom_sign(const struct fake_rom_spec *spec, struct fake_rom *rom)
{
    struct vbmeta_hash_spec hash =
        vbmeta_hash_image("boot", span_slice(rom->boot), slice_of(salt, sizeof salt));
    struct vbmeta_property_spec properties[4];
    struct vbmeta_spec vbmeta = {
        .properties = properties,
        .hashes = &hash,
        .hash_count = 1,
        .key = spec->key,
        .rollback_index = spec->rollback_index,
        .flags = spec->flags,
    };
    struct span room = room_of(VBMETA_MAX_BYTES);

    if (spec->region != NULL) {
        properties[vbmeta.property_count++] =
            (struct vbmeta_property_spec){ROM_PROPERTY_REGION, spec->region};
    }
    if (spec->name != NULL) {
        properties[vbmeta.property_count++] =
            (struct vbmeta_property_spec){ROM_PROPERTY_NAME, spec->name};
        properties[vbmeta.property_count++] =
            (struct vbmeta_property_spec){ROM_PROPERTY_VERSION, "V9.6.1.0.OEAMIFD"};
        properties[vbmeta.property_count++] =
            (struct vbmeta_property_spec){ROM_PROPERTY_PRODUCT, "dipper"};
    }
    free(rom->vbmeta.data);
    room.size = vbmeta_write(&vbmeta, room);
    need(room.size != 0, "vbmeta");
    rom->vbmeta = room;
}

void fake_rom_make(const struct fake_rom_spec *spec, struct fake_rom *rom)
{
    struct boot_image_spec image = {
        .name = "fake",
        .cmdline = "console=ttyAMA0",
        .header_version = spec->header_version,
        .page_bytes = spec->page_bytes,
        .os_version = boot_image_os_version(8, 1, 0, 2018, 9),
    };

    *rom = (struct fake_rom){
        .kernel = room_of(spec->kernel_bytes),
        .ramdisk = room_of(spec->ramdisk_bytes),
    };
    fill(rom->kernel, 1);
    put_kernel_header(rom->kernel);
    fill(rom->ramdisk, 2);
    image.kernel = span_slice(rom->kernel);
    image.ramdisk = span_slice(rom->ramdisk);
    rom->boot = room_of(boot_image_write_size(&image));
    need(boot_image_write(&image, rom->boot), "boot image");
    fake_rom_sign(spec, rom);
}

void fake_rom_free(struct fake_rom *rom)
{
    free(rom->kernel.data);
    free(rom->ramdisk.data);
    free(rom->boot.data);
    free(rom->vbmeta.data);
}

static void load(struct signing_key *key, const char *path)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    FILE *file = fopen(path, "r");
    size_t length;

    need(file != NULL, path);
    length = fread(pem, 1, sizeof pem, file);
    fclose(file);
    need(signing_key_from_pem(key, slice_of(pem, length)), path);
}

const struct signing_key *fake_root_key(void)
{
    static struct signing_key key;

    if (key.private_key.n_bitlen == 0) {
        load(&key, TEST_KEYS_DIR "/oem.pem");
    }
    return &key;
}

const struct signing_key *fake_other_key(void)
{
    static struct signing_key key;

    if (key.private_key.n_bitlen == 0) {
        load(&key, TEST_KEYS_DIR "/reseller.pem");
    }
    return &key;
}

const struct signing_key *fake_user_key(void)
{
    static struct signing_key key;

    if (key.private_key.n_bitlen == 0) {
        load(&key, TEST_KEYS_DIR "/user.pem");
    }
    return &key;
}

void fake_root_sha256(uint8_t out_sha256[SHA256_BYTES])
{
    const struct signing_key *key = fake_root_key();

    sha256_digest(slice_of(key->public_key, sizeof key->public_key), out_sha256);
}
