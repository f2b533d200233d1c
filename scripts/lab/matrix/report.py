# SPDX-License-Identifier: MIT
"""What a person sees of a matrix: a bar on a terminal, a line a cell elsewhere; then the summary."""

from __future__ import annotations

import collections
import shutil
import sys
import time
from typing import TextIO

from ..schema import printable
from .results import Table

BAR = 24
SHOWN_MAX = 20  # cells that differ, in the summary; all are in the results
MARKS = {"as-expected": "ok", "differs": "DIFFERS", "infra": "LAB"}


def one_line(record: dict) -> str:
    """A cell's result, cleaned: part of a verdict is a claim of the ROM's."""
    said = printable(record["verdict"])
    said += f" (flash {record['flash']})" if record.get("flash") else ""
    if record["result"] != "as-expected":
        said += f"; expected {printable(record['expected'])}"
        said += f", by {printable(record['rule'])}" if record.get("rule") else ""
    if record.get("why"):
        said += f" ({printable(record['why'])})"
    return f"{MARKS[record['result']]:<7} {record['cell']}: {said}"


class Progress:
    """Counts; on a terminal it draws over its own line, and what is wrong stays above it."""

    def __init__(self, total: int, out: TextIO = sys.stderr) -> None:
        self._total = total
        self._out = out
        self._bar = out.isatty()
        self._begun = time.monotonic()
        self._count: collections.Counter = collections.Counter()
        self._making = False

    def making(self, done: int, of: int, what: str) -> None:
        """Before the boots: what they start from."""
        if self._bar:
            self._draw(f"making what the phones start from: {done}/{of} {what}")
        elif done == of or what.startswith(("disk", "package")) and done % 10 == 0:
            print(f"making what the phones start from: {done}/{of}", file=self._out, flush=True)

    def cell(self, record: dict) -> None:
        self._count[record["result"]] += 1
        line = one_line(record)
        if not self._bar:
            place = f"{self._done}/{self._total}"
            seconds = f"{record['seconds']:.2f} s"
            print(f"{place:>9}  {seconds:>8}  {line}", file=self._out, flush=True)
            return
        if record["result"] != "as-expected":
            self._draw("")
            print(line, file=self._out)
        self._draw(self._status())

    def end(self) -> None:
        if self._bar:
            self._draw("")

    @property
    def _done(self) -> int:
        return sum(self._count.values())

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def begin(self) -> None:
        """The boots begin now: what was made before does not count as their time."""
        self._begun = time.monotonic()

    def rate(self) -> float:
        return self._done / max(self.seconds, 0.001)

    def _status(self) -> str:
        full = BAR * self._done // self._total
        left = (self._total - self._done) / max(self.rate(), 0.001)
        wrong = [f"{self._count[key]} {word}" for key, word in
                 (("differs", "differ"), ("infra", "failed in the lab")) if self._count[key]]  # fmt: skip
        parts = [f"[{'#' * full}{'.' * (BAR - full)}] {self._done}/{self._total}", *wrong]
        parts += [f"{self.rate():.1f} cells/s", f"{int(left) // 60}:{int(left) % 60:02} left"]
        return "  ".join(parts)

    def _draw(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r\x1b[K{text[:width]}")
        self._out.flush()


def summary(table: Table) -> list[str]:
    """A line for each kind of verdict, then what is not as expected, then one for all."""
    counts: collections.Counter = collections.Counter()
    wrong = []
    for record in table.records.values():
        kind = " ".join(str(record["verdict"]).split()[:2])
        counts[printable(kind), record["result"]] += 1
        if record["result"] != "as-expected":
            wrong.append(record)
    kinds = sorted({kind for kind, _ in counts})
    width = max(map(len, kinds), default=0)
    lines = [f"{'verdict':<{max(width, 7)}}  as expected  differs  lab"]
    for kind in kinds:
        numbers = [counts[kind, result] for result in ("as-expected", "differs", "infra")]
        lines.append("{:<{}}  {:>11}  {:>7}  {:>3}".format(kind, max(width, 7), *numbers))
    lines += [""] + [one_line(record) for record in wrong[:SHOWN_MAX]]
    if len(wrong) > SHOWN_MAX:
        lines.append(f"and {len(wrong) - SHOWN_MAX} more")
    return lines + ([""] if wrong else [])


def total(table: Table) -> str:
    """The last line."""
    counts = collections.Counter(record["result"] for record in table.records.values())
    missing = len(table.missing())
    parts = [f"{counts['as-expected']} as expected", f"{counts['differs']} differ"]
    parts += [f"{counts['infra']} failed in the lab"] if counts["infra"] else []
    parts += [f"{missing} not done"] if missing else []
    return f"matrix: {len(table.header.cells)} cells: {', '.join(parts)}"
