# SPDX-License-Identifier: MIT
"""An image to be written, raw or sparse (bootloader/format/sparse.h), as ranges of real content."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Iterator

from .errors import LabError

MAGIC = b"\x3a\xff\x26\xed"
HEADER, CHUNK = struct.Struct("<4sHHHHIIII"), struct.Struct("<HHII")
RAW, FILL, DONT_CARE, CRC32 = 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4
PIECE = 262144
BLOCK_MAX = 1 << 20


class Pieces:
    """
    Iterates over (offset, length, chunks of at most PIECE bytes) of what an image has content for.
    A damaged sparse image is refused when it is opened.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.is_sparse = source.read(4) == MAGIC
        size = source.seek(0, 2)
        self._ranges = self._of_sparse(size) if self.is_sparse else [(0, size, 0, None)]
        self.total_bytes = sum(length for _, length, _, _ in self._ranges)

    def __iter__(self) -> Iterator[tuple[int, int, Iterator[bytes]]]:
        for offset, length, at, fill in self._ranges:
            if length:
                yield offset, length, self._chunks(at, length, fill)

    def _chunks(self, at: int, length: int, fill: bytes | None) -> Iterator[bytes]:
        self._source.seek(at)
        while length:
            now = min(length, PIECE)
            data = fill * (now // len(fill)) if fill else self._source.read(now)
            if len(data) != now:
                raise LabError(f"{self._name()} ends too soon")
            yield data
            length -= now

    def _name(self) -> str:
        return Path(str(getattr(self._source, "name", "the image"))).name

    def _of_sparse(self, size: int) -> list[tuple[int, int, int, bytes | None]]:
        """(offset, length, where in the file, what it is filled with or None)."""
        if size < HEADER.size:
            raise self._damaged("its header is cut off")
        self._source.seek(0)
        _, major, _, head, chunk_head, block, total, count, _ = HEADER.unpack(
            self._source.read(HEADER.size)
        )
        if major != 1 or head != HEADER.size or chunk_head != CHUNK.size:
            raise self._damaged("its header is of another version")
        if block == 0 or block % 512 or block > BLOCK_MAX:
            raise self._damaged("its block size is odd")
        ranges, at, done = [], HEADER.size, 0
        for _ in range(count):
            self._source.seek(at)
            data = self._source.read(CHUNK.size)
            if len(data) != CHUNK.size:
                raise self._damaged("a chunk is cut off")
            kind, _, blocks, chunk_bytes = CHUNK.unpack(data)
            payload = {RAW: blocks * block, FILL: 4, DONT_CARE: 0, CRC32: 4}.get(kind)
            if payload is None or chunk_bytes != CHUNK.size + payload or at + chunk_bytes > size:
                raise self._damaged("a chunk is not what its header says")
            if kind in (RAW, FILL):
                fill = self._source.read(4) if kind == FILL else None
                ranges.append((done * block, blocks * block, at + CHUNK.size, fill))
            done += 0 if kind == CRC32 else blocks
            at += chunk_bytes
        if done != total:
            raise self._damaged("its chunks do not add up")
        return ranges

    def _damaged(self, why: str) -> LabError:
        return LabError(f"{self._name()}: a damaged sparse image: {why}")


def pieces(source: BinaryIO) -> Pieces:
    return Pieces(source)
