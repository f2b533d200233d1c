# SPDX-License-Identifier: MIT
"""
The bootloader in a page, as `make page` wrote it; best of several rounds.

    page: brick        what the page's thread spends from power-on to a refused ROM's verdict and its
                       screen, in Chromium; beside QEMU's guest, from power-on to the same verdict
    page: longest      the longest that the thread is kept at once meanwhile: 16 ms are a frame
    page: first, all   the files of the first picture (gzip), and all of them (Brotli)
    judge              verdicts a second under Node, of the matrix of one model
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Iterator

from .. import catalog, paths, qemu, store, verdict
from ..errors import LabError
from . import peers
from .table import Row

BRICK_MS = 20.0
SLICE_MS = 16.0
FIRST_KIB, ALL_KIB = 250.0, 500.0
VERDICTS = 50.0
SCENE = "#model=dipper&made-for=cn&rom=global&lock=locked&policy=announced"
JUDGED_MODEL = "dipper"
JUDGE = paths.ROOT / "scripts" / "web" / "node" / "judge.js"
LATER = {  # fetched when they are wanted, behind the first picture
    "sw.js", "recovery.wasm", "rom.wasm", "about.html", "licences.html", "page/text.css",
    "data/account.json", "data/stories.json", "rescue.js", "story.js", "page/stories.js",
    "page/story_texts.js",
}  # fmt: skip
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu")
BROTLI = "process.stdout.write(String(require('zlib').brotliCompressSync(require('fs').readFileSync(0)).length))"
BRICKED = "return flashlab.phone.events.some((e) => e.event === 'verdict') && flashlab.phone.machine.timing"


def rows(rounds: int) -> Iterator[Row]:
    folder = paths.BUILD / "page"
    paths.need(folder / "index.html")
    busy, longest = in_chromium(folder, rounds)
    guest = in_qemu(rounds)
    yield Row("page: brick", f"{busy:.1f} ms", f"QEMU's guest {guest:.1f} ms", busy / guest)
    yield Row("page: brick", f"{busy:.1f} ms", f"the most: {BRICK_MS:.0f} ms", busy / BRICK_MS, most=1)
    yield Row("page: longest", f"{longest:.1f} ms", f"a frame: {SLICE_MS:.0f} ms", longest / SLICE_MS, most=1)
    first, everything = sizes(folder)
    yield Row("page: first picture", f"{first:.0f} KiB", f"the most: {FIRST_KIB:.0f} KiB", first / FIRST_KIB, most=1)
    yield Row("page: all", f"{everything:.0f} KiB", f"the most: {ALL_KIB:.0f} KiB", everything / ALL_KIB, most=1)
    rate = judged(folder)
    yield Row("judge", f"{rate:.0f} /s", f"at least {VERDICTS:.0f} /s", rate / VERDICTS, least=1)


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def in_chromium(folder: Path, rounds: int) -> tuple[float, float]:
    """The least of the thread's time, and of its longest slice."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        raise LabError("python3-selenium is missing: make bench installs it") from None
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    handler = functools.partial(_Silent, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.get(f"http://127.0.0.1:{server.server_port}/{SCENE}")
        _wait(driver, "return document.body.dataset.ready")
        found = [_brick(driver) for _ in range(rounds)]
    finally:
        driver.quit()
        server.shutdown()
    return min(busy for busy, _ in found), min(longest for _, longest in found)


def _brick(driver) -> tuple[float, float]:
    driver.execute_script("flashlab.phone.machine.cut(); flashlab.phone.machine.events.length = 0;"
                          "flashlab.phone.power.on()")  # fmt: skip
    timing = _wait(driver, BRICKED)
    return timing["busy_ms"], timing["longest_ms"]


def _wait(driver, script: str):
    deadline = time.monotonic() + peers.HANG_S
    while time.monotonic() < deadline:
        found = driver.execute_script(script)
        if found:
            return found
        time.sleep(0.02)
    raise LabError(f"nothing came of it in {peers.HANG_S:g} s: {script}")


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


def sizes(folder: Path) -> tuple[float, float]:
    """KiB of the first picture and of everything, as a web server sends them."""
    first = everything = 0.0
    for file in folder.rglob("*"):
        if file.is_file():
            name, content = file.relative_to(folder).as_posix(), file.read_bytes()
            if is_first(name):
                first += len(gzip.compress(content, 9)) / 1024
            done = subprocess.run(["node", "-e", BROTLI], input=content, capture_output=True, check=True)
            everything += int(done.stdout) / 1024
    return first, everything


def is_first(name: str) -> bool:
    """Is it needed for the default scene's first picture?"""
    if name.endswith(".pack"):
        return name in ("data/dipper.pack", "data/dipper-roms.pack")
    return name not in LATER


def judged(folder: Path) -> float:
    """Verdicts a second, without the start of Node."""
    cells = [
        {"model": JUDGED_MODEL, "made_for": region, "rom": rom, "lock": lock, "policy": policy}
        for region in catalog.facts_of_model(JUDGED_MODEL)["model_numbers"]
        for rom in catalog.roms()
        for lock in catalog.LOCKS
        for policy in catalog.POLICIES
    ] * 4
    with tempfile.TemporaryFile("w+") as file:
        file.writelines(json.dumps(cell) + "\n" for cell in cells)
        command = ["node", str(JUDGE), str(folder)]

        def taken(count: int) -> float:
            file.seek(0)
            lines = file.readlines()[:count]
            begun = time.monotonic()
            subprocess.run(command, input="".join(lines), text=True, capture_output=True, check=True)
            return time.monotonic() - begun

        return (len(cells) - 1) / (taken(len(cells)) - taken(1))
