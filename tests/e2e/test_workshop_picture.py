# SPDX-License-Identifier: MIT
"""
A picture that a student's browser sends: its pixels come through, and nothing else does; and how
often it may send.
"""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from workshop import claimed, picture
from workshop.said import Refusal


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), name) + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=2, height=2, depth=8, colour=2, interlace=0, pixels=None, more=b"", after=b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    if pixels is None:
        pixels = (b"\0" + b"\x10\x20\x30" * width) * height
    body = chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(pixels))
    return picture.SIGNATURE + body + chunk(b"IEND", b"") + after


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_pixels_come_through(mode):
    drawn = Image.effect_noise((90, 180), 80).convert(mode)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    again = Image.open(io.BytesIO(picture.cleaned(out.getvalue())))
    assert again.mode == mode and again.tobytes() == drawn.tobytes()


def test_words_and_what_follows_are_left_out():
    given = png(more=chunk(b"tEXt", b"Comment\0<script>"), after=b"<html>")
    cleaned = picture.cleaned(given)
    assert b"script" not in cleaned and b"html" not in cleaned and cleaned == png()


WRONG = {
    "nothing": b"",
    "a page": b"<html>",
    "a JPEG": b"\xff\xd8\xff\xe0" + bytes(40),
    "cut off": png()[:-20],
    "a wrong checksum": png()[:-5] + b"\0" + png()[-4:],
    "no header": picture.SIGNATURE + chunk(b"IEND", b""),
    "another chunk first": picture.SIGNATURE + chunk(b"tEXt", b"") + png()[8:],
    "a length beyond the end": picture.SIGNATURE + struct.pack(">I4s", 1 << 31, b"IHDR") + bytes(40),
    "too wide": png(width=picture.WIDTH_MAX + 1),
    "too high": png(height=picture.HEIGHT_MAX + 1),
    "no width": png(width=0),
    "sixteen bits": png(depth=16),
    "a palette": png(colour=3),
    "interlaced": png(interlace=1),
    "too few rows": png(pixels=b"\0" + bytes(6)),
    "one byte too many": png(pixels=(b"\0" + bytes(6)) * 2 + b"\0"),
    "a filter that is none": png(pixels=(b"\x05" + bytes(6)) * 2),
    "pixels that are no zlib": png().replace(zlib.compress((b"\0" + b"\x10\x20\x30" * 2) * 2), b""),
    "larger than allowed": png(more=chunk(b"tEXt", bytes(picture.BYTES_MAX))),
    "a bomb": png(pixels=bytes(50 << 20)),
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_what_is_no_small_picture_is_refused(given):
    with pytest.raises(Refusal) as refused:
        picture.cleaned(given)
    assert refused.value.key == "bad-picture"


def test_what_a_busy_computer_delivers_together_is_taken_and_a_flood_is_not():
    pace = claimed.Pace(0.5)
    assert [pace.takes(100.0) for _ in range(claimed.AT_ONCE + 1)] == [True] * claimed.AT_ONCE + [False]
    assert [pace.takes(100.5), pace.takes(100.5)] == [True, False]
    flood = [pace.takes(101.0 + number / 100) for number in range(1000)]
    assert 20 <= sum(flood) <= 21
    assert [pace.takes(1000.0) for _ in range(claimed.AT_ONCE + 1)].count(True) == claimed.AT_ONCE
