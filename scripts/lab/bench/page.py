# SPDX-License-Identifier: MIT
"""
The bootloader in a page, as `make page` wrote it; best of several rounds.

    page: brick        what the page's thread spends from power-on to a refused ROM's verdict and its
                       screen, in Chromium; beside QEMU's guest, from power-on to the same verdict
    page: at once, ..  the longest that the thread is kept at once, from the first load to a story, in
                       processor time: 16 ms are a frame
    page: first, all   the files of the first picture (gzip), and all of them (Brotli)
    judge              verdicts a second under Node, of the whole matrix: by the clock, and by the
                       processor's time
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import time
from pathlib import Path
from typing import Iterator, NamedTuple

from .. import catalog, paths, qemu, store, verdict
from ..errors import LabError
from . import page_browser, peers
from .table import Row

BRICK_MS = 20.0
SLICE_MS = 16.0
FIRST_KIB, ALL_KIB = 250.0, 500.0
VERDICTS = 50.0
JUDGE = paths.ROOT / "scripts" / "web" / "node" / "judge.js"
LATER = {  # fetched when they are wanted, behind the first picture
    "sw.js", "recovery.wasm", "rom.wasm", "about.html", "licences.html", "page/text.css",
    "data/account.json", "data/stories.json", "rescue.js", "story.js", "page/stories.js",
    "page/story_texts.js",
}  # fmt: skip
BROTLI = """
const { brotliCompressSync } = require("zlib"), { readFileSync } = require("fs");
for (const name of JSON.parse(readFileSync(0))) {
  console.log(brotliCompressSync(readFileSync(name)).length);
}
"""


def rows(rounds: int) -> Iterator[Row]:
    folder = paths.BUILD / "page"
    paths.need(folder / "index.html")
    busy = page_browser.brick_ms(folder, rounds)
    guest = in_qemu(rounds)
    yield Row("page: brick", f"{busy:.1f} ms", f"QEMU's guest {guest:.1f} ms", busy / guest)
    yield Row("page: brick", f"{busy:.1f} ms", f"the most: {BRICK_MS:.0f} ms", busy / BRICK_MS, most=1)
    for name, longest in page_browser.longest_ms(folder, max(rounds // 3, 1)).items():
        yield Row(f"page: at once, {name}", f"{longest:.1f} ms", f"a frame: {SLICE_MS:.0f} ms", longest / SLICE_MS, most=1)
    first, everything = sizes(parts(folder))
    yield Row("page: first picture", f"{first:.0f} KiB", f"the most: {FIRST_KIB:.0f} KiB", first / FIRST_KIB, most=1)
    yield Row("page: all", f"{everything:.0f} KiB", f"the most: {ALL_KIB:.0f} KiB", everything / ALL_KIB, most=1)
    for clock, rate in judged(folder).items():
        yield Row(f"judge, {clock}", f"{rate:.0f} /s", f"at least {VERDICTS:.0f} /s", rate / VERDICTS, least=1)


def in_qemu(rounds: int) -> float:
    """Milliseconds of the guest's own clock."""
    phone = {"model": "dipper", "region": "cn", "rom": "global", "lock": "locked", "policy": "announced"}
    found = []
    with store.NewPhone(**phone, tag="bench") as new:
        for _ in range(rounds):
            with qemu.RunningPhone(new.folder) as running:
                event = running.wait_for(
                    lambda: next(filter(verdict.is_verdict, running.events), None), peers.HANG_S
                )
            if event is None:
                raise LabError("the phone in QEMU came to no verdict")
            found.append(event["t_us"] / 1000)
    return min(found)


class Part(NamedTuple):
    """A file, as web servers send it."""

    name: str
    first_kib: float  # with gzip, if the first picture needs it; else 0
    kib: float  # with Brotli


def parts(folder: Path) -> list[Part]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    done = subprocess.run(["node", "-e", BROTLI], input=json.dumps([str(file) for file in files]),
                          capture_output=True, text=True, check=True)  # fmt: skip
    return [_part(folder, file, int(size)) for file, size in zip(files, done.stdout.split())]


def _part(folder: Path, file: Path, brotli_bytes: int) -> Part:
    name = file.relative_to(folder).as_posix()
    first = len(gzip.compress(file.read_bytes(), 9)) if is_first(name) else 0
    return Part(name, first / 1024, brotli_bytes / 1024)


def sizes(found: list[Part]) -> tuple[float, float]:
    """KiB of the first picture and of everything."""
    return sum(part.first_kib for part in found), sum(part.kib for part in found)


def is_first(name: str) -> bool:
    """Is it needed for the default scene's first picture?"""
    if name.endswith(".pack"):
        return name in ("data/dipper.pack", "data/dipper-roms.pack")
    return name not in LATER


def cells() -> list[dict]:
    """Every model, market, ROM, lock and policy."""
    return [
        {"model": model, "made_for": region, "rom": rom, "lock": lock, "policy": policy}
        for model in catalog.models()
        for region in catalog.facts_of_model(model)["model_numbers"]
        for rom in catalog.roms()
        for lock in catalog.LOCKS
        for policy in catalog.POLICIES
    ]


def judged(folder: Path) -> dict[str, float]:
    """Verdicts a second, without the start of Node: by the clock, by the processor's time."""
    every = cells()
    one, all_of_them = _taken(folder, every[:1]), _taken(folder, every)
    return {
        clock: (len(every) - 1) / (all_of_them[clock] - one[clock]) for clock in ("clock", "processor")
    }


def _taken(folder: Path, some: list[dict]) -> dict[str, float]:
    lines = "".join(json.dumps(cell) + "\n" for cell in some)
    begun, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["node", str(JUDGE), str(folder)], input=lines, text=True, capture_output=True, check=True)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    return {"clock": time.monotonic() - begun, "processor": processor}
