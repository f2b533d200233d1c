# SPDX-License-Identifier: MIT
"""
From QEMU's start to a verdict, the candidates in turns, each round in another order. Of each the
best of all rounds, the median, and the processor time of the best: QEMU's own, user and system.

    floor      a firmware of six instructions that powers off: QEMU's start to its end
    brick      to the arrival of a refused ROM's verdict
    -kernel    QEMU's own loader with the same kernel, ramdisk, command line and devices, and a
               framebuffer for the ROM to draw on: to rom/home
    bare       the same without the NOR and without a framebuffer: this ROM draws nothing
    u-boot     U-Boot reading kernel and ramdisk from the phone's disk, with the framebuffer: to rom/home
    edk2       EDK2 starting the kernel and ramdisk that QEMU hands it: to rom/home
    home       to rom/home, everything verified
    recovery   to the recovery's menu, everything verified
    make run   `make run HEADLESS=1` of the refused ROM, from Enter to its end, less what the phone takes:
               make, ninja, Python, the disk
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterable, Iterator, NamedTuple

from .. import paths, qemu, store, verdict
from ..errors import LabError
from . import peers
from .table import Row

FIRMWARE_BYTES_MAX = 256 * 1024
FACTS = {"model": "dipper", "region": "cn", "lock": "locked", "policy": "announced", "tag": "bench"}


RUN = ["make", "-s", "run", "REGION=cn", "ROM=global", "HEADLESS=1"]
BEYOND_S = 0.35  # what a person may wait for us


class Taken(NamedTuple):
    """Seconds: what the clock says, and what the processor worked."""

    wall: float
    cpu: float


def cpu_of(pid: int) -> float:
    """Of a process that runs, or has ended and was not waited for: 0 when there is none."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # clock_getcpuclockid(3)
    except OSError:
        return 0.0


def cpu_of_children() -> float:
    """Of those that have ended and were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed_to(phone: qemu.RunningPhone, look: Callable) -> Taken:
    """From QEMU's start to what `look` waits for."""
    seen = phone.wait_for(lambda: look(phone.events) or None, peers.HANG_S)
    wall = time.monotonic() - phone.started
    if not seen:
        raise LabError(f"nothing came of it in {peers.HANG_S:g} s; last: {phone.events[-1:]}")
    return Taken(wall, cpu_of(phone.pid))


def timed(folder: Path, look: Callable | None, **options: object) -> Taken:
    """From QEMU's start to what `look` waits for; without it, to QEMU's end."""
    before = cpu_of_children()
    with qemu.RunningPhone(folder, **options) as phone:
        if look is not None:
            return timed_to(phone, look)
        phone.wait_for(lambda: None, peers.HANG_S)
        wall = time.monotonic() - phone.started
        if phone.running:
            raise LabError(f"QEMU did not end in {peers.HANG_S:g} s")
    return Taken(wall, cpu_of_children() - before)


def timed_run() -> Taken:
    """What a person waits for: from Enter to the prompt."""
    before, begun = cpu_of_children(), time.monotonic()
    done = subprocess.run(RUN, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    wall = time.monotonic() - begun
    if done.returncode != 0 or "verdict: brick region-mismatch" not in done.stdout:
        raise LabError(f"{' '.join(RUN)} ended with {done.returncode}: {done.stderr[-500:]}")
    return Taken(wall, cpu_of_children() - before)


def any_home(events: Iterable[dict]) -> bool:
    return any(verdict.is_home(event) for event in events)


def candidates(good: Path, bad: Path, work: Path) -> dict[str, Callable[[], Taken]]:
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
        "make run": timed_run,
    }
    if peers.UBOOT.is_file():
        env = str(peers.uboot_nor(work, disk, words))
        uboot = ["-bios", str(peers.UBOOT), "-drive", f"if=pflash,unit=1,format=raw,file={env}"]
        found["u-boot"] = lambda: timed(
            good, any_home, options=[*uboot, *disk_only, *tree], machine=plain
        )
    else:
        print("no U-Boot to compare with (Debian package u-boot-qemu)", file=sys.stderr)
    if peers.EDK2.is_file():
        edk2 = ["-bios", str(peers.EDK2), *bare, *disk_only, *tree]
        found["edk2"] = lambda: timed(good, any_home, options=edk2, machine=plain)
    else:
        print("no EDK2 to compare with (Debian package qemu-efi-aarch64)", file=sys.stderr)
    return found


def another_order(keys: Iterable[str], number: int) -> list[str]:
    """
    Who runs just after another QEMU gets the memory that it gave back, which costs the host less: in one
    order for all rounds, the same candidates would always have it.
    """
    return random.Random(number).sample(sorted(keys), k=len(list(keys)))


def measure(rounds: int) -> dict[str, list[Taken]]:
    taken: dict[str, list[Taken]] = {}
    with store.NewPhone(**FACTS, rom="cn") as good, store.NewPhone(
        **FACTS, rom="global"
    ) as bad, tempfile.TemporaryDirectory() as work:
        runs = candidates(good.folder, bad.folder, Path(work))
        for number in range(rounds):
            for key in another_order(runs, number):
                taken.setdefault(key, []).append(runs[key]())
            print(f"boots: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return taken


def ms(taken: list[Taken]) -> str:
    best = min(taken)
    middle = statistics.median(one.wall for one in taken)
    return f"{best.wall * 1000:.0f} ms (median {middle * 1000:.0f}, cpu {best.cpu * 1000:.0f})"


def beside(
    taken: dict[str, list[Taken]], what: str, key: str, peer: str, **target: float
) -> Row:
    ratio = min(taken[key]).wall / min(taken[peer]).wall
    return Row(what, ms(taken[key]), f"{peer} {ms(taken[peer])}", ratio, **target)


def rows(rounds: int) -> Iterator[Row]:
    taken = measure(rounds)
    yield beside(taken, "power-on to the brick verdict", "brick", "floor", most=1.25)
    yield beside(taken, "power-on to home, verified", "home", "-kernel", most=1.2)
    yield beside(taken, "  the ROM draws nothing there", "home", "bare")
    if "u-boot" in taken:
        yield beside(taken, "  U-Boot verifies nothing", "home", "u-boot", most=1.0)
    if "edk2" in taken:
        yield beside(taken, "  EDK2 verifies nothing", "home", "edk2")
    yield beside(taken, "power-on to the recovery's menu", "recovery", "home", most=1.2)
    beyond = min(taken["make run"]).wall - min(taken["brick"]).wall
    yield Row("make run, beyond the phone's own time", f"{beyond * 1000:.0f} ms",
              f"{BEYOND_S * 1000:.0f} ms", beyond / BEYOND_S, most=1.0)  # fmt: skip
    size = paths.FIRMWARE.stat().st_size
    yield Row(
        "the firmware's size",
        f"{size / 1024:.0f} KiB",
        f"{FIRMWARE_BYTES_MAX // 1024} KiB",
        size / FIRMWARE_BYTES_MAX,
        most=1.0,
    )
