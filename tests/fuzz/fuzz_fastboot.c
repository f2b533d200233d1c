/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes fastboot/tcp.h and the commands behind it: a client's bytes;
 * the next one must be answered.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/fake/fake_fastboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fake_phone_spec spec = {
        .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
    static struct fake_fastboot fastboot;

    if (fastboot.context.phone == NULL) {
        fake_fastboot_make(&spec, &fastboot);
    }
    fake_client_come_silently(&fastboot.client);
    fake_client_bytes(&fastboot.client, data, size < 65536 ? size : 65536);
    fake_client_go(&fastboot.client);
    fake_fastboot_run(&fastboot);
    fake_fastboot_reboot(&fastboot);
    fuzz_assert(strcmp(fake_fastboot_ask(&fastboot, "getvar:product"), "OKAYdipper") == 0);
    fake_client_forget(&fastboot.client);
    return 0;
}
