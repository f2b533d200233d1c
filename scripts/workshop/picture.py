# SPDX-License-Identifier: MIT
"""
A small picture of a phone's screen, as a student's browser sends it (PNG: W3C, third edition). The
sender may be anybody: it is taken to pieces, and what is passed on was written here - eight bits,
RGB or RGBA, not interlaced, no larger than a phone on the wall, nothing but pixels.
"""

from __future__ import annotations

import struct
import zlib

from .said import Refusal

BYTES_MAX = 64 << 10
WIDTH_MAX, HEIGHT_MAX = 240, 560
SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}  # by the colour type
CHUNK_BYTES = 12  # length, name, checksum
FILTERS = 5
LEVEL = 6


def cleaned(given: bytes) -> bytes:
    """The same pixels, in a file of ours. Refusal: it is no such picture."""
    if len(given) > BYTES_MAX or not given.startswith(SIGNATURE):
        raise Refusal("bad-picture")
    chunks = _chunks(given[len(SIGNATURE) :])
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise Refusal("bad-picture")
    header = chunks[0][1]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in CHANNELS or rest != [0, 0, 0]:
        raise Refusal("bad-picture")
    if not (0 < width <= WIDTH_MAX and 0 < height <= HEIGHT_MAX):
        raise Refusal("bad-picture")
    packed = b"".join(data for name, data in chunks if name == b"IDAT")
    pixels = _unpacked(packed, height, 1 + width * CHANNELS[colour])
    pieces = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, LEVEL)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, data) for name, data in pieces)


def _chunks(rest: bytes) -> list[tuple[bytes, bytes]]:
    """Names and contents, up to IEND; checksums must be right."""
    found = []
    while len(rest) >= CHUNK_BYTES:
        length, name = struct.unpack(">I4s", rest[:8])
        if length > len(rest) - CHUNK_BYTES:
            break
        data = rest[8 : 8 + length]
        if rest[: CHUNK_BYTES + length] != _chunk(name, data):
            break
        found.append((name, data))
        if name == b"IEND":
            return found
        rest = rest[CHUNK_BYTES + length :]
    raise Refusal("bad-picture")


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I4s", len(data), name) + data + struct.pack(">I", checksum)


def _unpacked(packed: bytes, rows: int, row_bytes: int) -> bytes:
    """Exactly the rows that the header names, and not one byte more is ever unpacked."""
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, rows * row_bytes + 1)
    except zlib.error:
        raise Refusal("bad-picture") from None
    if len(pixels) != rows * row_bytes or any(n >= FILTERS for n in pixels[::row_bytes]):
        raise Refusal("bad-picture")
    return pixels
