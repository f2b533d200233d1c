/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes verify/verify.h's claims behind the check of signatures, which the linker replaces by one
 * that always succeeds. Input: the first image's length in 2 bytes, that image,
 * the chained partition.
 */
#include "tests/fuzz/fuzz.h"

#include "storage/memory_block.h"
#include "verify/vbmeta.h"
#include "verify/verify.h"

enum err __wrap_vbmeta_check_signature(const struct vbmeta *vbmeta);

enum err __wrap_vbmeta_check_signature(const struct vbmeta *vbmeta)
{
    return OK;
}

static struct partition whole(struct memory_block *memory, const uint8_t *data, size_t size)
{
    memory_block_init(memory, slice_of(data, size));
    return (struct partition){.disk = &memory->block, .size_bytes = (size + 511) / 512 * 512};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t no_key[SHA256_BYTES];
    static uint8_t scratch[65536];
    struct memory_block memory[2];
    struct verify_parts parts = {{{0}}};
    struct verify_trust trust = {no_key, no_key, size % 2 != 0, false};
    struct span room = {scratch, sizeof scratch};
    struct verified v;
    size_t first;

    if (size < 2) {
        return 0;
    }
    first = le16(data) < size - 2 ? le16(data) : size - 2;
    parts.list[PART_VBMETA] = whole(&memory[0], data + 2, first);
    parts.list[PART_BOOT] = whole(&memory[1], data + 2 + first, size - 2 - first);
    parts.list[PART_VBMETA_SYSTEM] = parts.list[PART_SYSTEM] = parts.list[PART_BOOT];
    fuzz_assert(verify_claims(&parts, PART_BOOT, &trust, room, &v) == OK);
    fuzz_assert(v.verdict == VERDICT_WRONG_KEY || v.verdict == VERDICT_BAD_SIGNATURE ||
                v.verdict == VERDICT_UNSUPPORTED);
    fuzz_assert(strnlen(v.cmdline, sizeof v.cmdline) < sizeof v.cmdline && !v.chained[0].present);
    fuzz_assert(!v.system.present || v.system.tree_offset >= v.system.image_bytes);
    (void)!verify_system_block(&parts.list[PART_SYSTEM], &v.system, first, room);
    return 0;
}
