/* SPDX-License-Identifier: MIT */
/* board/nor_write.h: what the factory writes is what the firmware reads. */
#include "tests/unit/check.h"
#include "tests/fake/fake_tree.h"

#include "base/sha256.h"
#include "board/fuses.h"
#include "board/nor_write.h"
#include "format/nor_map.h"
#include "storage/state.h"

#include <stdlib.h>

#define KEY_BYTES 1032

static struct slice part(const uint8_t *nor, size_t offset, size_t size)
{
    return slice_of(nor + offset, size);
}

static struct nor_spec good_spec(const struct model *model, uint8_t key[KEY_BYTES])
{
    memset(key, 0x77, KEY_BYTES);
    put_be32(key, 4096);
    return (struct nor_spec){
        .model = model,
        .regime = REGIME_NONE,
        .region = REGION_CN,
        .serial = "8a7b6c5d",
        .firmware = slice_of("firmware", 8),
        .root_key = slice_of(key, KEY_BYTES),
        .rollback_index = 5,
    };
}

static void the_firmware_reads_it(void **state)
{
    struct model model = fake_model();
    uint8_t key[KEY_BYTES];
    struct nor_spec spec = good_spec(&model, key);
    uint8_t *nor = malloc(NOR_WRITE_BYTES);
    struct span machine = fake_machine_tree();
    struct span room = {.data = malloc(8192), .size = 8192};
    uint8_t digest[SHA256_BYTES];
    struct board board;

    assert_true(nor_write(&spec, nor));
    assert_memory_equal(nor, "firmware\xff", 9);
    assert_err(
        board_merge(span_slice(machine), part(nor, NOR_OVERLAY_OFFSET, NOR_OVERLAY_BYTES), room),
        OK);
    assert_err(board_read(span_slice(room), part(nor, NOR_FUSES_OFFSET, NOR_FUSES_BYTES), &board),
               OK);
    assert_string_equal(board.codename, "dipper");
    assert_string_equal(board.name, "Mi 8");
    assert_string_equal(board.serial, "8a7b6c5d");
    assert_int_equal(board.made_for, REGION_CN);
    assert_int_equal(board.regime, REGIME_NONE);
    assert_int_equal(board.protections, model.protections);
    assert_int_equal(board.rollback_index, 5);
    sha256_digest(spec.root_key, digest);
    assert_memory_equal(board.root_key_sha256, digest, sizeof digest);
    free(machine.data);
    free(room.data);
    free(nor);
}

static void the_lock_is_as_asked(void **unused)
{
    for (unsigned unlocked = 0; unlocked < 2; unlocked++) {
        struct model model = fake_model();
        uint8_t key[KEY_BYTES];
        struct nor_spec spec = good_spec(&model, key);
        uint8_t *nor = malloc(NOR_WRITE_BYTES);
        struct state state;

        spec.unlocked = unlocked == 1;
        assert_true(nor_write(&spec, nor));
        assert_err(state_decode(part(nor, NOR_STATE_A_OFFSET, NOR_STATE_BYTES),
                                part(nor, NOR_STATE_B_OFFSET, NOR_STATE_BYTES), 0, &state),
                   OK);
        assert_int_equal(state.unlocked, unlocked);
        assert_int_equal(state.unlock_ability, unlocked);
        assert_int_equal(state.sequence, 1);
        free(nor);
    }
}

static void every_index(void **state)
{
    struct model model = fake_model();
    uint8_t key[KEY_BYTES];
    struct nor_spec spec = good_spec(&model, key);
    uint8_t *nor = malloc(NOR_WRITE_BYTES);
    struct fuses fuses;

    for (spec.rollback_index = 0; spec.rollback_index <= 64; spec.rollback_index += 4) {
        assert_true(nor_write(&spec, nor));
        assert_err(fuses_decode(part(nor, NOR_FUSES_OFFSET, NOR_FUSES_BYTES), &fuses), OK);
        assert_int_equal(fuses.rollback_index, spec.rollback_index);
    }
    spec.rollback_index = 65;
    assert_false(nor_write(&spec, nor));
    free(nor);
}

static void refusals(void **state)
{
    struct model model = fake_model();
    uint8_t key[KEY_BYTES];
    uint8_t *nor = malloc(NOR_WRITE_BYTES);
    struct nor_spec spec = good_spec(&model, key);

    assert_true(nor_write(&spec, nor));
    spec.region = REGION_GLOBAL; /* the fake model is made for China only */
    assert_false(nor_write(&spec, nor));
    spec = good_spec(&model, key);
    spec.region = REGION_UNKNOWN;
    assert_false(nor_write(&spec, nor));
    spec = good_spec(&model, key);
    spec.serial = "";
    assert_false(nor_write(&spec, nor));
    spec.serial = "0123456789abcdef0123456789abcdef";
    assert_false(nor_write(&spec, nor));
    spec.serial = "a b";
    assert_false(nor_write(&spec, nor));
    spec = good_spec(&model, key);
    spec.root_key.size--;
    assert_false(nor_write(&spec, nor));
    spec = good_spec(&model, key);
    put_be32(key, 1024);
    assert_false(nor_write(&spec, nor));
    spec = good_spec(&model, key);
    spec.firmware = slice_of(nor, NOR_FIRMWARE_BYTES + 1);
    assert_false(nor_write(&spec, nor));
    free(nor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_firmware_reads_it),
        cmocka_unit_test(the_lock_is_as_asked),
        cmocka_unit_test(every_index),
        cmocka_unit_test(refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
