# SPDX-License-Identifier: MIT
"""How much the page is over the wire, as a web server sends it that packs with gzip, or with Brotli."""

from __future__ import annotations

import gzip
import subprocess

from page_twin import site

FIRST_KIB_MAX = 250  # what the first picture of the default scene needs
ALL_KIB_MAX = 500  # all models, all ROMs
LATER = {"sw.js", "recovery.wasm", "rom.wasm", "about.html", "licences.html", "page/text.css"}


def files() -> dict[str, bytes]:
    folder = site()
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def brotli(content: bytes) -> int:
    """Node's zlib has it; Python's has not."""
    program = "process.stdout.write(String(require('zlib').brotliCompressSync(require('fs').readFileSync(0)).length))"
    done = subprocess.run(["node", "-e", program], input=content, capture_output=True, check=True)
    return int(done.stdout)


def is_first(name: str) -> bool:
    if name.endswith(".pack"):
        return name in ("data/dipper.pack", "data/dipper-global.pack")
    return name not in LATER


def test_the_first_picture():
    sizes = {name: len(gzip.compress(content, 9)) for name, content in files().items() if is_first(name)}
    assert sum(sizes.values()) <= FIRST_KIB_MAX * 1024, sizes


def test_all_of_it():
    sizes = {name: brotli(content) for name, content in files().items()}
    assert sum(sizes.values()) <= ALL_KIB_MAX * 1024, sizes
