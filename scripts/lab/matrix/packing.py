# SPDX-License-Identifier: MIT
"""scripts/fleet/pack: makes a folder that a node can run matrices from (pack.py)."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import sys
import tarfile
from pathlib import Path

from .. import ending, paths, store
from ..errors import WRONG_WORDS, LabError
from ..options import whole
from . import images, recipes
from .cells import Cell
from .factory import Factory, nor_key, on_disk, payload_key
from .pack import INDEX, digest
from .spec import Spec, read

SCRIPTS = ("phone", "lab", "fleet")
DATA = ("board/*.yaml", "rom-images/*.yaml")
QUICK = 1  # of gzip: kernels are packed already, or shrink well at once
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")


class Packing:
    def __init__(self, out: Path) -> None:
        self._out = out
        self._index: dict[str, dict[str, str]] = {"disks": {}, "nors": {}, "payloads": {}}
        (out / "objects").mkdir(parents=True, exist_ok=True)

    def cells(self, spec: Spec, factory: Factory) -> None:
        """All that the cells start from, each thing once."""
        for number, cell in enumerate(spec.cells, 1):
            start = factory.start(cell)
            disk_key = recipes.key(cell.model, on_disk(cell, spec))
            self._add("disks", disk_key, start.disk, "qcow2", _compress_disk)
            self._add("nors", nor_key(cell).name, start.nor, "img.gz", _compress_nor)
            if cell.path != "factory":
                self._payload(cell, spec, factory.payload(cell))
            if number % 50 == 0 or number == len(spec.cells):
                print(f"packed {number} of {len(spec.cells)} cells", file=sys.stderr, flush=True)

    def _payload(self, cell: Cell, spec: Spec, path: Path) -> None:
        is_zip = path.suffix == ".zip"
        how = ("zip", images.copy) if is_zip else ("tar.gz", _tar)
        self._add("payloads", payload_key(cell, spec), path, *how)

    def _add(self, kind: str, key: str, source: Path, ending: str, make) -> None:
        if key in self._index[kind]:
            return
        part = self._out / "objects" / f".part.{ending}"
        make(source, part)
        name = f"objects/{digest(part)}.{ending}"
        os.replace(part, self._out / name)
        self._index[kind][key] = name

    def specification(self, spec: Spec) -> Path:
        """The file and its own files at the same places beneath the pack."""
        inside = spec.file.resolve().is_relative_to(paths.ROOT)
        name = spec.file.resolve().relative_to(paths.ROOT) if inside else Path(spec.file.name)
        for variant in spec.roms.values():
            for file in variant.files():
                near = os.path.relpath(file.resolve(), spec.file.resolve().parent)
                if near.startswith(".."):
                    raise LabError(f"{file}: files must lie beside or below {spec.file}", WRONG_WORDS)
                _copy(file, self._out / name.parent / near)
        _copy(spec.file, self._out / name)
        return name

    def end(self, with_keys: bool) -> None:
        for name in SCRIPTS:
            source, target = paths.ROOT / "scripts" / name, self._out / "scripts" / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=NOT_COPIED, dirs_exist_ok=True)
            else:
                _copy(source, target)
        for pattern in DATA:
            for file in paths.ROOT.glob(pattern):
                _copy(file, self._out / file.relative_to(paths.ROOT))
        if with_keys:
            shutil.copytree(paths.KEYS, self._out / "build" / "keys", dirs_exist_ok=True)
        part = self._out / f".{INDEX}"
        part.write_text(json.dumps(self._index, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(part, self._out / INDEX)
        wanted = {name for kind in self._index.values() for name in kind.values()}
        for file in (self._out / "objects").iterdir():
            if f"objects/{file.name}" not in wanted:
                file.unlink()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _compress_disk(source: Path, part: Path) -> None:
    """Clusters that QEMU unpacks as the phone reads them."""
    if not shutil.which("qemu-img"):
        raise LabError("qemu-img is not installed (Debian package qemu-utils)")
    options = ["-c", "-f", "raw", "-O", "qcow2", "-o", "compression_type=zstd"]
    store.tool(["qemu-img", "convert", *options, source, part])


def _compress_nor(source: Path, part: Path) -> None:
    with open(source, "rb") as nor, open(part, "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
            shutil.copyfileobj(nor, out, 1 << 20)


def _tar(source: Path, part: Path) -> None:
    """The same bytes for the same files, whoever made them."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry

    with open(part, "wb") as raw, gzip.GzipFile("", "wb", QUICK, raw, mtime=0) as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            archive.add(source, arcname=source.name, filter=plain)


def main(argv: list[str]) -> int:
    return ending.run("pack", lambda: _pack(_parse(argv)))


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/fleet/pack",
        description="Packs what nodes need for these specifications: scripts, factory disks, NORs.",
        epilog="On a node: ./scripts/phone matrix SPEC.yaml --shard K/N   (docs/fleets.md)",
    )
    parser.add_argument("specs", metavar="SPEC.yaml", nargs="+")
    parser.add_argument("-o", "--output", metavar="DIR", required=True)
    parser.add_argument("--jobs", metavar="N", type=whole(1, 1024), default=os.cpu_count() or 1)
    parser.add_argument("--without-keys", action="store_true",
                        help="leave out build/keys: nodes then cannot make more of these phones")  # fmt: skip
    return parser.parse_args(argv)


def _pack(args: argparse.Namespace) -> int:
    out = Path(args.output)
    if out.exists() and any(out.iterdir()) and not (out / INDEX).is_file():
        raise LabError(f"{out} is no pack and not empty: name another folder", WRONG_WORDS)
    packing = Packing(out)
    names = []
    for file in args.specs:
        spec = read(Path(file))
        with Factory(spec) as factory:
            factory.prepare(spec.cells, args.jobs, lambda done, of, what: None)
            packing.cells(spec, factory)
        names.append(packing.specification(spec))
    packing.end(not args.without_keys)
    size = sum(file.stat().st_size for file in (out / "objects").iterdir())
    print(f"{out}: {', '.join(map(str, names))}; objects {size / (1 << 20):.0f} MiB")
    return 0
