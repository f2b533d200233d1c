/* SPDX-License-Identifier: MIT */
/* A phone's disk as a sparse file. */
#include "rom-images/rom/disk.h"

#include "base/text.h"
#include "board/file.h"
#include "rom-images/write/gpt_write.h"
#include "verify/boot_image.h"

#include <string.h>

#define DISK_MODE 0644

static_assert(MODEL_PARTITIONS_MAX <= GPT_ENTRY_COUNT, "every model fits a table");

bool disk_plan(const struct model *model, const char *model_file, struct gpt_plan *out_plan)
{
    out_plan->disk_name = model->codename;
    out_plan->count = model->partition_count;
    for (size_t i = 0; i < model->partition_count; i++) {
        out_plan->partitions[i].name = model->partitions[i].name;
        out_plan->partitions[i].size_bytes = model->partitions[i].size_bytes;
    }
    return gpt_write_plan(out_plan) || complain("%s: the partitions are too large", model_file);
}

static const struct gpt_plan_partition *find(const struct gpt_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->partitions[i].name, name) == 0) {
            return &plan->partitions[i];
        }
    }
    return NULL;
}

/* Whatever the partition is called: there is no phone that starts it. */
static bool check_version(const char *model_file, const char *name, struct slice image)
{
    uint32_t version;

    return !boot_image_is_newer(image, &version) ||
           complain("%s: the image for \"%s\" is a boot image of header version %u: the phones of "
                    "this lab start versions 0 to 2",
                    model_file, name, (unsigned)version);
}

static bool write_image(struct staged_file *file, const struct gpt_plan *plan,
                        const char *model_file, const char *name, struct slice image)
{
    const struct gpt_plan_partition *partition = find(plan, name);

    if (partition == NULL) {
        return complain("%s: no partition \"%s\", and the ROM has an image for it", model_file,
                        name);
    }
    if (image.size > partition->size_bytes) {
        return complain("%s: partition \"%s\" has %llu bytes, the ROM's image %zu: make it larger",
                        model_file, name, (unsigned long long)partition->size_bytes, image.size);
    }
    return check_version(model_file, name, image) &&
           staged_write_sparse(file, partition->first_lba * GPT_WRITE_BLOCK_BYTES, image);
}

static bool write_tables(struct staged_file *file, const struct gpt_plan *plan)
{
    uint8_t primary[GPT_WRITE_PRIMARY_BYTES];
    uint8_t backup[GPT_WRITE_BACKUP_BYTES];

    gpt_write_tables(plan, primary, backup);
    return staged_resize(file, plan->disk_bytes) &&
           staged_write(file, 0, slice_of(primary, sizeof(primary))) &&
           staged_write(file, plan->disk_bytes - sizeof(backup), slice_of(backup, sizeof(backup)));
}

/* Into the partitions with this suffix. */
static bool write_slot(struct staged_file *file, const struct gpt_plan *plan,
                       const char *model_file, const char *suffix, const struct disk_image *images,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[MODEL_PARTITION_NAME_SIZE + 2];
        struct text text = text_in(name, sizeof(name));

        text_all(&text, images[i].partition, suffix);
        if (images[i].bytes.size != 0 &&
            !write_image(file, plan, model_file, name, images[i].bytes)) {
            return false;
        }
    }
    return true;
}

/* A phone with slots leaves the factory with the ROM in both. */
static bool write_images(struct staged_file *file, const struct gpt_plan *plan,
                         const struct model *model, const char *model_file,
                         const struct disk_image *images, size_t count)
{
    if (model->slot_count == 0) {
        return write_slot(file, plan, model_file, "", images, count);
    }
    return write_slot(file, plan, model_file, "_a", images, count) &&
           write_slot(file, plan, model_file, "_b", images, count);
}

bool disk_write(const struct model *model, const char *model_file, const struct disk_image *images,
                size_t count, const char *path)
{
    struct gpt_plan plan = {0};
    struct staged_file file;

    if (!disk_plan(model, model_file, &plan) || !staged_open(&file, path, DISK_MODE)) {
        return false;
    }
    if (!write_tables(&file, &plan) ||
        !write_images(&file, &plan, model, model_file, images, count)) {
        staged_drop(&file);
        return false;
    }
    return staged_commit(&file);
}
