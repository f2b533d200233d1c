/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes board/model.h and rom-images/rom/rom.h: the input is a YAML file. A model or a ROM is in
 * its bounds; else the error names the file.
 */
#include "tests/fuzz/fuzz_file.h"

#include "board/model.h"
#include "rom-images/rom/rom.h"

static void check_model(const char *file)
{
    struct yaml_tree tree;
    static struct model model;

    if (model_load(&tree, file, &model)) {
        fuzz_assert(model.partition_count <= MODEL_PARTITIONS_MAX && model.codename[0] != '\0');
        fuzz_assert(model_number(&model, REGION_CN) || model_number(&model, REGION_GLOBAL));
        for (size_t i = 0; i < model.partition_count; i++) {
            fuzz_assert(model.partitions[i].size_bytes % 4096 == 0);
        }
    } else {
        fuzz_assert(strncmp(tree.error, file, strlen(file)) == 0);
    }
    yaml_tree_free(&tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *file = fuzz_file(data, size);
    struct yaml_tree tree;
    struct rom rom;
    unsigned signer;

    check_model(file);
    if (rom_load(&tree, file, &rom)) {
        fuzz_assert(rom.media_mib <= ROM_MEDIA_MIB_MAX && rom.name[0] != '\0');
        fuzz_assert(rom.rollback_index <= ROM_ROLLBACK_MAX ||
                    rom.rollback_index == ROM_ROLLBACK_OF_MODEL);
        fuzz_assert(rom_signer_from_name(rom_signer_name(&rom), &signer) && signer == rom.signer);
    } else {
        fuzz_assert(strncmp(tree.error, file, strlen(file)) == 0);
    }
    yaml_tree_free(&tree);
    return 0;
}
