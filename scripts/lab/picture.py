# SPDX-License-Identifier: MIT
"""A phone's screen in a terminal: two pixels a character, the upper half block in two colours."""

from __future__ import annotations

import os
from typing import Mapping

from .errors import LabError

HALF_BLOCK = "\u2580"
RESET = "\x1b[0m"
SAMPLES = 4  # a drawn pixel is the mean of so many by so many


class Ppm:
    """A binary PPM (P6, 8 bits), as QEMU writes it."""

    def __init__(self, data: bytes) -> None:
        fields = data[:64].split(maxsplit=4)
        if len(fields) < 5 or fields[0] != b"P6" or fields[3] != b"255":
            raise LabError("the picture is not a PPM")
        self.width, self.height = int(fields[1]), int(fields[2])
        self.pixels = data[-3 * self.width * self.height :]
        if self.width < 1 or self.height < 1 or len(self.pixels) != 3 * self.width * self.height:
            raise LabError("the picture is cut short")

    def mean(self, left: float, top: float, size: float) -> tuple[int, int, int]:
        """The mean colour of a square, from a few samples."""
        red = green = blue = 0
        for j in range(SAMPLES):
            y = min(int(top + (j + 0.5) * size / SAMPLES), self.height - 1)
            for i in range(SAMPLES):
                x = min(int(left + (i + 0.5) * size / SAMPLES), self.width - 1)
                at = 3 * (y * self.width + x)
                red += self.pixels[at]
                green += self.pixels[at + 1]
                blue += self.pixels[at + 2]
        count = SAMPLES * SAMPLES
        return red // count, green // count, blue // count


def colours(environment: Mapping[str, str]) -> int:
    """
    How many colours the terminal can show: 24 (bits), 8 (bits), or 0 when drawing makes no sense.
    """
    term = environment.get("TERM", "")
    if term in ("", "dumb"):
        return 0
    if environment.get("COLORTERM") in ("truecolor", "24bit") or term.endswith("-direct"):
        return 24
    return 8 if "256color" in term else 0


def _code(rgb: tuple[int, int, int], depth: int) -> str:
    if depth == 24:
        return "2;%d;%d;%d" % rgb
    if max(rgb) - min(rgb) < 12:
        grey = (sum(rgb) // 3 - 3) // 10
        return "5;%d" % (16 if grey < 0 else 231 if grey > 23 else 232 + grey)
    red, green, blue = ((value * 5 + 127) // 255 for value in rgb)
    return "5;%d" % (16 + 36 * red + 6 * green + blue)


def half_blocks(picture: Ppm, size: os.terminal_size, depth: int) -> str:
    """The picture, as large as fits, some lines left for what is said around it."""
    room_lines = max(size.lines - 4, 8)
    step = max(picture.height / (2 * room_lines), picture.width / max(size.columns - 2, 8))
    columns = max(int(picture.width / step), 1)
    lines = []
    for row in range(int(picture.height / step / 2)):
        line = []
        for column in range(columns):
            upper = picture.mean(column * step, 2 * row * step, step)
            lower = picture.mean(column * step, (2 * row + 1) * step, step)
            line.append(f"\x1b[38;{_code(upper, depth)};48;{_code(lower, depth)}m{HALF_BLOCK}")
        lines.append("".join(line) + RESET)
    return "\n".join(lines)
