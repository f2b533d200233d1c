/* SPDX-License-Identifier: MIT */
/* Packages on a fake phone: the recovery's own code. */
#include "tests/fake/life_packages.h"

#include "recovery/install.h"
#include "rom-images/package/recovery_zip.h"
#include "storage/partition_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "life packages: %s\n", what);
        exit(1);
    }
}

/* The recovery: its own code, onto the disk that is recorded. */

static struct span zip;
static struct life *the_life; /* whose recovery installs */

static bool read_zip(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    uint64_t start = index * RECOVERY_ZIP_BLOCK_BYTES;
    uint64_t left = zip.size - start;

    memcpy(out, zip.data + start,
           left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES);
    return true;
}

static void no_blocks(void *context, uint64_t done_blocks, uint64_t all_blocks)
{
}

static void no_percent(void *context, unsigned percent)
{
}

static bool on_begin(void *context, const struct recovery_metadata *metadata)
{
    return true;
}

static bool on_size(void *context, const char *name, uint64_t *out_bytes)
{
    struct partition partition;

    if (gpt_find(&the_life->desk->flow.gpt, name, &partition) != OK) {
        return false;
    }
    *out_bytes = partition.size_bytes;
    return true;
}

static bool on_write(void *context, const char *name, uint64_t offset, struct slice bytes)
{
    uint8_t block[SECTOR];
    struct partition_edge edge = {.block = {block, sizeof block}};
    struct partition partition;

    return gpt_find(&the_life->desk->flow.gpt, name, &partition) == OK &&
           partition_write_part(&partition, offset, bytes, &edge) == OK &&
           partition_write_edge(&partition, &edge) == OK;
}

static bool on_finish(void *context, const char *name)
{
    struct partition partition;

    return gpt_find(&the_life->desk->flow.gpt, name, &partition) == OK &&
           partition_flush(&partition) == OK;
}

static void make_zip(enum life_rom rom, enum life_flaw flaw)
{
    const struct fake_rom *images = &the_life->roms[rom].rom;
    char metadata[256];
    int size =
        snprintf(metadata, sizeof metadata,
                 "ota-type=BLOCK\npre-device=%s\nflashlab-version=V9\n"
                 "flashlab-region=%s\nflashlab-date=20180905\nflashlab-rollback-index=%u\n",
                 flaw == LIFE_FLAW_ELSEWHERE ? "vince" : "whyred",
                 rom == LIFE_ABROAD ? "global" : "cn",
                 (unsigned)the_life->desk->phone.model.rollback_index + (rom == LIFE_NEW ? 1 : 0));
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(metadata, (size_t)size)},
        {"boot.img", span_slice(images->boot)},
        {"vbmeta.img", span_slice(images->vbmeta)},
    };

    need(recovery_zip_make(files, ARRAY_COUNT(files),
                           rom == LIFE_FORGED ? fake_other_key() : fake_root_key(), &zip),
         "no package");
    zip.data[zip.size / 2] ^= flaw == LIFE_FLAW_DAMAGED ? 1 : 0;
}

bool life_sideload(struct life *life, enum life_rom rom, enum life_flaw flaw)
{
    const struct recovery_reader source = {
        .size_bytes = 0, .read = read_zip, .progress = no_blocks};
    const struct recovery_target target = {.size = on_size,
                                           .write = on_write,
                                           .finish = on_finish,
                                           .begin = on_begin,
                                           .progress = no_percent};
    const struct recovery_phone phone = {
        .product = "whyred",
        .region = "cn",
        .region_held = !life->desk->flow.state.unlocked,
        .rollback_index = life->desk->flow.board.rollback_index,
    };
    const struct signing_key *key = fake_root_key();
    struct recovery_reader whole = source;
    struct recovery_package package;
    enum recovery_fault fault;

    the_life = life;
    make_zip(rom, flaw);
    whole.size_bytes = zip.size;
    fault =
        recovery_package_check(&package, &whole, slice_of(key->public_key, sizeof key->public_key));
    if (fault == FAULT_NONE) {
        fault = recovery_install(&package, &phone, &target);
        recovery_package_free(&package);
    }
    free(zip.data);
    return fault == FAULT_NONE;
}
