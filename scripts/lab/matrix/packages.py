# SPDX-License-Identifier: MIT
"""What a cell's client sends: a fastboot package or a recovery zip, tampered with as it wants."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import ContextManager, Iterator

from .. import paths, roms, store
from ..kept import kept_file
from . import images, recipes
from .cells import Cell
from .variants import ZIP, Variant

FOLDER = paths.BUILD / "matrix" / "packages"
SCRIPT = "flash_all.sh"


def made(cell: Cell, variant: Variant, key: str) -> ContextManager[Path]:
    """Of fastboot: the package's folder; of sideload: the zip."""
    is_zip = cell.path == "sideload"
    plain = _plain(cell, variant, is_zip)
    if plain:
        return plain
    make = _zip_maker(cell, variant) if is_zip else _package_maker(cell, variant)
    return _one_in(kept_file(FOLDER, key, recipes.inputs(cell.model, variant), make))


def _plain(cell: Cell, variant: Variant, is_zip: bool) -> ContextManager[Path] | None:
    """What needs no work of ours: the ROMs of rom-images/, and what a person brings."""
    if variant.is_plain:
        return _made(roms.recovery_zip if is_zip else roms.package, cell.model, variant.like)
    own = variant.zip if is_zip else variant.package
    if own and not variant.changes and not variant.images:
        return contextlib.nullcontext(own)
    return None


@contextlib.contextmanager
def _made(make, model: str, rom: str) -> Iterator[Path]:
    yield make(model, rom)


@contextlib.contextmanager
def _one_in(kept: ContextManager[Path]) -> Iterator[Path]:
    with kept as folder:
        yield next(folder.iterdir())


def _zip_maker(cell: Cell, variant: Variant):
    def make(out: Path) -> None:
        out.mkdir()
        whole = variant.zip
        if not whole:
            words = recipes.words(cell.model, variant, out.parent / "manifest")
            store.tool([paths.ROMC, "ota", *words, "-o", out.parent / "whole"])
            whole = next((out.parent / "whole").glob("*.zip"))
        changes = [change for change in variant.changes if change.part == ZIP]
        images.changed_file(whole, out / whole.name, changes)

    return make


def _package_maker(cell: Cell, variant: Variant):
    def make(out: Path) -> None:
        if variant.package:
            shutil.copytree(variant.package, out / variant.package.name, copy_function=_link)
        else:
            words = recipes.words(cell.model, variant, out.parent / "manifest")
            how = ["--scripts", roms.TEMPLATES, "--archives", "no"]
            store.tool([paths.ROMC, "package", *words, *how, "-o", out])
        (folder,) = [path for path in out.iterdir() if path.is_dir()]
        for part, source in variant.images:
            _replace(folder / "images" / f"{part}.img", source, [])
        for change in variant.changes:
            image = folder / "images" / f"{change.part}.img"
            _replace(image, image, [change])

    return make


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        shutil.copymode(source, target)


def _replace(image: Path, source: Path, changes: list) -> None:
    """Never in place: the file may be a link to somebody's own."""
    part = image.with_name(f".{image.name}.part")
    images.changed_file(source, part, changes)
    os.replace(part, image)
