# SPDX-License-Identifier: MIT
"""
How many cells of a matrix a second, with one job and with two, beside the floor: QEMU with the same
devices and overlay, and a firmware that only powers off.

    refusals    the Global ROM on phones made for China, as announced
    ours        processor time of this process a boot, what QEMU takes left out
"""

from __future__ import annotations

import concurrent.futures
import resource
import tempfile
import time
from pathlib import Path
from typing import Iterator

from .. import qemu
from ..errors import LabError
from ..matrix import engine, factory, images, spec
from ..matrix.way import Way
from . import peers
from .table import Row

SPEC = """\
matrix: {model: dipper, region: cn, rom: global}
expect: [{verdict: brick region-mismatch}]
"""
A_ROUND = 12  # boots for each job
JOBS = (1, 2)
OURS_S_MAX = 0.15


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


def refusal_rate(found: spec.Spec, source: factory.Factory, jobs: int) -> float:
    wrong = []

    def on_done(done: engine.Done) -> None:
        if not found.expected[done.cell].met_by(done.outcome.verdict, ""):
            wrong.append(done.outcome)

    begun = time.monotonic()
    runner = engine.Engine(found, source, Way(peers.HANG_S), jobs)
    runner.run(found.cells * (jobs * A_ROUND), on_done)
    if wrong:
        raise LabError(f"a refusal was none: {wrong[0]}")
    return jobs * A_ROUND / (time.monotonic() - begun)


def rows(rounds: int) -> Iterator[Row]:
    rounds = max(rounds // 3, 1)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "s.yaml").write_text(SPEC)
        found = spec.read(work / "s.yaml")
        with factory.Factory(found) as source:
            source.prepare(found.cells, 1, lambda done, of, what: None)
            start = source.start(found.cells[0])
            nor = peers.floor_nor(work, start.nor)
            yield from _measured(found, source, start, nor, work, rounds)


def _measured(found, source, start, nor: Path, work: Path, rounds: int) -> Iterator[Row]:
    ours_s = 0.0
    for jobs in JOBS:
        floor = best = 0.0
        for _ in range(rounds):
            floor = max(floor, floor_rate(start, nor, work, jobs))
            before = _own_s()
            best = max(best, refusal_rate(found, source, jobs))
            ours_s = max(ours_s, (_own_s() - before) / (jobs * A_ROUND))
        what = f"matrix, refusals, {jobs} job{'s' * (jobs > 1)}"
        yield Row(what, f"{best:.1f}/s", f"floor {floor:.1f}/s", best / floor, least=0.5)
    ratio = ours_s / OURS_S_MAX
    yield Row("  processor time of ours, a boot", f"{ours_s:.3f} s", f"{OURS_S_MAX} s", ratio, most=1.0)


def _own_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
