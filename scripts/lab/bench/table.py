# SPDX-License-Identifier: MIT
"""Rows of the bench: a figure, what it is measured by, the ratio and its target."""

from __future__ import annotations

from typing import Iterable, NamedTuple

HEADINGS = ("what", "measured", "beside", "ratio", "target", "")
FORMAT = "{:<36} {:>34}   {:<44} {:>6}  {:>7}   {}"


class Row(NamedTuple):
    """`ratio` is measured / beside. It is to stay below `most`, or above `least`; or neither."""

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    most: float | None = None
    least: float | None = None

    def judgement(self) -> str:
        if self.ratio is None or (self.most is None and self.least is None):
            return ""
        high = self.most is not None and self.ratio > self.most
        low = self.least is not None and self.ratio < self.least
        return "MISSED" if high or low else "met"

    def target(self) -> str:
        if self.most is not None:
            return f"<= {self.most:.2f}"
        return f">= {self.least:.2f}" if self.least is not None else ""

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        words = (self.what, self.measured, self.beside, ratio, self.target(), self.judgement())
        return FORMAT.format(*words).rstrip()


def show(rows: Iterable[Row]) -> None:
    print(FORMAT.format(*HEADINGS).rstrip())
    for row in rows:
        print(row, flush=True)
