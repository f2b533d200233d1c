/* SPDX-License-Identifier: MIT */
/* Reading the fuse sector: format/fuses.h. Stage board. */
#include "board/fuses.h"

#include "base/crc32.h"

#include <stddef.h>
#include <string.h>

/*
 * A field that must hold 1 or more printable characters without a space (they go into kernel
 * command lines), then NULs to its end.
 */
static enum err check_word(const uint8_t *field, size_t size)
{
    size_t length = strnlen((const char *)field, size);

    if (length == 0 || length == size ||
        !slice_is_all(slice_of(field + length, size - length), 0)) {
        return E_FUSES_VALUE;
    }
    for (size_t i = 0; i < length; i++) {
        if (field[i] <= ' ' || field[i] > '~') {
            return E_FUSES_VALUE;
        }
    }
    return OK;
}

/* One more than the highest burned fuse, so that a half-burned step counts as done. */
static uint32_t unary_count(const uint8_t *fuses, uint32_t size)
{
    for (uint32_t n = 8 * size; n > 0; n--) {
        uint32_t fuse = n - 1;

        if ((fuses[fuse / 8] >> fuse % 8 & 1) == 0) {
            return n;
        }
    }
    return 0;
}

static enum err check_record(struct slice bytes, const struct fuses_record *record)
{
    if (slice_is_all(bytes, 0xff)) {
        return E_FUSES_BLANK;
    }
    if (memcmp(record->magic, FUSES_MAGIC, sizeof(record->magic)) != 0) {
        return E_FUSES_MAGIC;
    }
    if (le32(record->version) != FUSES_VERSION) {
        return E_FUSES_VERSION;
    }
    if (le32(record->crc32) != crc32(slice_of(record, offsetof(struct fuses_record, crc32)))) {
        return E_FUSES_CRC;
    }
    if (!slice_is_all(slice_of(record->reserved, sizeof(record->reserved)), 0)) {
        return E_FUSES_VALUE;
    }
    TRY(check_word(record->codename, sizeof(record->codename)));
    TRY(check_word(record->region, sizeof(record->region)));
    return check_word(record->serial, sizeof(record->serial));
}

enum err fuses_decode(struct slice sector, struct fuses *out_fuses)
{
    struct fuses_record record;
    struct slice bytes;
    enum region region;

    TRY(slice_sub(sector, 0, sizeof(record), &bytes));
    memcpy(&record, bytes.data, sizeof(record));
    TRY(check_record(bytes, &record));
    region = region_from_name((const char *)record.region, sizeof(record.region));
    if (region == REGION_UNKNOWN) {
        return E_FUSES_VALUE;
    }
    out_fuses->region = region;
    memcpy(out_fuses->codename, record.codename, sizeof(record.codename));
    memcpy(out_fuses->serial, record.serial, sizeof(record.serial));
    memcpy(out_fuses->root_key_sha256, record.root_key_sha256, sizeof(record.root_key_sha256));
    out_fuses->rollback_index = unary_count(record.rollback, sizeof(record.rollback));
    out_fuses->lock_changes = unary_count(record.lock_changes, sizeof(record.lock_changes));
    return OK;
}
