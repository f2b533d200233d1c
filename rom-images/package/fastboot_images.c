/* SPDX-License-Identifier: MIT */
/* Which images a fastboot package has: one table. */
#include "rom-images/package/fastboot_images.h"

#include "base/text.h"
#include "board/file.h"
#include "rom-images/write/sparse_write.h"

#include <stdlib.h>
#include <string.h>

/* What is zeroed of a blank partition: no file system survives without its first 16 MiB. */
#define BLANK_BYTES (16u << 20)

enum image_source {
    OF_ROM,        /* a member of struct package; left out where the ROM has none */
    OF_ROM_SPARSE, /* the same, as an image of the whole partition; see make_sparse */
    BLANK_MESSAGE, /* a bootloader message that says nothing */
    BLANK_SPARSE,  /* an empty partition; left out on models without it */
};

/*
 * In the order in which they are flashed. Of the real packages' list this lab has these; boot comes
 * last, so that a phone whose flashing was cut short does not start a mixture.
 */
static const struct image_row {
    const char *partition;
    enum image_source source;
    size_t offset; /* in struct package, for OF_ROM */
    bool is_user_data;
} image_rows[] = {
    {.partition = "misc", .source = BLANK_MESSAGE},
    {.partition = "vbmeta", .source = OF_ROM, .offset = offsetof(struct package, vbmeta)},
    {.partition = "dtbo", .source = OF_ROM, .offset = offsetof(struct package, dtbo)},
    {.partition = "system", .source = OF_ROM_SPARSE, .offset = offsetof(struct package, system)},
    {.partition = "cache", .source = BLANK_SPARSE},
    {.partition = "userdata", .source = BLANK_SPARSE, .is_user_data = true},
    {.partition = "recovery", .source = OF_ROM, .offset = offsetof(struct package, recovery)},
    {.partition = "boot", .source = OF_ROM, .offset = offsetof(struct package, boot)},
};

static_assert(ARRAY_COUNT(image_rows) <= FASTBOOT_IMAGES_MAX, "every image has its place");

/* What the images are made of. */
struct making {
    const struct package *package;
    const struct model *model;
    const char *model_file;
    struct fastboot_images *images;
};

static const struct model_partition *find_partition(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->partition_count; i++) {
        if (strcmp(model->partitions[i].name, name) == 0) {
            return &model->partitions[i];
        }
    }
    return NULL;
}

/* The partition `name`, or its slot a. NULL: the model has neither. */
static const struct model_partition *find_home(const struct model *model, const char *name,
                                               bool *out_has_slots)
{
    char slot_a[MODEL_PARTITION_NAME_SIZE];
    struct text text = text_in(slot_a, sizeof(slot_a));
    const struct model_partition *partition = find_partition(model, name);

    *out_has_slots = partition == NULL;
    if (partition != NULL) {
        return partition;
    }
    text_all(&text, name, "_a");
    return find_partition(model, slot_a);
}

/*
 * A raw image with a footer of verified boot is no good for a large partition: newer clients blow
 * it up to the partition's size, to have the footer at the end, and send all of that.
 */
static bool make_sparse(const struct making *making, size_t row, const struct sparse_spec *spec,
                        struct slice *out_content)
{
    struct span out = {.size = spec->content.size + SPARSE_WRITE_OVERHEAD_BYTES};

    out.data = malloc(out.size);
    if (out.data == NULL) {
        return complain("romc: no memory for the package");
    }
    making->images->sparse[row] = out.data;
    *out_content = slice_of(out.data, sparse_write(spec, out));
    return out_content->size != 0 ||
           complain("%s: partition \"%s\" cannot be written as a sparse image", making->model_file,
                    image_rows[row].partition);
}

static bool make_content(const struct making *making, size_t row, struct slice of_rom,
                         uint64_t partition_bytes, struct slice *out_content)
{
    uint8_t *message = making->images->message;
    struct sparse_spec sparse = {.content = of_rom, .total_bytes = partition_bytes};

    switch (image_rows[row].source) {
    case OF_ROM:
        *out_content = of_rom;
        return true;
    case BLANK_MESSAGE:
        *out_content = slice_of(message, sizeof(making->images->message));
        return true;
    case BLANK_SPARSE:
        sparse.zeroed_bytes = MIN(partition_bytes, BLANK_BYTES);
        return make_sparse(making, row, &sparse, out_content);
    case OF_ROM_SPARSE:
        return make_sparse(making, row, &sparse, out_content);
    }
    return false;
}

/* Is there a partition for the ROM's image, and is it large enough? */
static bool check_home(const struct making *making, const struct image_row *image,
                       const struct model_partition *home, size_t size)
{
    if (home == NULL) {
        return complain("%s: no partition \"%s\", and the ROM has an image for it",
                        making->model_file, image->partition);
    }
    return size <= home->size_bytes ||
           complain("%s: partition \"%s\" has %llu bytes, the ROM's image %zu: make it larger",
                    making->model_file, home->name, (unsigned long long)home->size_bytes, size);
}

static bool add_image(const struct making *making, size_t row)
{
    const struct image_row *image = &image_rows[row];
    struct fastboot_images *images = making->images;
    bool is_of_rom = image->source == OF_ROM || image->source == OF_ROM_SPARSE;
    bool has_slots;
    const struct model_partition *home = find_home(making->model, image->partition, &has_slots);
    struct slice of_rom = {0};

    if (is_of_rom) {
        of_rom = span_slice(*(const struct span *)((const char *)making->package + image->offset));
    }
    if (is_of_rom ? of_rom.size == 0 : home == NULL) {
        return true;
    }
    if (!check_home(making, image, home, of_rom.size) ||
        !make_content(making, row, of_rom, home->size_bytes, &images->contents[images->count])) {
        return false;
    }
    if (image->source != BLANK_SPARSE) {
        images->raw[images->count] = is_of_rom ? of_rom : images->contents[images->count];
    }
    images->list[images->count++] = (struct flash_image){
        .partition = image->partition, .has_slots = has_slots, .is_user_data = image->is_user_data};
    return true;
}

bool fastboot_images_make(const struct package *package, const struct model *model,
                          const char *model_file, struct fastboot_images *images)
{
    const struct making making = {
        .package = package, .model = model, .model_file = model_file, .images = images};

    for (size_t row = 0; row < ARRAY_COUNT(image_rows); row++) {
        if (!add_image(&making, row)) {
            return false;
        }
    }
    return true;
}

void fastboot_images_free(struct fastboot_images *images)
{
    for (size_t i = 0; i < FASTBOOT_IMAGES_MAX; i++) {
        free(images->sparse[i]);
        images->sparse[i] = NULL;
    }
}
