/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes fastboot/crc_list.h through the command that brings one: the first byte says which list
 * the rest is. What is kept has names with an end, and a refused list leaves those that were there.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/fake/fake_fastboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fake_phone_spec spec = {
        .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
    static struct fake_fastboot fastboot;
    const struct crc_lists *lists = &fastboot.session.crc_lists;
    struct crc_lists before;
    bool sparse = size != 0 && data[0] % 2 != 0;

    if (fastboot.context.phone == NULL) {
        fake_fastboot_make(&spec, &fastboot);
    }
    if (size < 2 || size > 4096) {
        return 0;
    }
    before = *lists;
    if (memcmp(fake_fastboot_ask_with(&fastboot, slice_of(data + 1, size - 1),
                                      sparse ? "flash:sparsecrclist" : "flash:crclist"),
               "OKAY", 4) != 0) {
        fuzz_assert(memcmp(&before, lists, sizeof before) == 0);
    }
    fuzz_assert(lists->count <= CRC_LIST_ENTRIES_MAX);
    for (size_t i = 0; i < lists->count; i++) {
        size_t length = strnlen(lists->entries[i].name, sizeof lists->entries[i].name);

        fuzz_assert(length != 0 && length < sizeof lists->entries[i].name);
    }
    fake_client_forget(&fastboot.client);
    return 0;
}
