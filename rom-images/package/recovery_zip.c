/* SPDX-License-Identifier: MIT */
/* A ROM as a recovery ROM: its name, its metadata, its file. */
#include "rom-images/package/recovery_zip.h"

#include "base/sha256.h"
#include "base/text.h"
#include "board/file.h"
#include "format/vbmeta.h"
#include "rom-images/write/key_files.h"
#include "rom-images/package/recovery_zip_format.h"
#include "rom-images/rom/rom.h"
#include "rom-images/rom/rom_identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MODE      0644
#define FOLDER_MODE    0755
#define METADATA_BYTES 1024
#define SCRIPT_BYTES   1024
#define NAME_HEX_BYTES 5

/* A zip file being put together. */
struct draft {
    struct rom rom;
    struct rom_identity identity;
    struct package package;
    char metadata[METADATA_BYTES];
    char script[SCRIPT_BYTES];
    char image_names[PACKAGE_IMAGES_MAX][MODEL_PARTITION_NAME_SIZE + 4];
    size_t count;
    struct recovery_zip_file files[RECOVERY_ZIP_FILES_MAX];
};

/* "Mi 8" -> "MI8", "Redmi Note 5" -> "REDMINOTE5". */
static void put_model(struct text *text, const struct model *model)
{
    for (const char *c = model->name; *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'z') {
            text_char(text, (char)(*c - 'a' + 'A'));
        } else if ((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')) {
            text_char(text, *c);
        }
    }
}

/* The first two numbers of "8.1.0". */
static void put_android(struct text *text, const struct rom *rom)
{
    unsigned dots = 0;

    for (const char *c = rom->android; *c != '\0' && (*c != '.' || ++dots < 2); c++) {
        text_char(text, *c);
    }
}

static bool make_name(const struct draft *draft, const struct model *model, struct slice zip,
                      char out_name[RECOVERY_ZIP_NAME_BYTES])
{
    struct text text = text_in(out_name, RECOVERY_ZIP_NAME_BYTES);
    uint8_t digest[SHA256_BYTES];

    sha256_digest(zip, digest);
    text_str(&text, "miui_");
    put_model(&text, model);
    text_all(&text, strcmp(draft->rom.region, "cn") == 0 ? "_" : "Global_", draft->rom.build, "_");
    text_bytes_hex(&text, slice_of(digest, NAME_HEX_BYTES));
    text_char(&text, '_');
    put_android(&text, &draft->rom);
    text_str(&text, ".zip");
    return !text.full;
}

static void put_line(struct text *text, const char *key, const char *value)
{
    text_all(text, key, "=", value, "\n");
}

static bool make_metadata(struct draft *draft, const struct model *model)
{
    struct text text = text_in(draft->metadata, sizeof(draft->metadata));

    put_line(&text, "ota-type", "BLOCK");
    put_line(&text, "pre-device", model->codename);
    put_line(&text, "post-build", draft->identity.fingerprint);
    put_line(&text, "post-security-patch-level", draft->rom.security_patch);
    put_line(&text, "flashlab-version", draft->identity.version);
    put_line(&text, "flashlab-region", draft->rom.region);
    put_line(&text, "flashlab-date", draft->rom.date);
    text_str(&text, "flashlab-rollback-index=");
    text_u64(&text, draft->identity.rollback_index);
    text_char(&text, '\n');
    draft->files[draft->count++] =
        (struct recovery_zip_file){RECOVERY_ZIP_METADATA, slice_of(draft->metadata, text.length)};
    return !text.full;
}

/* What a real updater would do, in its language; the lab's recovery knows the order by itself. */
static bool make_script(struct draft *draft, const struct disk_image *images, size_t count)
{
    struct text text = text_in(draft->script, sizeof(draft->script));

    text_str(&text, "# Written for people: the recovery does not run it.\n");
    for (size_t i = 0; i < count; i++) {
        text_all(&text, "package_extract_file(\"", images[i].partition,
                 ".img\", \"/dev/block/by-name/", images[i].partition, "\");\n");
    }
    draft->files[draft->count++] =
        (struct recovery_zip_file){RECOVERY_ZIP_SCRIPT, slice_of(draft->script, text.length)};
    return !text.full;
}

/*
 * A chained image is as large as its partition, for the footer at its end; most of it is nothing.
 * The package has it without that, and the recovery puts the footer where it belongs.
 */
static void drop_padding(struct span *image)
{
    const struct vbmeta_footer *footer;
    uint64_t end;

    if (image->size < VERITY_BLOCK_BYTES) {
        return;
    }
    footer = (const struct vbmeta_footer *)(image->data + image->size - sizeof(*footer));
    end = be64(footer->vbmeta_offset) + be64(footer->vbmeta_bytes);
    end = (end + VERITY_BLOCK_BYTES - 1) / VERITY_BLOCK_BYTES * VERITY_BLOCK_BYTES;
    if (memcmp(footer->magic, VBMETA_FOOTER_MAGIC, sizeof(footer->magic)) == 0 &&
        end < image->size - VERITY_BLOCK_BYTES) {
        memmove(image->data + end, image->data + image->size - VERITY_BLOCK_BYTES,
                VERITY_BLOCK_BYTES);
        image->size = (size_t)end + VERITY_BLOCK_BYTES;
    }
}

static void drop_paddings(struct package *package)
{
    drop_padding(&package->recovery);
    drop_padding(&package->dtbo);
    drop_padding(&package->boot);
}

static bool make_files(struct draft *draft, const struct model *model)
{
    struct disk_image images[PACKAGE_IMAGES_MAX];
    size_t count = package_images(&draft->package, images);

    if (!make_metadata(draft, model) || !make_script(draft, images, count)) {
        return complain("romc: the package's texts are too long");
    }
    for (size_t i = 0; i < count; i++) {
        struct text text = text_in(draft->image_names[i], sizeof(draft->image_names[i]));

        text_all(&text, images[i].partition, ".img");
        draft->files[draft->count++] =
            (struct recovery_zip_file){draft->image_names[i], images[i].bytes};
    }
    return true;
}

static bool write_zip(struct draft *draft, const struct package_spec *spec,
                      const struct model *model, const char *out,
                      char out_name[RECOVERY_ZIP_NAME_BYTES])
{
    bool is_signed = draft->rom.signer != ROM_SIGNER_NONE;
    char path[FILE_PATH_BYTES];
    struct signing_key key;
    struct span zip;
    bool done;

    if (is_signed && !key_files_load(spec->keys, rom_signer_name(&draft->rom), &key)) {
        return false;
    }
    if (!recovery_zip_make(draft->files, draft->count, is_signed ? &key : NULL, &zip)) {
        return complain("romc: the package is too large for a zip file or for the memory");
    }
    done = (make_name(draft, model, span_slice(zip), out_name) ||
            complain("romc: the package's name is too long")) &&
           (mkdir(out, FOLDER_MODE) == 0 || errno == EEXIST ||
            complain("%s: %s", out, strerror(errno))) &&
           file_path(path, "%s/%s", out, out_name) && file_write(path, FILE_MODE, span_slice(zip));
    free(zip.data);
    return done;
}

bool recovery_zip_write(const struct package_spec *spec, const struct model *model, const char *out,
                        char out_name[RECOVERY_ZIP_NAME_BYTES])
{
    struct draft *draft = calloc(1, sizeof(*draft));
    bool done;

    if (draft == NULL) {
        return complain("romc: no memory for the package");
    }
    done = package_load_rom(spec, &draft->rom) &&
           (rom_identity_make(&draft->rom, model, &draft->identity) ||
            complain("%s: the ROM's texts are too long together", spec->rom)) &&
           package_make(spec, model, &draft->package);
    if (done) {
        drop_paddings(&draft->package);
        done = make_files(draft, model) && write_zip(draft, spec, model, out, out_name);
        package_free(&draft->package);
    }
    free(draft);
    return done;
}
