# SPDX-License-Identifier: MIT
"""
A pack: what cells start from, made elsewhere. A node that has it needs no kernel, no romc, no
compiler. scripts/fleet/pack makes it (packing.py).

    pack.json         {"disks" | "nors" | "payloads": {key: object}}
    objects/SHA256.*  named by their content; each is held against its name once on each node
                      .qcow2: a compressed disk, used as it is    .img.gz: a NOR
                      .tar.gz: a fastboot package                    .zip: a recovery zip

A folder with a pack.json is found by FLASHLAB_PACK, or because the scripts lie in it.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import struct
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Callable

from .. import outside, paths
from ..errors import LAB_FAILED, WRONG_WORDS, LabError
from . import recipes
from .cells import Cell
from .factory import Start, Tell, nor_key, on_disk, payload_key
from .spec import Spec

INDEX = "pack.json"
KINDS = ("disks", "nors", "payloads")
OBJECT = re.compile(r"objects/([0-9a-f]{64})\.(qcow2|img\.gz|tar\.gz|zip)", re.ASCII)
UNPACKED = paths.BUILD / "matrix" / "unpacked"
PIECE = 1 << 20
OURS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT)  # no fault of the pack
INDEX_BYTES_MAX = 64 << 20
NOR_BYTES_MAX = 64 << 20  # bank 0 of QEMU's machine
PACKAGE_BYTES_MAX = 16 << 30
QCOW2 = struct.Struct(">4sIQ56xQ")  # magic, version, the backing file's place; incompatible features
QCOW2_MAGIC, QCOW2_DATA_ELSEWHERE = b"QFI\xfb", 1 << 2


def there() -> Path | None:
    """The pack to run from, if any."""
    folder = Path(os.environ.get("FLASHLAB_PACK") or paths.ROOT)
    if (folder / INDEX).is_file():
        return folder
    if "FLASHLAB_PACK" in os.environ:
        raise LabError(f"FLASHLAB_PACK: {folder} has no {INDEX}", WRONG_WORDS)
    return None


def digest(file: Path) -> str:
    seen = hashlib.sha256()
    with outside.opened(file) as source:
        while piece := source.read(PIECE):
            seen.update(piece)
    return seen.hexdigest()


class Pack:
    """A Source (factory.py). Use as a context manager, like a factory."""

    def __init__(self, spec: Spec, folder: Path) -> None:
        self._spec = spec
        self._folder = folder
        self._ready: dict[str, Path] = {}
        try:
            index = outside.read_json(folder / INDEX, INDEX_BYTES_MAX)
            self._index = {kind: dict(index[kind]) for kind in KINDS}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LabError(f"{folder / INDEX} cannot be read: {error}", WRONG_WORDS) from None

    def __enter__(self) -> "Pack":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, cell: Cell) -> Start:
        disk, nor = self._names(cell)[:2]
        return Start(self._ready[disk], "qcow2", self._ready[nor])

    def payload(self, cell: Cell) -> Path:
        return self._ready[self._names(cell)[2]]

    def _names(self, cell: Cell) -> list[str]:
        """The objects that a cell needs: disk, NOR, and what is flashed."""
        keys = [
            ("disks", recipes.key(cell.model, on_disk(cell, self._spec))),
            ("nors", nor_key(cell).name),
        ]
        if cell.path != "factory":
            keys.append(("payloads", payload_key(cell, self._spec)))
        return [self._object(kind, key) for kind, key in keys]

    def _object(self, kind: str, key: str) -> str:
        name = self._index[kind].get(key)
        if not isinstance(name, str) or not OBJECT.fullmatch(name):
            raise LabError(
                f"the pack in {self._folder} has no {kind[:-1]} {key}: it was made for another "
                "specification, or before this one was changed",
                WRONG_WORDS,
            )
        return name

    def prepare(self, cells: list[Cell], jobs: int, tell: Tell) -> None:
        names = sorted({name for cell in cells for name in self._names(cell)})
        UNPACKED.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(names, 1):
            self._ready[name] = self._unpacked(name)
            tell(number, len(names), f"disk {name[8:20]}")

    def _unpacked(self, name: str) -> Path:
        sha256, kind = OBJECT.fullmatch(name).groups()
        packed = self._folder / name
        target = UNPACKED / f"{sha256}.{kind.removesuffix('.gz')}"
        if not target.exists():
            _check(packed, sha256)
            try:
                _whole(target, lambda part: UNPACK[kind](packed, part))
            except (OSError, EOFError, RecursionError, zlib.error, tarfile.TarError) as error:
                if getattr(error, "errno", None) in OURS:
                    raise
                raise LabError(f"{packed} cannot be unpacked: {error}", WRONG_WORDS) from None
        return packed if kind in IN_PLACE else _inside(target, kind)


def _check(packed: Path, sha256: str) -> None:
    try:
        good = digest(packed) == sha256
    except OSError as error:
        raise LabError(f"{packed}: {error.strerror}", LAB_FAILED) from None
    if not good:
        raise LabError(f"{packed} is damaged: copy the pack again", LAB_FAILED)


def _whole(target: Path, make: Callable[[Path], None]) -> None:
    """Whole or not at all; others on this node may make it at the same time."""
    with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent) as work:
        part = Path(work) / target.name
        make(part)
        try:
            os.rename(part, target)
        except OSError:
            if not target.exists():
                raise


def _inside(target: Path, kind: str) -> Path:
    return next(target.iterdir()) if kind == "tar.gz" else target


def _disk(packed: Path, part: Path) -> None:
    """It stays where it is. One that has its data elsewhere would read files of this computer."""
    with open(packed, "rb") as file:
        head = file.read(QCOW2.size)
    if len(head) == QCOW2.size:
        magic, version, backing, features = QCOW2.unpack(head)
        if magic == QCOW2_MAGIC and (backing or (version > 2 and features & QCOW2_DATA_ELSEWHERE)):
            raise LabError(f"{packed}: a disk that names another file", WRONG_WORDS)
    part.touch()


def _nor(packed: Path, part: Path) -> None:
    with gzip.open(packed, "rb") as source, open(part, "wb") as out:
        size = 0
        while piece := source.read(PIECE):
            size += len(piece)
            if size > NOR_BYTES_MAX:
                raise LabError(f"{packed}: larger than any NOR", WRONG_WORDS)
            if any(piece):
                out.write(piece)
            else:
                out.seek(len(piece), os.SEEK_CUR)
        out.truncate(size)


def _tar(packed: Path, part: Path) -> None:
    """Folders and plain files below `part`, nothing else (Debian 12's tarfile has no filters)."""
    part.mkdir()
    left = PACKAGE_BYTES_MAX
    with tarfile.open(packed, "r:gz") as archive:
        for entry in archive:
            inside = not Path(entry.name).is_absolute() and ".." not in Path(entry.name).parts
            if not inside or not (entry.isfile() or entry.isdir()):
                raise LabError(f"{packed}: {entry.name!r} has no place in a package", WRONG_WORDS)
            left -= entry.size
            if left < 0:
                raise LabError(f"{packed}: larger than any package", WRONG_WORDS)
            archive.extract(entry, part)
    if [entry.is_dir() for entry in part.iterdir()] != [True]:
        raise LabError(f"{packed}: it is not one folder", WRONG_WORDS)


# Disks and zips are read where they are; what is left of them here is the mark that they are whole.
IN_PLACE = ("qcow2", "zip")
UNPACK: dict[str, Callable[[Path, Path], None]] = {
    "qcow2": _disk,
    "zip": lambda packed, part: part.touch(),
    "img.gz": _nor,
    "tar.gz": _tar,
}
