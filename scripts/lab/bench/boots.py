# SPDX-License-Identifier: MIT
"""
From QEMU's start to a verdict, best of several rounds, the candidates in turns.

    floor      a firmware of six instructions that powers off: QEMU's start to its end
    brick      to the arrival of a refused ROM's verdict
    -kernel    QEMU's own loader with the same kernel, ramdisk, command line and devices, and a
               framebuffer for the ROM to draw on: to rom/home
    bare       the same without the NOR and without a framebuffer: this ROM draws nothing
    u-boot     U-Boot reading kernel and ramdisk from the phone's disk, with the framebuffer: to rom/home
    home       to rom/home, everything verified
    recovery   to the recovery's menu, everything verified
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterable, Iterator

from .. import paths, qemu, store, verdict
from ..errors import LabError
from . import peers
from .table import Row

FIRMWARE_BYTES_MAX = 256 * 1024
FACTS = {"model": "dipper", "region": "cn", "lock": "locked", "policy": "announced", "tag": "bench"}


def timed(folder: Path, look: Callable | None, **options: object) -> float:
    """Seconds from QEMU's start to what `look` waits for; without it, to QEMU's end."""
    with qemu.RunningPhone(folder, **options) as phone:
        if look is None:
            phone.wait_for(lambda: None, peers.HANG_S)
            seen = not phone.running
        else:
            seen = phone.wait_for(lambda: look(phone.events) or None, peers.HANG_S)
        taken = time.monotonic() - phone.started
        if not seen:
            raise LabError(f"nothing came of it in {peers.HANG_S:g} s; last: {phone.events[-1:]}")
        return taken


def any_home(events: Iterable[dict]) -> bool:
    return any(verdict.is_home(event) for event in events)


def candidates(good: Path, bad: Path, work: Path) -> dict[str, Callable[[], float]]:
    disk = peers.plain_disk(work, FACTS["model"], "cn")
    kernel, ramdisk = peers.boot_pieces(disk)
    peers.copy_out(disk, kernel, work / "kernel")
    peers.copy_out(disk, ramdisk, work / "ramdisk")
    words = peers.command_line(good)
    # Without ACPI: with it, QEMU gives a firmware other devices than it gives -kernel.
    plain = [word.replace("virt,secure=on", "virt,acpi=off") for word in qemu.MACHINE]
    tree = ["-dtb", str(peers.tree_with_framebuffer(work, plain, peers.panel_of("dipper")))]
    disk_only = qemu.storage(disk=str(disk))[2:]
    bare = ["-kernel", str(work / "kernel"), "-initrd", str(work / "ramdisk"), "-append", words]
    nor = ["-drive", "if=pflash,unit=1,format=raw,file=nor.img"]
    floor = qemu.storage(nor=str(peers.floor_nor(work, good / "nor.img")))
    found = {
        "floor": lambda: timed(good, None, options=floor),
        "brick": lambda: timed(bad, verdict.words),
        "-kernel": lambda: timed(
            good, any_home, options=[*bare, *disk_only, *tree, *nor], machine=plain
        ),
        "bare": lambda: timed(good, any_home, options=[*bare, *disk_only], machine=plain),
        "home": lambda: timed(good, verdict.words),
        "recovery": lambda: timed(good, verdict.words, lab={"hold": "power,volume-up"}),
    }
    if peers.UBOOT.is_file():
        env = str(peers.uboot_nor(work, disk, words))
        uboot = ["-bios", str(peers.UBOOT), "-drive", f"if=pflash,unit=1,format=raw,file={env}"]
        found["u-boot"] = lambda: timed(
            good, any_home, options=[*uboot, *disk_only, *tree], machine=plain
        )
    else:
        print("no U-Boot to compare with (Debian package u-boot-qemu)", file=sys.stderr)
    return found


def measure(rounds: int) -> dict[str, float]:
    best: dict[str, float] = {}
    with store.NewPhone(**FACTS, rom="cn") as good, store.NewPhone(
        **FACTS, rom="global"
    ) as bad, tempfile.TemporaryDirectory() as work:
        runs = candidates(good.folder, bad.folder, Path(work))
        for number in range(rounds):
            for key, run in runs.items():
                best[key] = min(run(), best.get(key, peers.HANG_S))
            print(f"boots: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return best


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def beside(best: dict[str, float], what: str, key: str, peer: str, **target: float) -> Row:
    ratio = best[key] / best[peer]
    return Row(what, ms(best[key]), f"{peer} {ms(best[peer])}", ratio, **target)


def rows(rounds: int) -> Iterator[Row]:
    best = measure(rounds)
    yield beside(best, "power-on to the brick verdict", "brick", "floor", most=1.5)
    yield beside(best, "power-on to home, verified", "home", "-kernel", most=1.15)
    yield beside(best, "  the ROM draws nothing there", "home", "bare")
    if "u-boot" in best:
        yield beside(best, "  U-Boot verifies nothing", "home", "u-boot", most=1.0)
    yield beside(best, "power-on to the recovery's menu", "recovery", "home", most=1.2)
    size = paths.FIRMWARE.stat().st_size
    yield Row(
        "the firmware's size",
        f"{size / 1024:.0f} KiB",
        f"{FIRMWARE_BYTES_MAX // 1024} KiB",
        size / FIRMWARE_BYTES_MAX,
        most=1.0,
    )
