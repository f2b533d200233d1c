/* SPDX-License-Identifier: MIT */
/* Fuzzes what a client of usbredir sends to the bridge. */
#include "tests/fuzz/fuzz_usb_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_usb_client(&redir_front, data, size);
    return 0;
}
