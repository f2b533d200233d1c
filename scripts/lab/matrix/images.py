# SPDX-License-Identifier: MIT
"""Changes to a made disk, a package or a zip: images of one's own, a flipped bit, a cut."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path
from typing import BinaryIO

from .. import disk, sparse
from ..errors import LabError
from .variants import ZIP, Change, Variant

BOOT_NAME_LAST = 48 + 15  # of the boot image's header: nothing that runs depends on it
VBMETA_HEADER_BYTES = 256
VBMETA_KEY_END = 200  # from the end of vbmeta's blocks: inside the public key
HALF = 0.5
PIECE = 1 << 20


def copy(source: Path, target: Path) -> None:
    """A sparse file as a sparse file; as a reflink where the file system can."""
    with open(source, "rb") as old, open(target, "wb") as new:
        size = os.fstat(old.fileno()).st_size
        os.truncate(new.fileno(), size)
        for begin, end in extents(old, 0, size):
            os.lseek(old.fileno(), begin, os.SEEK_SET)
            os.lseek(new.fileno(), begin, os.SEEK_SET)
            while begin < end:
                begin += _copied(old.fileno(), new.fileno(), end - begin)


def _copied(old: int, new: int, count: int) -> int:
    done = os.copy_file_range(old, new, count)
    if done == 0:
        raise LabError("a file became shorter while it was copied")
    return done


def extents(file: BinaryIO, begin: int, end: int) -> list[tuple[int, int]]:
    """Where the file has content, between two offsets."""
    found = []
    handle, at = file.fileno(), begin
    while at < end:
        try:
            at = os.lseek(handle, at, os.SEEK_DATA)
        except OSError:
            break
        if at >= end:
            break
        stop = min(os.lseek(handle, at, os.SEEK_HOLE), end)
        found.append((at, stop))
        at = stop
    return found


def put_on_disk(image: Path, variant: Variant) -> None:
    """The variant's own images and changes, written over a made disk."""
    there = disk.partitions(image)
    with open(image, "r+b") as file:
        for part, source in _own(variant):
            if part in there:
                _write(file, there[part], source)
            elif (part, source) in variant.images:
                raise LabError(f"images: this model has no partition {part!r}", code=2)
        for change in variant.changes:
            if change.part not in there:
                raise LabError(f"{change.how}: this model has no partition {change.part!r}", code=2)
            begin, length = there[change.part]
            apply(file, change, begin, _used(file, change.part, begin, length))


def _own(variant: Variant) -> list[tuple[str, Path]]:
    package = variant.package
    found = [(file.stem, file) for file in sorted(package.glob("images/*.img"))] if package else []
    return found + list(variant.images)


def _write(file: BinaryIO, where: tuple[int, int], source: Path) -> None:
    begin, length = where
    with open(source, "rb") as image:
        pieces = list(_ranges(image))
        if any(offset + size > length for offset, size, _ in pieces):
            raise LabError(f"{source} is larger than its partition", code=2)
        _zero(file, begin, begin + length)
        for offset, _, chunks in pieces:
            file.seek(begin + offset)
            for chunk in chunks:
                file.write(chunk)


def _ranges(image: BinaryIO):
    for offset, size, chunks in sparse.pieces(image):
        yield offset, size, list(chunks)


def _zero(file: BinaryIO, begin: int, end: int) -> None:
    file.flush()
    for start, stop in extents(file, begin, end):
        file.seek(start)
        while start < stop:
            start += file.write(bytes(min(PIECE, stop - start)))
    file.flush()


def _used(file: BinaryIO, part: str, begin: int, length: int) -> int:
    """How long the image in a partition is."""
    if part == "vbmeta":
        return _vbmeta_bytes(file, begin)
    file.flush()
    found = extents(file, begin, begin + length)
    if not found:
        raise LabError(f"there is nothing in the partition {part} to be changed", code=2)
    return found[-1][1] - begin


def _vbmeta_bytes(file: BinaryIO, begin: int) -> int:
    file.seek(begin + 12)
    return VBMETA_HEADER_BYTES + sum(struct.unpack(">2Q", file.read(16)))


def apply(file: BinaryIO, change: Change, begin: int, length: int) -> None:
    at = begin + (_usual(change, length) if change.at is None else int(change.at * length))
    if change.how == "cut":
        _zero(file, at, begin + length)
        return
    file.seek(at)
    (old,) = file.read(1)
    file.seek(at)
    file.write(bytes([old ^ 1]))


def _usual(change: Change, length: int) -> int:
    """
    Where a bit is flipped when nobody says: where an unlocked phone can still run the image - in
    the name of a boot image, in the key of vbmeta.
    """
    if change.how == "flip" and change.part in ("boot", "recovery"):
        return BOOT_NAME_LAST
    if change.how == "flip" and change.part == "vbmeta":
        return length - VBMETA_KEY_END
    return int(HALF * length)


def changed_file(source: Path, target: Path, changes: list[Change]) -> None:
    """A copy of an image or a zip with these changes; what is cut is shorter."""
    shutil.copyfile(source, target)
    with open(target, "r+b") as file:
        for change in changes:
            length = target.stat().st_size
            if change.part == "vbmeta":
                length = _vbmeta_bytes(file, 0)
            if change.how == "cut" and (change.part == ZIP or change.at is None):
                file.truncate(int((HALF if change.at is None else change.at) * length))
                continue
            apply(file, change, 0, length)
