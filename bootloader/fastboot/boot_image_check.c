/* SPDX-License-Identifier: MIT */
/* Boot images that are too new. Stage fastboot. */
#include "fastboot/boot_image_check.h"

#include "base/text.h"
#include "fastboot/slot_commands.h"
#include "fastboot/sparse.h"
#include "verify/boot_image.h"

/* Where the image begins: in a sparse one in its first piece. */
static struct slice beginning_of(struct slice image)
{
    struct sparse sparse;
    struct sparse_piece piece;

    if (!sparse_is(image)) {
        return image;
    }
    if (sparse_open(image, UINT64_MAX, &sparse) == OK && sparse_next(&sparse, &piece) &&
        piece.kind == SPARSE_KIND_DATA && piece.offset_bytes == 0) {
        return piece.data;
    }
    return slice_of(NULL, 0);
}

bool boot_image_check_refuses(const char *name, struct slice image, char *out_words,
                              size_t words_size)
{
    struct text words = text_in(out_words, words_size);
    uint32_t version;

    if ((name != NULL && !slot_names_part(name, PART_BOOT) &&
         !slot_names_part(name, PART_RECOVERY)) ||
        !boot_image_is_newer(beginning_of(image), &version)) {
        return false;
    }
    text_str(&words, "a boot image of header version ");
    text_u64(&words, version);
    text_str(&words, ": this phone starts versions 0 to 2");
    return true;
}
