# SPDX-License-Identifier: MIT
"""
How many cells of a matrix a second, with one job and with two, beside the floor: QEMU with the same
devices and overlay, and a firmware that only powers off.

    refusals    the Global ROM on phones made for China, as announced
    ours        processor time of this process a boot, what QEMU takes left out
    home        as many as there are cores at a time, beside what all cores could do if they did nothing
                but QEMU's work
    a thousand  `scripts/phone matrix` with so many refusals, the command's start to its end
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterator

from .. import paths, qemu
from ..errors import LabError
from ..matrix import engine, factory, images, spec
from ..matrix.way import Way
from . import peers
from .table import Row

REFUSED = """\
matrix: {model: dipper, region: cn, rom: global}
expect: [{verdict: brick region-mismatch}]
"""
HOME = """\
matrix: {model: dipper, region: cn, rom: cn}
expect: [{verdict: home green rom=cn}]
"""
A_ROUND = 12  # boots for each job
HOMES = 5  # so many of those that come home
JOBS = (1, 2)
CORES = os.cpu_count() or 1
OURS_S_MAX = 0.15
THOUSAND = 1000
THOUSAND_S_MAX = 180.0


def _floor(start: factory.Start, nor: Path, work: Path, count: int) -> None:
    for _ in range(count):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            images.copy(nor, Path(folder) / "nor.img")
            with qemu.RunningPhone(
                Path(folder), options=qemu.overlaid_storage(start.disk, start.disk_format)
            ) as phone:
                phone.wait_for(lambda: None, peers.HANG_S)
                if phone.running or phone.exit_code != 0:
                    raise LabError(f"the floor did not power off: {phone.complaint()}")


def floor_rate(start: factory.Start, nor: Path, work: Path, jobs: int) -> float:
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda _: _floor(start, nor, work, A_ROUND), range(jobs)))
    return jobs * A_ROUND / (time.monotonic() - begun)


def rate(found: spec.Spec, source: factory.Factory, jobs: int, each: int) -> float:
    wrong = []

    def on_done(done: engine.Done) -> None:
        if not found.expected[done.cell].met_by(done.outcome.verdict, ""):
            wrong.append(done.outcome)

    begun = time.monotonic()
    runner = engine.Engine(found, source, Way(peers.HANG_S), jobs)
    runner.run(found.cells * (jobs * each), on_done)
    if wrong:
        raise LabError(f"otherwise than expected: {wrong[0]}")
    return jobs * each / (time.monotonic() - begun)


def rows(rounds: int) -> Iterator[Row]:
    rounds = max(rounds // 3, 1)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        yield from _refusals(work, rounds)
        yield _homes(work, rounds)
        yield _thousand(work)


@contextlib.contextmanager
def ready(work: Path, text: str) -> Iterator[tuple[spec.Spec, factory.Factory]]:
    (work / "s.yaml").write_text(text)
    found = spec.read(work / "s.yaml")
    with factory.Factory(found) as source:
        source.prepare(found.cells, 1, lambda done, of, what: None)
        yield found, source


def _refusals(work: Path, rounds: int) -> Iterator[Row]:
    ours_s = 0.0
    with ready(work, REFUSED) as (found, source):
        start = source.start(found.cells[0])
        nor = peers.floor_nor(work, start.nor)
        for jobs in JOBS:
            floor = best = 0.0
            for _ in range(rounds):
                floor = max(floor, floor_rate(start, nor, work, jobs))
                before = _used_s(resource.RUSAGE_SELF)
                best = max(best, rate(found, source, jobs, A_ROUND))
                ours_s = max(ours_s, (_used_s(resource.RUSAGE_SELF) - before) / (jobs * A_ROUND))
            what = f"matrix, refusals, {jobs} job{'s' * (jobs > 1)}"
            yield Row(what, f"{best:.1f}/s", f"floor {floor:.1f}/s", best / floor, least=0.5)
    ratio = ours_s / OURS_S_MAX
    yield Row("  processor time of ours, a boot", f"{ours_s:.3f} s", f"{OURS_S_MAX} s", ratio, most=1.0)


def _homes(work: Path, rounds: int) -> Row:
    """The limit is the cores' time by what QEMU took of it for a boot in the same round."""
    best = (0.0, 0.0, 0.0)
    with ready(work, HOME) as (found, source):
        for _ in range(rounds):
            before = _used_s(resource.RUSAGE_CHILDREN)
            a_second = rate(found, source, CORES, HOMES)
            a_boot_s = (_used_s(resource.RUSAGE_CHILDREN) - before) / (CORES * HOMES)
            limit = CORES / a_boot_s
            best = max(best, (a_second / limit, a_second, limit))
    ratio, a_second, limit = best
    return Row(f"matrix, boots to home, {CORES} jobs", f"{a_second:.2f}/s",
               f"the processor's limit {limit:.2f}/s", ratio, least=0.9)  # fmt: skip


def _thousand(work: Path) -> Row:
    """So many cells are as many names for one ROM, on locked and unlocked phones."""
    names = [f"r{number}" for number in range(THOUSAND // 2)]
    roms = "".join(f"  {name}: {{like: global}}\n" for name in names)
    axes = f"model: dipper, region: cn, rom: [{', '.join(names)}], lock: [locked, unlocked]"
    file = work / "thousand.yaml"
    file.write_text(f"matrix: {{{axes}}}\nroms:\n{roms}expect: [{{verdict: brick region-mismatch}}]\n")
    command = [paths.ROOT / "scripts" / "phone", "matrix", file, "--out", work / "out.jsonl"]
    begun = time.monotonic()
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    took_s = time.monotonic() - begun
    if done.returncode != 0 or f"{THOUSAND} as expected" not in done.stdout:
        raise LabError(f"the thousand ended with {done.returncode}: {done.stdout[-300:]}")
    return Row(f"matrix, {THOUSAND} refusals", f"{took_s:.0f} s", f"target {THOUSAND_S_MAX:.0f} s",
               took_s / THOUSAND_S_MAX, most=1.0)  # fmt: skip


def _used_s(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
