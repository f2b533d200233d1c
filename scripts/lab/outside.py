# SPDX-License-Identifier: MIT
"""
What comes from outside - a ROM's lines, a file that anybody may have edited - is bounded and cleaned
here, and nowhere else.

A ROM has root on its own machine: whatever it sends is a claim. No length, depth, number or character
of it may stop a tool, slow it down, or steer a terminal.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Iterator, NamedTuple

from . import language

LINE_BYTES_MAX = 8192  # TRACE_LINE_BYTES of rom-images/userland/trace.h
NUMBER_MAX = (1 << 64) - 1  # a rollback index has 64 bits, and a ROM's may have any
WORD_CHARS_MAX = 64
FILE_BYTES_MAX = 1 << 20


def clean(text: str, keep: str = "", instead: str = "?") -> str:
    """
    The text without what a terminal would obey: C0 and C1 controls, marks that turn the direction of
    writing, lone surrogates, separators of lines. `instead` stands for each, but for those in `keep`.
    """
    return "".join(c if c.isprintable() or c in keep else instead for c in text)


def word(value: object) -> str:
    """One word of a line that programs read: no blank, no end of line, not without end."""
    shown = clean(str(value)).replace(" ", "?")[:WORD_CHARS_MAX]
    return shown or "?"


def number(text: str, most: int) -> int | None:
    """A whole number in plain digits, from 0 to `most`; None: it is none."""
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text) if plain and int(text) <= most else None


def _integer(digits: str) -> int:
    if len(digits) > 20 or not 0 <= int(digits) <= NUMBER_MAX:
        raise ValueError("a number without measure")
    return int(digits)


def _refuse(what: str) -> object:
    raise ValueError(f"{what} is no value of an event")


def event(line: bytes) -> dict | None:
    """A line as an event: one flat JSON object of texts, whole numbers, true and false; or None."""
    if len(line) > LINE_BYTES_MAX:
        return None
    try:
        found = json.loads(
            line, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    if not all(isinstance(value, (str, int)) for value in found.values()):
        return None
    return {
        whole(name): whole(value) if isinstance(value, str) else value
        for name, value in found.items()
    }


def whole(text: str) -> str:
    """Text that can be encoded: half a pair of surrogates becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Line(NamedTuple):
    data: bytes
    cut: bool  # longer than any line may be: only its end is here


class Lines:
    """Cuts a stream into lines, in time and memory that its sender cannot choose."""

    def __init__(self, bytes_max: int = LINE_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._rest = bytearray()
        self._cut = False

    def feed(self, data: bytes) -> Iterator[Line]:
        *ended, rest = data.split(b"\n")
        for piece in ended:
            self._take(piece)
            yield Line(bytes(self._rest), self._cut)
            self._rest.clear()
            self._cut = False
        self._take(rest)

    def _take(self, piece: bytes) -> None:
        self._rest += piece
        if len(self._rest) > self._bytes_max:
            self._cut = True
            del self._rest[: -self._bytes_max]


def opened(file: Path, flags: int = os.O_RDONLY, mode: str = "rb") -> BinaryIO:
    """
    A file of a folder of ours that anybody may have edited: OSError when something else stands in
    its place, such as a pipe, which would be waited for, or a device, which has no end.
    """
    handle = os.open(file, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file", str(file))
    return os.fdopen(handle, mode, buffering=0 if flags & os.O_WRONLY else -1)


def written(file: Path, keep: bool = False) -> BinaryIO:
    """
    The same to write to, anew or (`keep`) behind what it holds. No link is followed: what it points
    at is none of ours.
    """
    how = os.O_APPEND if keep else os.O_TRUNC
    return opened(file, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how, "ab" if keep else "wb")


def json_of(data: bytes) -> object:
    """What JSON from outside says: ValueError, whatever is in it."""
    try:
        return json.loads(data.decode("utf-8"), parse_int=_integer, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def read_json(file: Path, bytes_max: int = FILE_BYTES_MAX) -> object:
    """
    A JSON file of ours that anybody may have edited: OSError or ValueError, whatever is in it.
    """
    with opened(file) as source:
        data = source.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise ValueError(f"it is larger than {bytes_max} bytes")
    return json_of(data)


def tell(message: str, zh: str = "") -> None:
    """To the person; a message may hold what a phone or a file said."""
    shown = (clean(text, keep="\t\n") for text in (message, zh))
    print(language.pick(*shown), file=sys.stderr, flush=True)
