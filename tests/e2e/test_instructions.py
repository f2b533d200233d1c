# SPDX-License-Identifier: MIT
"""A slower firmware is seen on any computer: its instructions are counted, not its seconds."""

from __future__ import annotations

from lab.bench import instructions


def test_two_percent_more_are_slower_and_half_a_percent_is_not():
    before = instructions.baseline()
    assert not instructions.is_slower(before * 1005 // 1000, before)
    assert instructions.is_slower(before * 1020 // 1000, before)


def test_a_brick_takes_no_more_instructions_than_before():
    rooms = instructions.brick_by_room()
    counted, before = sum(rooms.values()), instructions.baseline()
    assert {"board", "storage", "verify", "screen"} <= set(rooms), rooms
    assert not instructions.is_slower(counted, before), (
        f"a brick takes {counted} instructions, before it was {before}: {rooms.most_common()}\n"
        "if that is worth it: scripts/bench instructions --accept, and why in the commit"
    )


def test_blocks_are_counted_by_their_length_and_how_often_they_ran():
    log = b"""----------------
IN: first
0x00000000:  d2800000  mov x0, #0
0x00000004:  14000001  b #8

Trace 0: 0x7f00 [0000000000000000/0000000000000000/00000071/ff020200] first
----------------
IN: second
0x00000008:  d503201f  nop

Trace 0: 0x7f40 [0000000000000000/0000000000000008/00000071/ff020200] second
Trace 0: 0x7f40 [0000000000000000/0000000000000008/00000071/ff020200] second
"""
    assert instructions.count_blocks(log.splitlines(keepends=True)) == {(0, 2): 1, (8, 1): 2}
