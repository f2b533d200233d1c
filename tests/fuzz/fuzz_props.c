/* SPDX-License-Identifier: MIT */
/* Fuzzes props.h and modules.h of the userland: the input is a ROM's file. */
#include "tests/fuzz/fuzz.h"

#include "modules.h"
#include "props.h"

static void check(const struct props *props)
{
    fuzz_assert(props->count <= PROPS_MAX);
    for (size_t i = 0; i < props->count; i++) {
        const struct prop *prop = &props->list[i];

        fuzz_assert(strnlen(prop->key, PROP_KEY_BYTES) < PROP_KEY_BYTES && prop->key[0] != '\0');
        fuzz_assert(strnlen(prop->value, PROP_VALUE_BYTES) < PROP_VALUE_BYTES);
        for (const char *c = prop->value; *c != '\0'; c++) {
            fuzz_assert((unsigned char)*c >= ' ' && *c != 0x7f);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct props props;
    static struct modules modules;

    memset(&props, 0, sizeof props);
    props_read_cmdline(&props, (const char *)data, size / 2);
    props_read_file(&props, (const char *)data + size / 2, size - size / 2);
    props_derive(&props);
    props_sort(&props);
    check(&props);
    modules_parse(&modules, (const char *)data, size);
    fuzz_assert(modules.count <= MODULES_MAX);
    for (size_t i = 0; i < modules.count; i++) {
        (void)modules_needed_early(modules.paths[i]);
    }
    return 0;
}
