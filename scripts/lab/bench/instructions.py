# SPDX-License-Identifier: MIT
"""
Instructions instead of seconds: they do not depend on the computer, nor on what else it does.

    brick      those of the firmware from power-on until it rests on the screen of a refused ROM, by the
               room of the house that they lie in; what devices are waited for does not count. A test
               compares it to the figure in instructions.yaml
    loading    from power-on to the kernel, of a ROM that starts (QEMU's -icount)
    home       the same to the home screen

`scripts/bench instructions --accept` writes down what is counted now: with a sentence in the commit on
why it may be more.
"""

from __future__ import annotations

import bisect
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Iterable, Iterator

from .. import paths, qemu, store, verdict
from ..errors import LabError
from .table import Row

BASELINE = Path(__file__).with_name("instructions.yaml")
MILLION = 1_000_000
BRICK_MOST = 8 * MILLION
ALLOWED = 1.01  # of the baseline: more is a slower firmware
HANG_S = 300.0
FACTS = {"model": "dipper", "region": "cn", "lock": "locked", "policy": "announced", "tag": "bench"}
COUNTED = [*qemu.MACHINE, "-icount", "shift=0,sleep=off"]
# A device that is late is looked at more often: that says nothing about the firmware.
WAITING = re.compile(r"(wait|poll|deadline|rest|is_over)", re.IGNORECASE)
TRANSLATED = re.compile(rb"^0x([0-9a-f]+):")
EXECUTED = re.compile(rb"^Trace [^\[]*\[[0-9a-f]+/([0-9a-f]+)/")


class Rooms:
    """Which function an address lies in, and which folder of the house that one."""

    def __init__(self, elf: Path) -> None:
        said = subprocess.run(
            ["aarch64-linux-gnu-nm", "--line-numbers", "--numeric-sort", elf],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        found = re.findall(r"^([0-9a-f]+) [tT] (\S+)(?:\t(\S+))?", said, re.MULTILINE)
        self.starts = [int(address, 16) for address, _, _ in found]
        self.names = [name for _, name, _ in found]
        self.rooms = [self._room(where) for _, _, where in found]

    @staticmethod
    def _room(where: str) -> str:
        match = re.search(r"bootloader/(\w+)/", where)
        return match.group(1) if match else "libraries"

    def of(self, address: int) -> tuple[str, str]:
        """(function, room); both empty outside the firmware."""
        at = bisect.bisect_right(self.starts, address) - 1
        return (self.names[at], self.rooms[at]) if at >= 0 else ("", "")


def count_blocks(lines: Iterable[bytes]) -> Counter[tuple[int, int]]:
    """(address, instructions) of a block of code -> how often it ran, from QEMU's log."""
    lengths: dict[int, int] = {}
    runs: Counter[int] = Counter()
    begin = None
    for line in lines:
        if executed := EXECUTED.match(line):
            runs[int(executed.group(1), 16)] += 1
        elif line.startswith(b"IN:"):
            begin = None
        elif translated := TRANSLATED.match(line):
            address = int(translated.group(1), 16)
            begin = address if begin is None else begin
            lengths[begin] = (address - begin) // 4 + 1
    return Counter({(address, lengths.get(address, 0)): times for address, times in runs.items()})


def brick_blocks() -> Counter[tuple[int, int]]:
    """The firmware's blocks on its way to the screen of a refused ROM, as `count_blocks` counts them."""
    blocks: list[Counter[tuple[int, int]]] = []
    with store.NewPhone(**FACTS, rom="global") as new, tempfile.TemporaryDirectory() as work:
        log = Path(work) / "log"
        os.mkfifo(log)

        def read() -> None:
            with open(log, "rb") as file:
                blocks.append(count_blocks(file))

        reader = threading.Thread(target=read)
        reader.start()
        watched = ["-d", "in_asm,exec,nochain", "-D", str(log), "-dfilter", "0x0+0x10000000"]
        with qemu.RunningPhone(new.folder, machine=[*qemu.MACHINE, *watched]) as phone:
            seen = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
        reader.join()
    if seen is None:
        raise LabError(f"no verdict came in {HANG_S:g} s: nothing was counted")
    return blocks[0]


def brick_by_room() -> Counter[str]:
    """Room -> instructions of a refused ROM, without those that only wait."""
    rooms = Rooms(paths.BUILD / "bootloader" / "flashlab.elf")
    counted: Counter[str] = Counter()
    for (address, length), times in brick_blocks().items():
        function, room = rooms.of(address)
        if room and not WAITING.search(function):
            counted[room] += length * times
    return counted


def baseline() -> int:
    found = re.search(r"^brick: (\d+)$", BASELINE.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise LabError(f"{BASELINE}: there is no line 'brick: NUMBER'")
    return int(found.group(1))


def is_slower(counted: int, before: int) -> bool:
    return counted > before * ALLOWED


def accept(counted: int) -> None:
    text = BASELINE.read_text(encoding="utf-8")
    BASELINE.write_text(re.sub(r"^brick: \d+$", f"brick: {counted}", text, flags=re.MULTILINE))
    print(f"instructions: brick is {counted} from now on", file=sys.stderr)


def least_to(folder: Path, rounds: int) -> tuple[int, int]:
    """The fewest to the bootloader's verdict and to home: less of it was waiting."""
    loading, home = [], []
    for number in range(rounds):
        with qemu.RunningPhone(folder, machine=COUNTED) as phone:
            words = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
            if words is None or not words.startswith("home"):
                raise LabError(f"the phone that should come home said: {words}")
            loading += [e["t_us"] * 1000 for e in phone.events if e.get("event") == "verdict"]
            home += [e["t_us"] * 1000 for e in phone.events if verdict.is_home(e)]
        print(f"instructions: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return min(loading), min(home)


def millions(count: int) -> str:
    return f"{count / MILLION:.1f} M"


def rows(rounds: int) -> Iterator[Row]:
    rooms = brick_by_room()
    brick = sum(rooms.values())
    yield Row("instructions to the brick", millions(brick), millions(BRICK_MOST),
              brick / BRICK_MOST, most=1.0)  # fmt: skip
    for room, count in rooms.most_common():
        yield Row(f"  {room}", millions(count), "", count / brick)
    yield Row("  beside the baseline", millions(brick), millions(baseline()), brick / baseline(),
              most=ALLOWED)  # fmt: skip
    with store.NewPhone(**FACTS, rom="cn") as new:
        loading, home = least_to(new.folder, min(rounds, 3))
    yield Row("instructions to the kernel, verified", millions(loading))
    yield Row("instructions to home, verified", millions(home))
