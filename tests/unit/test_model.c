/* SPDX-License-Identifier: MIT */
/*
 * board/model.h: a model as written, and a file that ends anywhere. Wrong values:
 * e2e/test_boardc_bad_models.py.
 */
#include "tests/unit/check.h"

#include "board/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char good[] = "codename: test\n"
                           "name: Test phone\n"
                           "released: 2018-06\n"
                           "os: android-one\n"
                           "soc: Chip 1\n"
                           "model_numbers: {global: M2}\n"
                           "policy_list: true\n"
                           "protections: [verified-boot, anti-rollback]\n"
                           "rollback_index: 2\n"
                           "panel: {width_px: 720, height_px: 1440}\n"
                           "slots: 2\n"
                           "partitions:\n"
                           "  - {name: boot_a, size: 64 MiB}\n"
                           "  - {name: boot_b, size: 64 MiB}\n"
                           "  - {name: vbmeta_a, size: 64 KiB}\n"
                           "  - {name: vbmeta_b, size: 64 KiB}\n"
                           "  - {name: misc, size: 4 MiB}\n"
                           "  - {name: userdata, size: 4 GiB}\n";

/* Loads the bytes as the file test.yaml of a folder of its own. */
static bool load(const char *bytes, size_t size, struct model *out_model, char out_error[1024])
{
    char folder[] = "/tmp/test_model.XXXXXX";
    char path[64];
    struct yaml_tree tree;
    FILE *stream;
    bool loaded;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/test.yaml", folder);
    stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    loaded = model_load(&tree, path, out_model);
    memcpy(out_error, tree.error, sizeof tree.error);
    yaml_tree_free(&tree);
    unlink(path);
    rmdir(folder);
    return loaded;
}

static void a_good_one(void **state)
{
    struct model model;
    char error[1024];

    assert_true(load(good, sizeof good - 1, &model, error));
    assert_string_equal(model.codename, "test");
    assert_string_equal(model.name, "Test phone");
    assert_string_equal(model.soc, "Chip 1");
    assert_int_equal(model.os, OS_ANDROID_ONE);
    assert_int_equal(model.released, 201806);
    assert_null(model_number(&model, REGION_CN));
    assert_string_equal(model_number(&model, REGION_GLOBAL), "M2");
    assert_null(model_number(&model, REGION_UNKNOWN));
    assert_true(model.on_policy_list);
    assert_int_equal(model.protections, PROTECTION_VERIFIED_BOOT | PROTECTION_ANTI_ROLLBACK);
    assert_int_equal(model.rollback_index, 2);
    assert_int_equal(model.panel_width_px, 720);
    assert_int_equal(model.panel_height_px, 1440);
    assert_int_equal(model.slot_count, 2);
    assert_int_equal(model.partition_count, 6);
    assert_string_equal(model.partitions[5].name, "userdata");
    assert_true(model.partitions[5].size_bytes == 4ull << 30);
}

/*
 * Cut anywhere but in the last line break: refused with the file's name, and the model untouched.
 */
static void every_length(void **state)
{
    struct model model;
    struct model untouched;
    char error[1024];

    memset(&model, 0x33, sizeof model);
    untouched = model;
    for (size_t size = 0; size + 2 < sizeof good; size++) {
        assert_false(load(good, size, &model, error));
        assert_non_null(strstr(error, "/test.yaml:"));
        assert_memory_equal(&model, &untouched, sizeof model);
    }
}

/* Each bit turned: a model or a message, and nothing else. */
static void every_bit(void **state)
{
    char bytes[sizeof good - 1];

    for (size_t i = 0; i < sizeof bytes; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct model model;
            char error[1024];

            memcpy(bytes, good, sizeof bytes);
            bytes[i] ^= (char)(1u << bit);
            if (!load(bytes, sizeof bytes, &model, error)) {
                assert_non_null(strstr(error, "/test.yaml:"));
            } else {
                assert_in_range(model.partition_count, 1, MODEL_PARTITIONS_MAX);
                assert_in_range(model.rollback_index, 0, 64);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one),
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_bit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
