/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes board/dtb.h and board_merge of board/board.h. The first byte says whether the rest is the
 * overlay for a good machine, or the machine's tree for a good overlay. What merges is a sound
 * tree, of which board_read makes facts or an error.
 */
#include "tests/fuzz/fuzz.h"

#include "board/board.h"
#include "board/dtb.h"
#include "format/fuses.h"
#include "tests/fake/fake_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Alignas(8) uint8_t bytes[1u << 16];
    static const struct span room = {bytes, sizeof bytes};
    static struct span machine;
    static struct span overlay;
    struct fuses_record fuses = fake_fuses("dipper", 1);
    struct slice given = slice_of(data + 1, size - 1);
    struct board board;
    struct dtb dtb;

    if (machine.data == NULL) {
        machine = fake_machine_tree();
        overlay = fake_overlay();
    }
    if (size != 0 && (data[0] % 2 == 0 ? board_merge(span_slice(machine), given, room)
                                       : board_merge(given, span_slice(overlay), room)) == OK) {
        fuzz_assert(dtb_check(span_slice(room), &dtb) == OK);
        (void)!board_read(span_slice(room), slice_of(&fuses, sizeof fuses), &board);
    }
    return 0;
}
