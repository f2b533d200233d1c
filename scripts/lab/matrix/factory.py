# SPDX-License-Identifier: MIT
"""
What cells start from: factory disks and NORs, made once and kept, many cells a disk.

    build/disks/MODEL-ROM.img       plain ROMs, shared with scripts/phone
    build/matrix/disks/*.img        ROMs of one's own and tampered ones
    build/matrix/nors/*.img         a NOR for each model, market, lock, policy and enrolled key

A boot never writes to them: it gets a copy of the NOR's few blocks, and QEMU's overlay on the disk.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Callable, ContextManager, NamedTuple, Protocol

from .. import catalog, paths, state_record, store
from ..kept import kept_file
from . import images, packages, recipes
from .cells import Cell
from .spec import Spec
from .variants import Variant

DISKS = paths.BUILD / "matrix" / "disks"
NORS = paths.BUILD / "matrix" / "nors"
RUNS = paths.BUILD / "matrix" / "runs"
SERIAL = "e2e00001"  # the same for all: equal cells show equal screens
USER_KEY = paths.KEYS / "user.avbpubkey"

Tell = Callable[[int, int, str], None]  # done, of how many, what


class Start(NamedTuple):
    """Read only, for as long as the factory is open."""

    disk: Path
    disk_format: str
    nor: Path


class Source(Protocol):
    """Where the starts come from: this factory, or a pack (pack.py)."""

    def prepare(self, cells: list[Cell], jobs: int, tell: Tell) -> None: ...

    def start(self, cell: Cell) -> Start: ...

    def payload(self, cell: Cell) -> Path: ...


class NorKey(NamedTuple):
    model: str
    region: str
    lock: str
    policy: str
    key: str

    @property
    def name(self) -> str:
        return "-".join(self)


def nor_key(cell: Cell) -> NorKey:
    return NorKey(cell.model, cell.region, cell.lock, cell.policy, cell.key)


def on_disk(cell: Cell, spec: Spec) -> Variant:
    """What the phone has when it is switched on: where it is flashed, its own market's ROM."""
    if cell.path == "factory":
        return spec.variant(cell)
    own = cell.region if cell.region in catalog.roms() else "global"
    return Variant(like=own)


class Factory:
    """Use as a context manager: what it has given is there until it is left."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._disks: dict[str, Path] = {}
        self._nors: dict[str, Path] = {}
        self._payloads: dict[str, Path] = {}

    def __enter__(self) -> "Factory":
        paths.need(
            paths.BOARDC, paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY, paths.KERNEL, paths.BUSYBOX
        )
        _sweep()
        self._folder = RUNS / f"run-{secrets.token_hex(6)}"
        self._folder.mkdir(parents=True)
        self._held = store.Held(self._folder)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._held.__exit__()

    def start(self, cell: Cell) -> Start:
        key = recipes.key(cell.model, on_disk(cell, self._spec))
        return Start(self._disks[key], "raw", self._nors[nor_key(cell).name])

    def payload(self, cell: Cell) -> Path:
        return self._payloads[payload_key(cell, self._spec)]

    def prepare(self, cells: list[Cell], jobs: int, tell: Tell) -> None:
        """Makes what is missing, so many side by side."""
        works = {**self._disk_works(cells), **self._nor_works(cells), **self._payload_works(cells)}
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            futures = {pool.submit(self._hold, *work): what for what, work in works.items()}
            try:
                for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
                    future.result()
                    tell(number, len(futures), futures[future])
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _hold(self, made: ContextManager[Path], into: dict[str, Path], key: str) -> None:
        """
        A second name for the file: who makes it anew meanwhile gives the first name to another, and
        nobody has to wait until our cells are through.
        """
        with made as path:
            if path.is_dir():
                into[key] = path
                return
            mine = self._folder / f"{secrets.token_hex(4)}-{path.name}"
            os.link(path, mine)
            into[key] = mine

    def _disk_works(self, cells: list[Cell]) -> dict[str, tuple]:
        works = {}
        for cell in cells:
            variant = on_disk(cell, self._spec)
            key = recipes.key(cell.model, variant)
            if variant.is_plain:
                made = store.factory_disk(cell.model, variant.like)
            else:
                made = _variant_disk(cell.model, variant, key)
            works.setdefault(f"disk {key}", (made, self._disks, key))
        return works

    def _nor_works(self, cells: list[Cell]) -> dict[str, tuple]:
        keys = {nor_key(cell).name: nor_key(cell) for cell in cells}
        return {f"NOR {name}": (_nor(key), self._nors, name) for name, key in keys.items()}

    def _payload_works(self, cells: list[Cell]) -> dict[str, tuple]:
        works = {}
        for cell in cells:
            if cell.path != "factory":
                key = payload_key(cell, self._spec)
                made = packages.made(cell, self._spec.variant(cell), key)
                works.setdefault(f"package {key}", (made, self._payloads, key))
        return works


def _sweep() -> None:
    """What a killed run has left: second names keep a disk's blocks."""
    for folder in RUNS.glob("run-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > store.STALE_S and not store.is_running(folder):
                shutil.rmtree(folder, ignore_errors=True)


def payload_key(cell: Cell, spec: Spec) -> str:
    return f"{cell.path}-{recipes.key(cell.model, spec.variant(cell))}"


def _variant_disk(model: str, variant: Variant, key: str) -> ContextManager[Path]:
    def make(out: Path) -> None:
        words = recipes.words(model, variant._replace(like=variant.like or "cn"), out.parent)
        store.tool([paths.ROMC, "disk", *words, "-o", out])
        images.put_on_disk(out, variant)

    return kept_file(DISKS, f"{key}.img", recipes.inputs(model, variant), make)


def _nor(key: NorKey) -> ContextManager[Path]:
    phone = {**key._asdict(), "serial": SERIAL}

    def make(out: Path) -> None:
        store.tool([*store.nor_command(phone), "-o", out])
        if key.key == "user":
            state_record.enroll(out, USER_KEY.read_bytes())

    inputs = [*store.nor_command(phone), key.key, *([USER_KEY] if key.key == "user" else [])]
    return kept_file(NORS, f"{key.name}.img", inputs, make)
