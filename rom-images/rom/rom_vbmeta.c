/* SPDX-License-Identifier: MIT */
/* A ROM's vbmeta, and those of its chained partitions. */
#include "rom-images/rom/rom_vbmeta.h"

#include "format/vbmeta.h"
#include "board/file.h"
#include "rom-images/write/key_files.h"

#include <stdlib.h>
#include <string.h>

#define IMAGES_MAX     4
#define PROPERTIES_MAX 8

/* Its own vbmeta vouches for it alone, so that it starts in the middle of an installation. */
#define STANDS_ALONE "recovery"

/* Where the rollback index of a chained partition is kept. */
static const struct {
    const char *partition;
    uint32_t location;
} locations[] = {{"boot", 1}, {"recovery", 2}, {"dtbo", 3}};

/* How init mounts /system: with dm-verity, unless that is switched off. */
static const struct vbmeta_cmdline_spec cmdlines[] = {
    {"flashlab.system=dm-verity", VBMETA_CMDLINE_IF_HASHTREE},
    {"flashlab.system=plain", VBMETA_CMDLINE_IF_NOT_HASHTREE},
};

/* A vbmeta being put together: its descriptors, and what they point to. */
struct draft {
    const struct rom_vbmeta_spec *spec;
    struct vbmeta_hash_spec hashes[IMAGES_MAX];
    size_t hash_count;
    struct vbmeta_chain_spec chains[IMAGES_MAX];
    struct signing_key keys[IMAGES_MAX]; /* of the chains, in their order */
    size_t chain_count;
    struct vbmeta_property_spec properties[PROPERTIES_MAX];
    size_t property_count;
};

/* What the ROM says of itself. */
static void add_properties(struct draft *draft)
{
    const struct rom_vbmeta_spec *spec = draft->spec;
    const struct rom *rom = spec->rom;
    const struct vbmeta_property_spec properties[PROPERTIES_MAX] = {
        {ROM_PROPERTY_NAME, rom->name},
        {ROM_PROPERTY_VERSION, spec->identity->version},
        {ROM_PROPERTY_PRODUCT, spec->model->codename},
        {ROM_PROPERTY_DATE, rom->date},
        {"com.android.build.boot.fingerprint", spec->identity->fingerprint},
        {"com.android.build.boot.os_version", rom->android},
        {"com.android.build.boot.security_patch", rom->security_patch},
        {ROM_PROPERTY_REGION, rom->region}, /* last, so that a ROM without it leaves it off */
    };

    memcpy(draft->properties, properties, sizeof(properties));
    draft->property_count = PROPERTIES_MAX - (rom->region[0] == '\0' ? 1 : 0);
}

void rom_vbmeta_salt(const struct rom_identity *identity, uint8_t out_salt[SHA256_BYTES])
{
    static const char purpose[] = "flashlab boot salt";
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(purpose, sizeof(purpose)));
    sha256_update(&sha, slice_of(identity->fingerprint, strlen(identity->fingerprint) + 1));
    sha256_update(&sha, slice_of(identity->properties, identity->properties_bytes));
    sha256_final(&sha, out_salt);
}

/* The key's name of a chain to `partition`; NULL: it is not chained. */
static const char *chain_key(const struct rom_vbmeta_spec *spec, const char *partition)
{
    size_t length = strlen(partition);
    bool is_signed = spec->rom->signer != ROM_SIGNER_NONE;

    for (size_t i = 0; i < spec->chain_count; i++) {
        if (strncmp(spec->chains[i], partition, length) == 0 && spec->chains[i][length] == '=') {
            return spec->chains[i] + length + 1;
        }
    }
    return is_signed && strcmp(partition, STANDS_ALONE) == 0 ? rom_signer_name(spec->rom) : NULL;
}

static bool has_chain_option(const struct rom_vbmeta_spec *spec, const char *partition)
{
    for (size_t i = 0; i < spec->chain_count; i++) {
        size_t length = strlen(partition);

        if (strncmp(spec->chains[i], partition, length) == 0 && spec->chains[i][length] == '=') {
            return true;
        }
    }
    return false;
}

static uint64_t partition_bytes(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->partition_count; i++) {
        const char *have = model->partitions[i].name;
        size_t length = strlen(name);

        if (strncmp(have, name, length) == 0 &&
            (have[length] == '\0' || strcmp(have + length, "_a") == 0)) {
            return model->partitions[i].size_bytes;
        }
    }
    return 0;
}

static uint32_t location_of(const char *partition)
{
    for (size_t i = 0; i < ARRAY_COUNT(locations); i++) {
        if (strcmp(locations[i].partition, partition) == 0) {
            return locations[i].location;
        }
    }
    return 0;
}

/*
 * Makes the image as large as its partition, with its vbmeta behind it and the footer at its end.
 */
static bool put_own_vbmeta(const struct rom_vbmeta_spec *spec, const char *partition,
                           const struct vbmeta_spec *vbmeta, struct span *image)
{
    struct span whole = {.size = (size_t)partition_bytes(spec->model, partition)};
    size_t offset =
        (image->size + VERITY_BLOCK_BYTES - 1) / VERITY_BLOCK_BYTES * VERITY_BLOCK_BYTES;
    struct span room = {.size = VBMETA_MAX_BYTES};
    struct vbmeta_footer footer;
    size_t vbmeta_bytes;

    if (whole.size < offset + VBMETA_MAX_BYTES + VERITY_BLOCK_BYTES) {
        return complain("romc: partition \"%s\" has no room for a vbmeta of its own", partition);
    }
    whole.data = calloc(1, whole.size);
    if (whole.data == NULL) {
        return complain("romc: no memory for the chained %s", partition);
    }
    memcpy(whole.data, image->data, image->size);
    room.data = whole.data + offset;
    vbmeta_bytes = vbmeta_write(vbmeta, room);
    vbmeta_write_footer(image->size, offset, vbmeta_bytes, &footer);
    memcpy(whole.data + whole.size - sizeof(footer), &footer, sizeof(footer));
    free(image->data);
    *image = whole;
    return vbmeta_bytes != 0 || complain("romc: the vbmeta of %s cannot be signed", partition);
}

static bool add_chain(struct draft *draft, const struct rom_vbmeta_image *image,
                      const char *key_name)
{
    const struct rom_vbmeta_spec *spec = draft->spec;
    struct signing_key *key = &draft->keys[draft->chain_count];
    const struct vbmeta_hash_spec hash =
        vbmeta_hash_image(image->partition, span_slice(*image->image), spec->salt);
    const struct vbmeta_spec vbmeta = {
        .properties = draft->properties,
        .property_count = strcmp(image->partition, STANDS_ALONE) == 0 ? draft->property_count : 0,
        .hashes = &hash,
        .hash_count = 1,
        .key = key,
        .rollback_index = spec->identity->rollback_index,
    };

    if (!key_files_load(spec->keys, key_name, key) ||
        !put_own_vbmeta(spec, image->partition, &vbmeta, image->image)) {
        return false;
    }
    draft->chains[draft->chain_count++] = (struct vbmeta_chain_spec){
        .partition = image->partition,
        .location = location_of(image->partition),
        .public_key = slice_of(key->public_key, sizeof(key->public_key)),
    };
    return true;
}

static bool add_image(struct draft *draft, const struct rom_vbmeta_image *image)
{
    const char *key_name = chain_key(draft->spec, image->partition);

    if (image->image->size == 0) {
        return !has_chain_option(draft->spec, image->partition) ||
               complain("romc: --chain %s: the ROM has no such image", image->partition);
    }
    if (key_name != NULL) {
        return add_chain(draft, image, key_name);
    }
    draft->hashes[draft->hash_count++] =
        vbmeta_hash_image(image->partition, span_slice(*image->image), draft->spec->salt);
    return true;
}

static bool add_images(struct draft *draft)
{
    const struct rom_vbmeta_spec *spec = draft->spec;
    size_t asked = 0;

    for (size_t i = 0; i < spec->image_count; i++) {
        if (!add_image(draft, &spec->images[i])) {
            return false;
        }
        asked += has_chain_option(spec, spec->images[i].partition) ? 1 : 0;
    }
    return asked == spec->chain_count ||
           complain("romc: --chain is PARTITION=KEY, of boot, recovery or dtbo, each once");
}

static bool write_vbmeta(const struct draft *draft, const struct signing_key *key,
                         struct span *out_vbmeta)
{
    const struct rom_vbmeta_spec *spec = draft->spec;
    const struct vbmeta_spec vbmeta = {
        .properties = draft->properties,
        .property_count = draft->property_count,
        .hashes = draft->hashes,
        .hash_count = draft->hash_count,
        .hashtrees = spec->system,
        .hashtree_count = spec->system != NULL ? 1 : 0,
        .cmdlines = cmdlines,
        .cmdline_count = spec->system != NULL ? ARRAY_COUNT(cmdlines) : 0,
        .chains = draft->chains,
        .chain_count = draft->chain_count,
        .key = key,
        .rollback_index = spec->identity->rollback_index,
        .flags = spec->flags,
    };
    struct span room = {.data = malloc(VBMETA_MAX_BYTES), .size = VBMETA_MAX_BYTES};

    if (room.data == NULL) {
        return complain("romc: no memory for vbmeta");
    }
    room.size = vbmeta_write(&vbmeta, room);
    if (room.size == 0) {
        free(room.data);
        return complain("romc: vbmeta cannot be signed");
    }
    *out_vbmeta = room;
    return true;
}

bool rom_vbmeta_make(const struct rom_vbmeta_spec *spec, struct span *out_vbmeta)
{
    bool is_signed = spec->rom->signer != ROM_SIGNER_NONE;
    struct draft *draft = calloc(1, sizeof(*draft));
    struct signing_key key;
    bool done;

    if (draft == NULL) {
        return complain("romc: no memory for vbmeta");
    }
    draft->spec = spec;
    add_properties(draft);
    done = (!is_signed || key_files_load(spec->keys, rom_signer_name(spec->rom), &key)) &&
           add_images(draft) && write_vbmeta(draft, is_signed ? &key : NULL, out_vbmeta);
    free(draft);
    return done;
}
