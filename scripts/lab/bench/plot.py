# SPDX-License-Identifier: MIT
"""Curves as SVG: axes from zero, a line and a word for each. Readable where it is shown small."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Mapping, Sequence

WIDTH, HEIGHT = 900, 540
LEFT, RIGHT, TOP, BOTTOM = 90, 30, 30, 80
COLOURS = ("#1a5fb4", "#c64600", "#26a269", "#813d9c")
STEPS = (1, 2, 5, 10)
TICKS_MOST = 6


def ticks_of(largest: float) -> list[float]:
    """From zero to the first one that is not below `largest`, a round number apart."""
    power = 10.0 ** math.floor(math.log10(largest / TICKS_MOST))
    step = next(power * step for step in STEPS if power * step * TICKS_MOST >= largest)
    return [step * number for number in range(math.ceil(largest / step) + 1)]


def write(
    out: Path, across: str, up: str, curves: Mapping[str, Sequence[tuple[float, float]]]
) -> None:
    """Each curve is a list of (x, y), both from zero on."""
    ticks_x = ticks_of(max(x for points in curves.values() for x, _ in points))
    ticks_y = ticks_of(max(y for points in curves.values() for _, y in points))

    def at(x: float, y: float) -> tuple[float, float]:
        return (LEFT + x / ticks_x[-1] * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - y / ticks_y[-1] * (HEIGHT - TOP - BOTTOM))  # fmt: skip

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="18">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for tick in ticks_y:
        left, y = at(0, tick)
        parts += [
            f'<path d="M{left:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#d0d0d0"/>',
            f'<text x="{left - 10:.1f}" y="{y + 6:.1f}" text-anchor="end">{tick:g}</text>',
        ]
    for tick in ticks_x:
        x, floor = at(tick, 0)
        parts.append(f'<text x="{x:.1f}" y="{floor + 26:.1f}" text-anchor="middle">{tick:g}</text>')
    parts += [
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 20}" text-anchor="end">{across}</text>',
        f'<text x="{LEFT + 8}" y="{TOP - 8}">{up}</text>',
    ]
    for number, (name, points) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in points)
        y = TOP + 30 + 28 * number
        parts += [
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="4"/>',
            f'<path d="M{LEFT + 24} {y - 6}h40" stroke="{colour}" stroke-width="4"/>',
            f'<text x="{LEFT + 74}" y="{y}">{name}</text>',
        ]
    out.write_text("\n".join(parts) + "\n</svg>\n", encoding="utf-8")
