# SPDX-License-Identifier: MIT
"""
How cost grows: a boot with the bytes that are loaded and hashed, flashing with the image and its pieces.
Also drawn, into docs/pictures/growth.svg.

    boot       power-on to the kernel, everything verified, by the ramdisk's size
    flash      `fastboot flash system` by the image's size, in one piece and in pieces of 16 MiB
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Iterator, NamedTuple

from .. import paths, qemu, store, verdict
from ..errors import LabError
from . import flashing, plot
from .peers import HANG_S
from .table import Row

MIB = 1 << 20
RAMDISK_MORE_MIB = (0, 12, 24, 36)
FLASH_MIB = (16, 64, 128, 192)
PIECE = "16M"
FACTS = {"model": "dipper", "region": "cn", "rom": "cn", "policy": "announced", "tag": "bench"}


class Point(NamedTuple):
    """How much, and the seconds that it took."""

    mib: float
    seconds: float


def boot(more_mib: int, rounds: int, work: Path) -> Point:
    """A ROM whose ramdisk has so much more in it: bytes behind busybox, which nobody reads."""
    busybox = work / "busybox"
    busybox.write_bytes(paths.BUSYBOX.read_bytes() + os.urandom(more_mib * MIB))
    with store.NewPhone(**FACTS, lock="locked") as new:
        inputs = store.rom_inputs(FACTS["model"], FACTS["rom"])
        inputs[inputs.index(paths.BUSYBOX)] = busybox
        store.tool([paths.ROMC, "disk", *inputs, "-o", new.folder / "disk.img"])
        size, best = 0.0, HANG_S
        for _ in range(rounds):
            with qemu.RunningPhone(new.folder) as phone:
                words = phone.wait_for(lambda: verdict.words(phone.events), HANG_S)
                if not (words or "").startswith("home green"):
                    raise LabError(f"the phone with {more_mib} MiB more said: {words}")
                by_name = {event.get("event"): event for event in phone.events}
                images = by_name["images"]
                size = (images["kernel_bytes"] + images["ramdisk_bytes"]) / MIB
                best = min(best, by_name["verdict"]["t_us"] / 1e6)
    return Point(size, best)


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


def measure(rounds: int) -> dict[str, list[Point]]:
    curves: dict[str, list[Point]] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        curves["boot, to the kernel"] = [boot(more, rounds, work) for more in RAMDISK_MORE_MIB]
        print("growth: boots", file=sys.stderr, flush=True)
        curves["flash"] = flashes(rounds, work)
        curves[f"flash -S {PIECE}"] = flashes(rounds, work, "-S", PIECE)
        print("growth: flashing", file=sys.stderr, flush=True)
    return curves


def rows(rounds: int) -> Iterator[Row]:
    curves = measure(min(rounds, 3))
    for name, points in curves.items():
        for point in points:
            yield Row(f"{name}, {point.mib:.0f} MiB", f"{point.seconds * 1000:.0f} ms",
                      f"{point.seconds / point.mib * 1000:.1f} ms a MiB")  # fmt: skip
    plot.write(paths.ROOT / "docs" / "pictures" / "growth.svg", "MiB", "seconds", curves)
