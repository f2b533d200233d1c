# SPDX-License-Identifier: MIT
"""
Where the time of a brick goes: the median of all rounds, the candidates in turns.

    floor       QEMU's start to its end, with a firmware that only powers off
    blocks      the same, and as many blocks of code as the brick's, of the same length, each run once:
                what QEMU takes to translate them
    pixels      the same as the floor, and the panel's memory written once
    line        the same as the floor, and as many bytes to the serial line as the brick's
    all three   what any firmware would take that has so much code and says and shows so much
    brick       to the arrival of a refused ROM's verdict; then its stages, as the trace tells
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

from .. import qemu, store, verdict
from ..errors import LabError
from . import boots, instructions, peers
from .boots import Taken
from .table import Row

STAGES = (("power-on", "power-on, devices"), ("identified", "board"), ("gpt", "storage"),
          ("claims", "signature"), ("region", "policy"), ("verdict", "screen"))  # fmt: skip
PIXELS = 0x7E000000
SCRATCH = 0x0E000000
SERIAL = 0x09000000

BLOCK = """
    ldr x3, [x9]
    str x3, [x9, #8]
{more}
    cbz x9, 1f
1:
"""
BLOCKS = """
    mov x9, #{scratch:#x}
{blocks}
"""
FILL = """
    mov x9, #{pixels:#x}
    ldr x8, ={end:#x}
8:  stp xzr, xzr, [x9], #16
    stp xzr, xzr, [x9], #16
    stp xzr, xzr, [x9], #16
    stp xzr, xzr, [x9], #16
    cmp x9, x8
    b.lo 8b
"""
SAY = """
    mov x9, #{serial:#x}
    mov w7, #{count}
    mov w6, #46
7:  str w6, [x9]
    subs w7, w7, #1
    b.ne 7b
"""


class Work(NamedTuple):
    """What a brick makes QEMU do."""

    blocks: int
    instructions: int  # in them, each counted once
    pixel_bytes: int
    line_bytes: int


class Run(NamedTuple):
    """One brick: its time, and when each event was, in us since power-on."""

    taken: Taken
    t_us: dict[str, int]
    line_bytes: int


def blocks(work: Work) -> str:
    """Blocks of the brick's mean length; a branch that is never taken ends each."""
    more = ["    add x3, x3, #1"] * max(work.instructions // work.blocks - 3, 0)
    return BLOCKS.format(scratch=SCRATCH, blocks=BLOCK.format(more="\n".join(more)) * work.blocks)


def fill(work: Work) -> str:
    return FILL.format(pixels=PIXELS, end=PIXELS + work.pixel_bytes // 64 * 64)


def say(work: Work) -> str:
    return SAY.format(serial=SERIAL, count=work.line_bytes)


def secure_bytes(events: Iterable[dict]) -> int:
    """What the firmware says of its flow it says on the secure line, too."""
    lines = (json.dumps(event, separators=(",", ":")) for event in events
             if event["stage"] == "flow")  # fmt: skip
    return sum(len(line) + len("\r\n") for line in lines)


def brick(folder: Path) -> Run:
    with qemu.RunningPhone(folder) as phone:
        taken = boots.timed_to(phone, verdict.words)
        t_us = {event["event"]: event["t_us"] for event in phone.events}
        return Run(taken, t_us, len(phone.log) + secure_bytes(phone.events))


def work_of(folder: Path) -> Work:
    counted = instructions.brick_blocks()
    width, height = peers.panel_of(boots.FACTS["model"])
    return Work(len(counted), sum(length for _, length in counted), width * height * 4,
                brick(folder).line_bytes)  # fmt: skip


def measure(folder: Path, work: Work, rounds: int) -> tuple[dict[str, list[Taken]], list[Run]]:
    before = {"floor": "", "blocks": blocks(work), "pixels": fill(work), "line": say(work)}
    before["all three"] = blocks(work) + fill(work) + say(work)
    taken: dict[str, list[Taken]] = {name: [] for name in before}
    bricks = []
    with tempfile.TemporaryDirectory() as made:
        nors = {
            name: peers.floor_nor(Path(made), folder / "nor.img", name.replace(" ", "-"), code)
            for name, code in before.items()
        }
        for number in range(rounds):
            for name, nor in nors.items():
                options = qemu.storage(nor=str(nor))
                taken[name].append(boots.timed(folder, None, options=options))
            bricks.append(brick(folder))
            print(f"brick: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return taken, bricks


def median_ms(taken: list[Taken]) -> float:
    return statistics.median(one.wall for one in taken) * 1000


def cpu_ms(taken: list[Taken]) -> float:
    """The least: what a busy computer adds is left out."""
    return min(one.cpu for one in taken) * 1000


def more(taken: list[Taken], floor: list[Taken]) -> str:
    wall, cpu = median_ms(taken) - median_ms(floor), cpu_ms(taken) - cpu_ms(floor)
    return f"{wall:.1f} ms (cpu {cpu:.1f})"


def rows(rounds: int) -> Iterator[Row]:
    with store.NewPhone(**boots.FACTS, rom="global") as new:
        work = work_of(new.folder)
        taken, bricks = measure(new.folder, work, rounds)
    floor, least = taken["floor"], taken["all three"]
    whole = [run.taken for run in bricks]
    whats = {
        "blocks": f"{work.instructions} instructions in {work.blocks} blocks",
        "pixels": f"{work.pixel_bytes} bytes of the panel",
        "line": f"{work.line_bytes} bytes to the serial line",
        "all three": "",
    }
    yield Row("brick: floor", f"{median_ms(floor):.1f} ms (cpu {cpu_ms(floor):.1f})")
    for name, what in whats.items():
        yield Row(f"  + {name}", more(taken[name], floor), what)
    yield Row("  + the whole brick", more(whole, floor), "", median_ms(whole) / median_ms(floor))
    yield Row("  beside the floor and all three", f"{median_ms(whole):.1f} ms",
              f"{median_ms(least):.1f} ms", median_ms(whole) / median_ms(least))  # fmt: skip
    yield from stages(bricks)


def stages(bricks: list[Run]) -> Iterator[Row]:
    before = 0.0
    for event, what in STAGES:
        until = statistics.median(run.t_us[event] for run in bricks) / 1000
        yield Row(f"  {what}", f"{until - before:.1f} ms", f"{until:.1f} ms after QEMU's start-up")
        before = until
