# SPDX-License-Identifier: MIT
"""
How cost grows: a boot with the bytes that are loaded and hashed, flashing with the image and its pieces,
a matrix with its cells and jobs. Also drawn, into docs/pictures/growth.svg and growth-matrix.svg.

    boot       power-on to the kernel, everything verified, by the ramdisk's size: as far as a boot
               partition of 64 MiB goes
    memory     QEMU's (PSS) at the home screen of the same
    flash      `fastboot flash system` by the image's size, in one piece and in pieces of 16 MiB
    matrix     refusals, by their number, with one job and with two
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Iterator, NamedTuple

from .. import paths, qemu, store, verdict
from ..errors import LabError
from . import flashing, idle, matrix, plot
from .peers import HANG_S
from .table import Row

MIB = 1 << 20
RAMDISK_MORE_MIB = (0, 15, 30, 45)
FLASH_MIB = (16, 64, 128, 192)
PIECE = "16M"
CELLS = (6, 12, 24, 48)
FACTS = {"model": "dipper", "region": "cn", "rom": "cn", "policy": "announced", "tag": "bench"}
PICTURES = paths.ROOT / "docs" / "pictures"


class Point(NamedTuple):
    """How much, and the seconds that it took."""

    size: float
    seconds: float


class Boot(NamedTuple):
    """One that came home."""

    loaded_mib: float
    kernel_s: float  # from power-on
    memory_mib: float


Curves = dict[str, list[Point]]


def boot_once(folder: Path) -> Boot:
    with qemu.RunningPhone(folder) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
        if not (words or "").startswith("home green"):
            raise LabError(f"the phone that should come home said: {words}")
        by_name = {event.get("event"): event for event in phone.events}
        images = by_name["images"]
        return Boot((images["kernel_bytes"] + images["ramdisk_bytes"]) / MIB,
                    by_name["verdict"]["t_us"] / 1e6, idle.memory_mib(phone.pid))  # fmt: skip


def boot(more_mib: int, rounds: int, work: Path) -> Boot:
    """A ROM whose ramdisk has so much more in it: bytes behind its init, which nobody reads."""
    userland = shutil.copytree(paths.USERLAND, work / f"userland-{more_mib}")
    with open(userland / "init", "ab") as init:
        init.write(os.urandom(more_mib * MIB))
    with store.NewPhone(**FACTS, lock="locked") as new:
        inputs = store.rom_inputs(FACTS["model"], FACTS["rom"])
        inputs[inputs.index(paths.USERLAND)] = userland
        store.tool([paths.ROMC, "disk", *inputs, "-o", new.folder / "disk.img"])
        return min((boot_once(new.folder) for _ in range(rounds)), key=lambda one: one.kernel_s)


def flashes(rounds: int, work: Path, *options: str) -> list[Point]:
    points = []
    with store.NewPhone(**FACTS, lock="unlocked") as new, qemu.RunningPhone(
        new.folder, lab=flashing.MODE
    ) as phone:
        flashing.until(phone, "fastboot")
        for mib in FLASH_MIB:
            image = work / "system.img"
            image.write_bytes(os.urandom(mib * MIB))
            best = min(flashing.flash_seconds(phone, image, *options) for _ in range(rounds))
            points.append(Point(mib, best))
    return points


def refusals(jobs: int, rounds: int, work: Path) -> list[Point]:
    with matrix.ready(work, matrix.REFUSED) as (found, source):
        return [
            Point(cells, cells / max(matrix.rate(found, source, jobs, cells // jobs)
                                     for _ in range(rounds)))
            for cells in CELLS
        ]  # fmt: skip


def by_size(boots: list[Boot], rounds: int, work: Path) -> Curves:
    return {
        "boot, to the kernel": [Point(one.loaded_mib, one.kernel_s) for one in boots],
        "flash": flashes(rounds, work),
        f"flash -S {PIECE}": flashes(rounds, work, "-S", PIECE),
    }


def rows_of(curves: Curves, unit: str, one: str) -> Iterator[Row]:
    for name, points in curves.items():
        for point in points:
            yield Row(f"{name}, {point.size:.0f} {unit}", f"{point.seconds * 1000:.0f} ms",
                      f"{point.seconds / point.size * 1000:.1f} ms a {one}")  # fmt: skip


def rows(rounds: int) -> Iterator[Row]:
    rounds = min(rounds, 3)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        boots = [boot(more, rounds, work) for more in RAMDISK_MORE_MIB]
        print("growth: boots", file=sys.stderr, flush=True)
        curves = by_size(boots, rounds, work)
        print("growth: flashing", file=sys.stderr, flush=True)
        cells = {f"matrix, {jobs} job{'s' * (jobs > 1)}": refusals(jobs, rounds, work)
                 for jobs in matrix.JOBS}  # fmt: skip
    yield from rows_of(curves, "MiB", "MiB")
    for one in boots:
        yield Row(f"memory at home, {one.loaded_mib:.0f} MiB loaded", f"{one.memory_mib:.0f} MiB")
    yield from rows_of(cells, "cells", "cell")
    plot.write(PICTURES / "growth.svg", "MiB", "seconds", curves)
    plot.write(PICTURES / "growth-matrix.svg", "cells", "seconds", cells)
