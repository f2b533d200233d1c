/* SPDX-License-Identifier: MIT */
/*
 * Stage verify, the images: boot goes to where it runs and is hashed on the way, once.
 *
 * The image is read from front to back in pieces of whole blocks. A piece that lies inside kernel
 * or ramdisk goes straight to its room; what is left (header, padding, other sections, blocks that
 * two sections share) goes through the scratch area, from where the bytes of a section are copied.
 * While a piece is taken, the next is being read.
 */
#include "verify/verify.h"

#include "iface/block.h"

#include <string.h>

#define PIECE_BYTES        0x100000
/* More than the largest page: the first piece has the header and how the kernel begins. */
#define SCRATCH_HALF_BYTES 0x8000

/* A section that is kept: where it lies in the image, and where it goes. */
struct section {
    uint64_t offset;
    uint64_t length;
    uint8_t *to;
};

enum {
    SECTION_KERNEL,
    SECTION_RAMDISK,
    SECTION_COUNT
};

/* Bytes of the image on their way; `in_place` when they are where they run. */
struct piece {
    uint64_t offset;
    struct span bytes;
    bool in_place;
};

struct loader {
    const struct partition *boot;
    uint64_t total_bytes; /* read and hashed; the last block may reach beyond it */
    uint64_t block_bytes;
    struct section sections[SECTION_COUNT];
    uint8_t *scratch; /* two halves, taken in turns */
    unsigned turn;
    struct progress *progress;
    bool hashing;
    struct digest digest;
};

static uint64_t block_down(const struct loader *loader, uint64_t offset)
{
    return offset - offset % loader->block_bytes;
}

/* Inside a partition that ends on a block: cannot wrap. */
static uint64_t block_up(const struct loader *loader, uint64_t offset)
{
    return block_down(loader, offset + loader->block_bytes - 1);
}

/* The piece that begins at `offset`, a block boundary before the end of the image. */
static struct piece piece_at(struct loader *loader, uint64_t offset)
{
    uint64_t end = block_up(loader, loader->total_bytes);

    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const struct section *section = &loader->sections[i];
        uint64_t direct_start = block_up(loader, section->offset);
        uint64_t direct_end = block_down(loader, section->offset + section->length);

        if (direct_start >= direct_end || offset >= direct_end) {
            continue;
        }
        if (offset >= direct_start) {
            return (struct piece){
                .offset = offset,
                .bytes = {.data = section->to + (offset - section->offset),
                          .size = (size_t)MIN(direct_end - offset, PIECE_BYTES)},
                .in_place = true,
            };
        }
        end = MIN(end, direct_start);
    }
    loader->turn ^= 1;
    return (struct piece){
        .offset = offset,
        .bytes = {.data = loader->scratch + loader->turn * SCRATCH_HALF_BYTES,
                  .size = (size_t)MIN(end - offset, SCRATCH_HALF_BYTES)},
    };
}

/* Copies the bytes of `section` that are in `piece` to their room. */
static void copy_out(const struct section *section, const struct piece *piece)
{
    uint64_t piece_end = piece->offset + piece->bytes.size;
    uint64_t start = section->offset > piece->offset ? section->offset : piece->offset;
    uint64_t end = MIN(section->offset + section->length, piece_end);

    if (start < end) {
        memcpy(section->to + (start - section->offset), piece->bytes.data + (start - piece->offset),
               (size_t)(end - start));
    }
}

static void take(struct loader *loader, const struct piece *piece)
{
    if (loader->hashing) {
        uint64_t rest = loader->total_bytes - piece->offset;

        digest_update(&loader->digest,
                      slice_of(piece->bytes.data, (size_t)MIN(rest, piece->bytes.size)));
    }
    for (size_t i = 0; i < SECTION_COUNT && !piece->in_place; i++) {
        copy_out(&loader->sections[i], piece);
    }
}

/* `first` has been read; reads and takes the rest of the image. */
static enum err load(struct loader *loader, struct piece first)
{
    struct piece piece = first;
    uint64_t next_offset = first.offset + first.bytes.size;

    while (next_offset < loader->total_bytes) {
        struct piece next = piece_at(loader, next_offset);

        TRY(partition_read_begin(loader->boot, next.offset, next.bytes));
        take(loader, &piece);
        TRY(partition_read_wait(loader->boot));
        if (!progress_goes_on(loader->progress, next_offset, loader->total_bytes)) {
            return E_BOOT_IMAGE_STOPPED;
        }
        piece = next;
        next_offset = next.offset + next.bytes.size;
    }
    take(loader, &piece);
    return OK;
}

static bool is_good(const struct verified *verified)
{
    return verified->verdict == VERDICT_AUTHENTIC || verified->verdict == VERDICT_USER_KEY;
}

/* Nothing can be loaded. */
static void find_damaged(struct verified *verified, enum err why)
{
    verified->verdict = is_good(verified) ? VERDICT_BAD_HASH : VERDICT_NO_ROM;
    verified->why = why;
}

/*
 * The disk failed: what the claims said does not stand any more,
 * should a caller pass over the error.
 */
static enum err give_up(struct verified *verified, enum err err)
{
    verified->verdict = VERDICT_NO_ROM;
    verified->why = err;
    return err;
}

static enum err check_room(const struct boot_image *image, const struct verify_room *room)
{
    bool fits =
        image->kernel_bytes <= room->kernel.size && image->ramdisk_bytes <= room->ramdisk.size;

    return fits ? OK : E_BOOT_IMAGE_RANGE;
}

/* The image is loaded; compares it with the claim. */
static void set_verdict(struct loader *loader, const struct verified_image *claim,
                        struct verified *verified)
{
    if (!claim->present) {
        verify_degrade(verified, VERDICT_BAD_HASH, E_VBMETA_DESCRIPTOR);
        return;
    }
    if (claim->unsupported) {
        verify_degrade(verified, VERDICT_UNSUPPORTED, E_VBMETA_UNSUPPORTED);
        return;
    }
    if (loader->hashing &&
        digest_is(&loader->digest, slice_of(claim->digest, hash_bytes(loader->digest.hash)))) {
        return;
    }
    if (is_good(verified) || verified->verdict == VERDICT_WRONG_KEY) {
        verified->verdict = VERDICT_BAD_HASH;
        verified->why = E_VBMETA_HASH;
    }
}

/* Inside the partition, as boot_image_parse found: cannot wrap. */
static uint64_t end_of_sections(const struct boot_image *image)
{
    uint64_t kernel_end = image->kernel_offset + image->kernel_bytes;
    uint64_t ramdisk_end = image->ramdisk_offset + image->ramdisk_bytes;

    return image->ramdisk_bytes != 0 && ramdisk_end > kernel_end ? ramdisk_end : kernel_end;
}

static struct loader loader_for(const struct partition *boot, const struct boot_image *image,
                                const struct verify_room *room, const struct verified_image *claim)
{
    /*
     * AVB signs so many bytes of the partition, whatever the header inside tells of: they may be
     * more, or fewer where the last page is cut short. Both sections have to be among them.
     */
    bool hashing = claim->present && !claim->unsupported &&
                   claim->size_bytes >= end_of_sections(image) &&
                   claim->size_bytes <= boot->size_bytes;

    return (struct loader){
        .boot = boot,
        .total_bytes = hashing ? claim->size_bytes : image->total_bytes,
        .block_bytes = boot->disk->block_bytes,
        .sections = {{image->kernel_offset, image->kernel_bytes,
                      room->kernel.data + boot_image_kernel_place(image, room->kernel.size)},
                     {image->ramdisk_offset, image->ramdisk_bytes, room->ramdisk.data}},
        .scratch = room->scratch.data,
        .progress = room->progress,
        .hashing = hashing,
        .digest = claim->salted,
    };
}

/* Reads the first piece of the image, which has the header and how the kernel begins. */
static enum err read_first(const struct partition *boot, const struct verify_room *room,
                           struct piece *out_first)
{
    struct piece first = {.bytes = {.data = room->scratch.data}};

    if (room->scratch.size < 2 * SCRATCH_HALF_BYTES ||
        SCRATCH_HALF_BYTES % boot->disk->block_bytes != 0) {
        return E_SLICE_RANGE;
    }
    first.bytes.size = (size_t)MIN(SCRATCH_HALF_BYTES, boot->size_bytes);
    TRY(partition_read(boot, 0, first.bytes));
    *out_first = first;
    return OK;
}

static bool is_blank(struct slice bytes)
{
    return slice_is_all(bytes, 0x00) || slice_is_all(bytes, 0xff);
}

/* What the first piece says; it holds more than a page. */
static enum packing packing_in(const struct piece *first, const struct boot_image *image)
{
    struct slice kernel = {0};

    if (image->kernel_offset < first->bytes.size) {
        kernel =
            slice_of(first->bytes.data + image->kernel_offset,
                     (size_t)MIN(image->kernel_bytes, first->bytes.size - image->kernel_offset));
    }
    return boot_image_packing(kernel);
}

static enum err load_start(const struct partition *boot, const struct verify_room *room,
                           const struct verified_image *claim, struct verified *verified,
                           struct boot_image *out_image)
{
    struct boot_image image;
    struct loader loader;
    struct piece first;
    enum err err;

    TRY(read_first(boot, room, &first));
    if (is_blank(span_slice(first.bytes))) {
        verified->verdict = VERDICT_NO_ROM;
        verified->why = E_BOOT_IMAGE_MAGIC;
        return OK;
    }
    err = boot_image_parse(span_slice(first.bytes), boot->size_bytes, &image);
    if (err == OK) {
        err = check_room(&image, room);
    }
    if (err != OK) {
        find_damaged(verified, err);
        return OK;
    }
    image.packing = packing_in(&first, &image);
    loader = loader_for(boot, &image, room, claim);
    TRY(load(&loader, first));
    set_verdict(&loader, claim, verified);
    *out_image = image;
    return OK;
}

static enum err check_dtbo(const struct verify_parts *parts, const struct verify_room *room,
                           struct verified *verified)
{
    const struct verified_image *claim = &verified->images[PART_DTBO];
    enum err err = OK;

    if (claim->present) {
        err = verify_hash(&parts->list[PART_DTBO], claim, room->scratch, room->progress);
    }
    if (err == E_VBMETA_HASH || err == E_VBMETA_UNSUPPORTED) {
        verify_degrade(verified, err == E_VBMETA_HASH ? VERDICT_BAD_HASH : VERDICT_UNSUPPORTED,
                       err);
        return OK;
    }
    return err;
}

enum err verify_images(const struct verify_parts *parts, enum part start,
                       const struct verify_room *room, struct verified *verified,
                       struct boot_image *out_image)
{
    const struct partition *boot = &parts->list[start];
    enum err err;

    *out_image = (struct boot_image){.kernel_bytes = 0};
    if (boot->size_bytes == 0) {
        verified->verdict = VERDICT_NO_ROM;
        verified->why = E_GPT_NOT_FOUND;
        return OK;
    }
    err = load_start(boot, room, &verified->images[start], verified, out_image);
    /* Installing a ROM may stop anywhere, and then only the recovery helps: it needs no dtbo. */
    if (err == OK && start == PART_BOOT) {
        err = check_dtbo(parts, room, verified);
    }
    return err == OK || err == E_BOOT_IMAGE_STOPPED ? err : give_up(verified, err);
}
