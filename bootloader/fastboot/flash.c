/* SPDX-License-Identifier: MIT */
/*
 * From the download buffer to a partition: raw, or a sparse image's pieces. Nothing is written
 * before everything is known to fit. Stage fastboot.
 */
#include "fastboot/flash.h"

#include "fastboot/boot_image_check.h"
#include "fastboot/dry_run.h"
#include "fastboot/rollback_check.h"
#include "fastboot/slot_commands.h"
#include "fastboot/sparse.h"
#include "iface/block.h"
#include "storage/partition_write.h"

#include <string.h>

#define PIECE_BYTES (4u << 20) /* between two looks at the clock */
#define ALONE_US    10000000   /* so long a flash goes on that nobody waits for */

struct writing {
    struct session *session;
    struct partition partition;
    struct partition_edge edge;
    char title[64];
    uint64_t total_bytes;
    uint64_t alone_at_us; /* the client was seen to be gone; 0: it is there */
};

enum err flash_find(const struct fastboot_context *context, const char *name,
                    struct partition *out_partition)
{
    char chars[GPT_NAME_BYTES];
    struct text text = text_in(chars, sizeof chars);

    if (context->gpt == NULL) {
        return E_GPT_NOT_FOUND;
    }
    if (gpt_find(context->gpt, name, out_partition) == OK) {
        return OK;
    }
    if (context->board->slot_count == 0) {
        return E_GPT_NOT_FOUND;
    }
    text_all(&text, name, "_");
    text_char(&text, slot_current(context));
    return text.full ? E_GPT_NOT_FOUND : gpt_find(context->gpt, chars, out_partition);
}

static bool find(struct session *session, const char *name, const char *verb,
                 struct writing *out_writing)
{
    struct text title = text_in(out_writing->title, sizeof out_writing->title);

    out_writing->session = session;
    text_all(&title, verb, name);
    if (session->context->gpt == NULL) {
        session_fail(session, "the disk has no usable partition table");
        return false;
    }
    if (flash_find(session->context, name, &out_writing->partition) != OK) {
        session_fail(session, "no such partition on this phone");
        return false;
    }
    return true;
}

/* The last bytes of the scratch memory: for the blocks that an image covers only in part. */
static struct span edge_block(const struct writing *writing)
{
    struct span scratch = writing->session->context->phone->scratch;
    uint32_t unit = writing->partition.disk->block_bytes;

    return (struct span){scratch.data + scratch.size - unit, unit};
}

/*
 * So far it is written. A cable that is pulled does no harm: what has come is written to its end -
 * unless that takes so long that the next client would take the phone for a dead one.
 */
static enum err wrote(struct writing *writing, uint64_t end_bytes)
{
    struct wire *wire = writing->session->wire;
    struct power *power = writing->session->context->phone->power;

    session_progress(writing->session, writing->title, end_bytes, writing->total_bytes);
    if (!wire->ops->gone(wire)) {
        return OK;
    }
    if (writing->alone_at_us == 0) {
        writing->alone_at_us = power->ops->now_us(power);
    }
    return power->ops->now_us(power) - writing->alone_at_us > ALONE_US ? E_LINK_CLOSED : OK;
}

/* Writes a run of bytes in pieces that keep the progress moving. */
static enum err write_run(struct writing *writing, uint64_t offset_bytes, struct slice bytes)
{
    while (bytes.size != 0) {
        size_t now = MIN(bytes.size, PIECE_BYTES);

        TRY(partition_write_part(&writing->partition, offset_bytes, slice_of(bytes.data, now),
                                 &writing->edge));
        bytes = slice_of(bytes.data + now, bytes.size - now);
        offset_bytes += now;
        TRY(wrote(writing, offset_bytes));
    }
    return OK;
}

/* A pattern of four bytes: from a piece of memory that is full of it. */
static enum err write_fill(struct writing *writing, const struct sparse_piece *piece)
{
    uint32_t unit = writing->partition.disk->block_bytes;
    struct span pattern = writing->session->context->phone->scratch;
    uint64_t done = 0;

    if (slice_is_all(slice_of(piece->fill, sizeof piece->fill), 0) &&
        piece->offset_bytes % unit == 0 && piece->length_bytes % unit == 0) {
        TRY(partition_zero(&writing->partition, piece->offset_bytes, piece->length_bytes));
        return wrote(writing, piece->offset_bytes + piece->length_bytes);
    }
    pattern.size -= unit; /* the edge's */
    pattern.size = MIN(pattern.size, PIECE_BYTES);
    pattern.size -= pattern.size % unit;
    if (pattern.size > piece->length_bytes) {
        pattern.size = (size_t)piece->length_bytes;
    }
    for (size_t i = 0; i < pattern.size; i += sizeof piece->fill) {
        memcpy(pattern.data + i, piece->fill, sizeof piece->fill);
    }
    while (done < piece->length_bytes) {
        uint64_t left = piece->length_bytes - done;
        size_t now = left < pattern.size ? (size_t)left : pattern.size;

        TRY(write_run(writing, piece->offset_bytes + done, slice_of(pattern.data, now)));
        done += now;
    }
    return OK;
}

static enum err write_sparse(struct writing *writing, struct slice image)
{
    struct sparse sparse;
    struct sparse_piece piece;

    TRY(sparse_open(image, writing->partition.size_bytes, &sparse));
    writing->total_bytes = sparse.total_bytes;
    while (sparse_next(&sparse, &piece)) {
        switch (piece.kind) {
        case SPARSE_KIND_DATA:
            TRY(write_run(writing, piece.offset_bytes, piece.data));
            break;
        case SPARSE_KIND_FILL:
            TRY(write_fill(writing, &piece));
            break;
        case SPARSE_KIND_SKIP:
            break;
        }
    }
    return OK;
}

/* The last block is filled up with zeros: there is room behind a download for that. */
static enum err write_raw(struct writing *writing, struct span image)
{
    uint32_t unit = writing->partition.disk->block_bytes;
    size_t room = writing->session->context->phone->download.size;
    uint64_t padded;

    if (image.size > writing->partition.size_bytes || !round_up_u64(image.size, unit, &padded) ||
        padded > room) {
        return E_BLOCK_RANGE;
    }
    memset(image.data + image.size, 0, (size_t)padded - image.size);
    writing->total_bytes = padded;
    return write_run(writing, 0, slice_of(image.data, (size_t)padded));
}

static enum err write_image(struct writing *writing, struct span image)
{
    session_progress(writing->session, writing->title, 0, 1);
    writing->edge.block = edge_block(writing);
    TRY(sparse_is(span_slice(image)) ? write_sparse(writing, span_slice(image))
                                     : write_raw(writing, image));
    TRY(partition_write_edge(&writing->partition, &writing->edge));
    return partition_flush(&writing->partition);
}

static const struct {
    enum err err;
    const char *words;
} failures[] = {
    {E_BLOCK_RANGE, "the image is larger than the partition"},
    {E_SPARSE_SPACE, "the image is larger than the partition"},
    {E_SPARSE_HEADER, "a damaged sparse image"},
    {E_SPARSE_CHUNK, "a damaged sparse image"},
    {E_SPARSE_RANGE, "a damaged sparse image"},
    {E_BLOCK_READ_ONLY, "the disk cannot be written"},
    {E_LINK_CLOSED, "the client went, and the rest would take too long"},
};

static void fail(struct session *session, enum err err)
{
    for (size_t i = 0; i < ARRAY_COUNT(failures); i++) {
        if (failures[i].err == err) {
            session_fail_err(session, failures[i].words, err);
            return;
        }
    }
    session_fail_err(session, "the disk failed", err);
}

/*
 * Scripts of 2018 flash 8 KiB of zeros there before all else. Nobody outside knows what the real
 * phone made of them; here they are taken, and change nothing.
 */
void flash_run_antirbpass(struct session *session, const char *argument)
{
    if ((session->context->board->protections & PROTECTION_ANTI_ROLLBACK) == 0) {
        session_fail(session, "no such partition on this phone");
        return;
    }
    session_okay(session, "");
}

static void show_check(void *context, uint64_t done, uint64_t total)
{
    session_progress(context, "Checking the image", done, total);
}

void flash_run(struct session *session, const char *argument)
{
    struct writing writing = {0};
    struct span image = session->download;
    char chars[FASTBOOT_REPLY_BYTES_MAX];
    const char *refusal;
    enum err err;

    if (!find(session, argument, "Writing ", &writing)) {
        return;
    }
    if (image.size == 0) {
        session_fail(session, "no image was downloaded");
        return;
    }
    refusal =
        crc_list_refusal(&session->crc_lists, argument, span_slice(image), show_check, session);
    if (refusal != NULL) {
        session_progress_end(session);
        session_fail(session, refusal);
        return;
    }
    if (boot_image_check_refuses(argument, span_slice(image), chars, sizeof chars) ||
        rollback_check_refuses(session->context, argument, &writing.partition, span_slice(image),
                               chars, sizeof chars)) {
        session_fail(session, chars);
        return;
    }
    err = write_image(&writing, image);
    session_progress_end(session);
    if (err != OK) {
        fail(session, err);
        return;
    }
    dry_run_info_next_start(session, argument);
    session_okay(session, "");
}

void flash_run_erase(struct session *session, const char *argument)
{
    struct writing writing = {0};
    const char *refusal = crc_list_refusal_after(&session->crc_lists);
    enum err err;

    if (refusal != NULL) {
        session_fail(session, refusal);
        return;
    }
    if (!find(session, argument, "Erasing ", &writing)) {
        return;
    }
    session_progress(session, writing.title, 0, 1);
    err = partition_zero(&writing.partition, 0, writing.partition.size_bytes);
    if (err == OK) {
        err = partition_flush(&writing.partition);
    }
    session_progress_end(session);
    if (err != OK) {
        fail(session, err);
        return;
    }
    dry_run_info_next_start(session, argument);
    session_okay(session, "");
}

static void take_crc_list(struct session *session, bool sparse)
{
    const char *refusal = crc_list_take(&session->crc_lists, span_slice(session->download), sparse);

    if (refusal != NULL) {
        session_fail(session, refusal);
    } else {
        session_okay(session, "");
    }
}

void flash_run_crc_list(struct session *session, const char *argument)
{
    take_crc_list(session, false);
}

void flash_run_sparse_crc_list(struct session *session, const char *argument)
{
    take_crc_list(session, true);
}
