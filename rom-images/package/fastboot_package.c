/* SPDX-License-Identifier: MIT */
/* What a fastboot package holds. Writing it: package_files.c, package_archive.c. */
#define _GNU_SOURCE
#include "rom-images/package/fastboot_package.h"

#include "base/sha256.h"
#include "base/crc32.h"
#include "base/text.h"
#include "format/sparse.h"
#include "rom-images/write/cksum.h"
#include "rom-images/package/fastboot_images.h"
#include "board/file.h"
#include "rom-images/package/flash_script.h"
#include "rom-images/package/package_files.h"
#include "rom-images/package/package_out.h"
#include "rom-images/package/rawprogram.h"
#include "rom-images/rom/disk.h"
#include "rom-images/rom/rom.h"
#include "rom-images/rom/rom_identity.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MODE        0644
#define SCRIPT_MODE      0755
#define SCRIPT_BYTES     16384
#define LIST_BYTES       8192
#define FIELD_BYTES      512
#define NAME_HEX_BYTES   5
#define DIGEST_BYTES_MAX 65536 /* vbmeta.img is at most as large */
/* What the phone takes at once (bootloader/arch/memory_map.h); a client cuts up what is larger. */
#define DOWNLOAD_BYTES_MAX 0x20000000u
#define IMAGES             "images/"

/* A package being put together. */
struct builder {
    const struct package_spec *spec;
    const struct model *model;
    struct rom rom;
    struct rom_identity identity;
    struct package package;
    struct fastboot_images images;
    char scripts[FLASH_DIALECT_COUNT][FLASH_SCRIPT_COUNT][SCRIPT_BYTES];
    char cksums[LIST_BYTES];
    char crclist[LIST_BYTES];
    char sparse_crclist[LIST_BYTES];
    char rawprogram[LIST_BYTES];
    char raw_names[FASTBOOT_IMAGES_MAX][MODEL_PARTITION_NAME_SIZE + 8];
    char misc[FIELD_BYTES];
    char android_info[FIELD_BYTES];
    char anti_version[32];
    struct package_files folder;
    struct package_files update;
};

/* What the script looks at before it touches the phone: "SUM SIZE NAME.img", as `cksum` prints it. */
static void put_sum(struct text *text, const char *image, uint32_t sum, uint64_t size)
{
    text_u64(text, sum);
    text_char(text, ' ');
    text_u64(text, size);
    text_all(text, " ", image, ".img\n");
}

static bool is_sparse(struct slice image)
{
    return image.size >= sizeof(struct sparse_header) && le32(image.data) == SPARSE_MAGIC;
}

/* What the phone checks: "boot 0xdc4e81d2", or "system 0xb7d66688 1" of a sparse image. */
static void put_crc(struct text *text, const char *name, const char *suffix, uint32_t crc,
                    bool sparse)
{
    text_all(text, name, suffix, " 0x");
    text_hex(text, crc, 8);
    text_str(text, sparse ? " 1\n" : "\n");
}

/* A line for each partition that the image goes to. */
static void put_crcs(struct text *text, const struct flash_image *image, struct slice content)
{
    uint32_t crc = crc32(content);
    bool sparse = is_sparse(content);

    if (content.size > DOWNLOAD_BYTES_MAX) {
        return; /* a client cuts it into pieces, in its own way */
    }
    put_crc(text, image->partition, image->has_slots ? "_a" : "", crc, sparse);
    if (image->has_slots) {
        put_crc(text, image->partition, "_b", crc, sparse);
    }
}

static bool make_lists(struct builder *builder)
{
    struct text sums = text_in(builder->cksums, sizeof(builder->cksums));
    struct text list = text_in(builder->crclist, sizeof(builder->crclist));
    struct text sparse = text_in(builder->sparse_crclist, sizeof(builder->sparse_crclist));

    text_str(&list, "CRC-LIST\n");
    text_str(&sparse, "SPARSECRC-LIST\n");
    for (size_t i = 0; i < builder->images.count; i++) {
        const struct flash_image *image = &builder->images.list[i];
        struct slice content = builder->images.contents[i];

        put_sum(&sums, image->partition, cksum(content), content.size);
        put_crcs(is_sparse(content) ? &sparse : &list, image, content);
    }
    return (!sums.full && !list.full && !sparse.full) ||
           complain("romc: a list of checksums is too long");
}

/* The file that holds an image as it is: a sparse one is there a second time. */
static void put_raw_name(struct builder *builder, size_t image)
{
    struct text name = text_in(builder->raw_names[image], sizeof(builder->raw_names[image]));

    text_all(&name, builder->images.list[image].partition,
             is_sparse(builder->images.contents[image]) ? ".raw" : ".img");
}

static bool make_rawprogram(struct builder *builder, const char *model_file)
{
    const struct fastboot_images *images = &builder->images;
    struct text text = text_in(builder->rawprogram, sizeof(builder->rawprogram));
    struct rawprogram_file files[FASTBOOT_IMAGES_MAX];
    struct gpt_plan plan = {0};
    size_t count = 0;

    for (size_t i = 0; i < images->count; i++) {
        put_raw_name(builder, i);
        if (images->raw[i].size != 0) {
            files[count++] = (struct rawprogram_file){.partition = images->list[i].partition,
                                                      .has_slots = images->list[i].has_slots,
                                                      .filename = builder->raw_names[i],
                                                      .size_bytes = images->raw[i].size};
        }
    }
    if (!disk_plan(builder->model, model_file, &plan)) {
        return false;
    }
    return rawprogram_make(&plan, files, count, &text) ||
           complain("%s: rawprogram0.xml cannot be made", model_file);
}

static bool make_texts(struct builder *builder)
{
    struct text misc = text_in(builder->misc, sizeof(builder->misc));
    struct text anti = text_in(builder->anti_version, sizeof(builder->anti_version));
    struct text info = text_in(builder->android_info, sizeof(builder->android_info));

    text_all(&misc, "device=", builder->model->codename,
             "\nbuild_number=", builder->identity.version,
             "\nuserdata_version=", builder->rom.build, "\n");
    text_u64(&anti, builder->identity.rollback_index);
    text_char(&anti, '\n');
    text_all(&info, "require product=", builder->model->codename, "\n");
    return (!misc.full && !anti.full && !info.full) || complain("romc: a text is too long");
}

/* The scripts of one shell, from their template. */
static bool make_dialect(struct builder *builder, const struct flash_plan *plan, const char *dir,
                         const char *name, enum flash_dialect dialect)
{
    char path[FILE_PATH_BYTES];
    struct slice script_template;
    bool done = true;

    if (!file_path(path, "%s/%s", dir, name) || !file_map(path, &script_template)) {
        return false;
    }
    for (enum flash_script i = 0; done && i < FLASH_SCRIPT_COUNT; i++) {
        struct text text = text_in(builder->scripts[dialect][i], SCRIPT_BYTES);

        done = flash_script_make(plan, i, dialect, script_template, &text) ||
               complain("%s: an unknown @WORD@, or too long", path);
    }
    file_unmap(&script_template);
    return done;
}

static bool make_scripts(struct builder *builder, const char *dir)
{
    bool android_one = builder->model->os == OS_ANDROID_ONE;
    const struct flash_plan plan = {
        .device = builder->model->codename,
        .rom = builder->rom.name,
        .version = builder->identity.version,
        .lock = android_one ? "flashing lock" : "oem lock",
        .has_slots = builder->model->slot_count != 0,
        .image_count = builder->images.count,
        .images = builder->images.list,
    };

    return make_dialect(builder, &plan, dir, "flash_all.sh.in", FLASH_SHELL) &&
           make_dialect(builder, &plan, dir, "flash_all.bat.in", FLASH_BATCH);
}

static bool add_text(struct package_files *files, const char *folder, const char *name, mode_t mode,
                     const char *text)
{
    return package_files_add(files, folder, name, mode, slice_of(text, strlen(text)));
}

/* For tools that know nothing of sparse images. */
static bool add_raw_files(struct builder *builder)
{
    for (size_t i = 0; i < builder->images.count; i++) {
        if (builder->images.raw[i].size != 0 && is_sparse(builder->images.contents[i]) &&
            !package_files_add(&builder->folder, IMAGES, builder->raw_names[i], FILE_MODE,
                               builder->images.raw[i])) {
            return false;
        }
    }
    return true;
}

static bool add_image_files(struct builder *builder)
{
    for (size_t i = 0; i < builder->images.count; i++) {
        char name[MODEL_PARTITION_NAME_SIZE + 8];
        struct text text = text_in(name, sizeof(name));

        text_all(&text, builder->images.list[i].partition, ".img");
        if (!package_files_add(&builder->folder, IMAGES, name, FILE_MODE,
                               builder->images.contents[i]) ||
            !package_files_add(&builder->update, "", name, FILE_MODE,
                               builder->images.contents[i])) {
            return false;
        }
    }
    return true;
}

static bool add_files(struct builder *builder)
{
    struct package_files *folder = &builder->folder;

    for (enum flash_script i = 0; i < FLASH_SCRIPT_COUNT; i++) {
        if (!add_text(folder, "", flash_script_name(i, FLASH_SHELL), SCRIPT_MODE,
                      builder->scripts[FLASH_SHELL][i]) ||
            !add_text(folder, "", flash_script_name(i, FLASH_BATCH), FILE_MODE,
                      builder->scripts[FLASH_BATCH][i])) {
            return false;
        }
    }
    return add_text(folder, "", "misc.txt", FILE_MODE, builder->misc) &&
           add_text(folder, IMAGES, "anti_version.txt", FILE_MODE, builder->anti_version) &&
           add_text(folder, IMAGES, "cksum.txt", FILE_MODE, builder->cksums) &&
           add_text(folder, IMAGES, "crclist.txt", FILE_MODE, builder->crclist) &&
           add_text(folder, IMAGES, "sparsecrclist.txt", FILE_MODE, builder->sparse_crclist) &&
           add_text(folder, IMAGES, "android-info.txt", FILE_MODE, builder->android_info) &&
           add_text(&builder->update, "", "android-info.txt", FILE_MODE, builder->android_info) &&
           add_text(folder, IMAGES, "rawprogram0.xml", FILE_MODE, builder->rawprogram) &&
           add_image_files(builder) && add_raw_files(builder);
}

/*
 * The digits at the end of the name: of everything that the folder holds. For an image stand its
 * sum in cksum.txt and its digest in vbmeta.img: a hundred megabytes less to hash.
 */
static void put_digest(struct text *text, const struct builder *builder)
{
    const struct package_files *files = &builder->folder;
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    for (size_t i = 0; i < files->count; i++) {
        const struct package_file *file = &files->list[i];

        sha256_update(&sha, slice_of(file->path, strlen(file->path) + 1));
        if (file->content.size <= DIGEST_BYTES_MAX) {
            sha256_update(&sha, file->content);
        }
    }
    sha256_final(&sha, digest);
    text_bytes_hex(text, slice_of(digest, NAME_HEX_BYTES));
}

/* Android's version without its last number: "8.1". */
static void put_android(struct text *text, const char *android)
{
    const char *last_dot = strrchr(android, '.');

    for (const char *c = android; *c != '\0' && c != last_dot; c++) {
        text_char(text, *c);
    }
}

static bool make_name(const struct builder *builder, char out[FASTBOOT_PACKAGE_NAME_BYTES])
{
    const struct rom *rom = &builder->rom;
    struct text text = text_in(out, FASTBOOT_PACKAGE_NAME_BYTES);

    text_all(&text, builder->identity.mod_device, "_images_", rom->build, "_", rom->date,
             ".0000.00_");
    put_android(&text, rom->android);
    text_all(&text, "_", rom->region[0] == '\0' ? "none" : rom->region, "_");
    put_digest(&text, builder);
    return !text.full || complain("romc: the package's name is too long");
}

/* The ROM's date as a time: midnight, UTC. */
static time_t time_of(const char *date)
{
    struct tm tm = {0};

    tm.tm_year = (date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 +
                 (date[3] - '0') - 1900;
    tm.tm_mon = (date[4] - '0') * 10 + (date[5] - '0') - 1;
    tm.tm_mday = (date[6] - '0') * 10 + (date[7] - '0');
    return timegm(&tm);
}

static bool load_rom(struct builder *builder)
{
    if (!package_load_rom(builder->spec, &builder->rom)) {
        return false;
    }
    builder->folder.time = time_of(builder->rom.date);
    builder->update.time = builder->folder.time;
    return rom_identity_make(&builder->rom, builder->model, &builder->identity) ||
           complain("%s: the ROM's texts are too long together", builder->spec->rom);
}

bool fastboot_package_write(const struct package_spec *spec, const struct model *model,
                            const struct fastboot_package_spec *how,
                            char out_name[FASTBOOT_PACKAGE_NAME_BYTES])
{
    struct builder *builder = calloc(1, sizeof(*builder));
    bool done;

    if (builder == NULL) {
        return complain("romc: no memory for the package");
    }
    builder->spec = spec;
    builder->model = model;
    done = load_rom(builder) && package_make(spec, model, &builder->package);
    if (done) {
        done = fastboot_images_make(&builder->package, model, how->model_file, &builder->images) &&
               make_lists(builder) && make_rawprogram(builder, how->model_file) &&
               make_texts(builder) && make_scripts(builder, how->scripts) && add_files(builder) &&
               make_name(builder, out_name) &&
               package_out_write(&builder->folder, &builder->update, how->archives, how->out,
                                 out_name);
        package_free(&builder->package);
    }
    fastboot_images_free(&builder->images);
    free(builder);
    return done;
}
