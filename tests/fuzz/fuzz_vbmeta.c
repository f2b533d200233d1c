/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes verify/vbmeta.h: the parts, the signature, and the descriptors behind it, signed or not.
 */
#include "tests/fuzz/fuzz.h"

#include "verify/vbmeta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verified verified = {.verdict = VERDICT_UNKNOWN};
    struct vbmeta vbmeta;

    if (vbmeta_parse(slice_of(data, size), &vbmeta) == OK) {
        (void)!vbmeta_check_signature(&vbmeta);
        (void)!vbmeta_read_descriptors(&vbmeta, PART_VBMETA, &verified);
        fuzz_assert(strnlen(verified.rom_version, sizeof verified.rom_version) <
                    sizeof verified.rom_version);
        fuzz_assert(verified.system.salt_bytes <= VERIFIED_SALT_BYTES);
        fuzz_assert(verified.verdict == VERDICT_UNKNOWN);
    }
    return 0;
}
