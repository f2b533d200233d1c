/* SPDX-License-Identifier: MIT */
/* The NOR of one phone as it leaves the factory. Host tools only. */
#include "board/nor_write.h"

#include "base/crc32.h"
#include "base/sha256.h"
#include "board/overlay_write.h"
#include "format/fuses.h"
#include "format/nor_map.h"
#include "format/state_record.h"
#include "format/vbmeta.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static_assert(NOR_STATE_B_OFFSET + NOR_STATE_BYTES == NOR_WRITE_BYTES,
              "the second state sector is the last that the firmware uses");

bool nor_serial_is_good(const char *serial)
{
    static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t length = strlen(serial);

    return length >= 1 && length < FUSES_SERIAL_BYTES && strspn(serial, allowed) == length;
}

bool nor_root_key_is_good(struct slice key)
{
    static const uint32_t sizes_bits[] = {2048, 4096, 8192};

    for (size_t i = 0; i < ARRAY_COUNT(sizes_bits); i++) {
        if (key.size == sizeof(struct vbmeta_public_key) + 2 * sizes_bits[i] / 8 &&
            be32(key.data) == sizes_bits[i]) {
            return true;
        }
    }
    return false;
}

/* Burns the first `index` fuses: ones become zeros. */
static void burn_rollback(uint8_t fuses[FUSES_ROLLBACK_BYTES], uint32_t index)
{
    memset(fuses, 0xff, FUSES_ROLLBACK_BYTES);
    for (uint32_t fuse = 0; fuse < index; fuse++) {
        fuses[fuse / 8] &= (uint8_t) ~(1u << fuse % 8);
    }
}

static void write_fuses(const struct nor_spec *spec, uint8_t *sector)
{
    struct fuses_record record = {0};

    memcpy(record.magic, FUSES_MAGIC, sizeof(record.magic));
    put_le32(record.version, FUSES_VERSION);
    memcpy(record.codename, spec->model->codename, strlen(spec->model->codename));
    memcpy(record.region, region_name(spec->region), strlen(region_name(spec->region)));
    memcpy(record.serial, spec->serial, strlen(spec->serial));
    sha256_digest(spec->root_key, record.root_key_sha256);
    put_le32(record.crc32, crc32(slice_of(&record, offsetof(struct fuses_record, crc32))));
    burn_rollback(record.rollback, spec->rollback_index);
    memset(record.lock_changes, 0xff, sizeof(record.lock_changes));
    memcpy(sector, &record, sizeof(record));
}

/*
 * A phone that comes unlocked was allowed to be; one that comes locked must ask for a token first.
 */
static void write_state(const struct nor_spec *spec, uint8_t *half)
{
    struct state_record record = {0};

    memcpy(record.magic, STATE_MAGIC, sizeof(record.magic));
    put_le32(record.version, STATE_VERSION);
    put_le32(record.lock, spec->unlocked ? STATE_FLAG_UNLOCKED : STATE_FLAG_LOCKED);
    put_le32(record.unlock_ability, spec->unlocked ? 1 : 0);
    put_le64(record.sequence, 1);
    put_le32(record.crc32, crc32(slice_of(&record, offsetof(struct state_record, crc32))));
    memcpy(half, &record, sizeof(record));
}

bool nor_write(const struct nor_spec *spec, uint8_t out[NOR_WRITE_BYTES])
{
    struct span overlay = {.data = out + NOR_OVERLAY_OFFSET, .size = NOR_OVERLAY_BYTES};
    size_t overlay_size;

    if (spec->firmware.size > NOR_FIRMWARE_BYTES || !nor_serial_is_good(spec->serial) ||
        !nor_root_key_is_good(spec->root_key) || model_number(spec->model, spec->region) == NULL ||
        spec->rollback_index > 8 * FUSES_ROLLBACK_BYTES) {
        return false;
    }
    memset(out, 0xff, NOR_WRITE_BYTES);
    if (!overlay_write(spec->model, spec->regime, overlay, &overlay_size)) {
        return false;
    }
    /* The writer used the rest of the sector as room to work in. */
    memset(overlay.data + overlay_size, 0xff, overlay.size - overlay_size);
    if (spec->firmware.size != 0) {
        memcpy(out + NOR_FIRMWARE_OFFSET, spec->firmware.data, spec->firmware.size);
    }
    write_fuses(spec, out + NOR_FUSES_OFFSET);
    write_state(spec, out + NOR_STATE_A_OFFSET);
    return true;
}
