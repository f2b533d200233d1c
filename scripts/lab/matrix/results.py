# SPDX-License-Identifier: MIT
"""
Results: JSON lines. The first says what was to be done, each other is a cell's.

    {"matrix": title, "spec": digest, "shard": "1/4", "cells": [names]}
    {"cell": name, "model": ..., "expected": ..., "rule": file:line, "verdict": ..., "result": as-expected | differs |
     infra, "flash": ..., "said": ..., "why": ..., "seconds": ..., "trace": [the deciding events]}

A line is written whole and flushed: what was done before a kill is there, and is not done again.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import IO, Iterable, Iterator, NamedTuple

from .. import outside
from ..errors import AS_EXPECTED, DIFFERS, LAB_FAILED, WRONG_WORDS, LabError
from .boot import Outcome
from .cells import Cell
from .shard import Shard, parse
from .spec import Spec

RESULTS = ("as-expected", "differs", "infra")
LINE_BYTES_MAX = 32 << 20  # the first has the names of all cells
EXITS = {"as-expected": AS_EXPECTED, "differs": DIFFERS, "infra": LAB_FAILED}


class Header(NamedTuple):
    title: str
    digest: str
    shard: Shard
    cells: tuple[str, ...]

    def line(self) -> dict:
        return {
            "matrix": self.title,
            "spec": self.digest,
            "shard": str(self.shard),
            "cells": list(self.cells),
        }


class Table(NamedTuple):
    """A result file as read: the last record of each cell."""

    header: Header
    records: dict[str, dict]

    def missing(self) -> list[str]:
        return [name for name in self.header.cells if name not in self.records]

    def exit_status(self) -> int:
        """The lab's failure weighs more than a difference: it hides others."""
        if self.missing():
            return LAB_FAILED
        return max((EXITS[record["result"]] for record in self.records.values()), default=AS_EXPECTED)


def header(spec: Spec, shard: Shard, cells: list[Cell]) -> Header:
    return Header(spec.title, spec.digest, shard, tuple(cell.name for cell in cells))


def record(spec: Spec, cell: Cell, outcome: Outcome) -> dict:
    expected = spec.expected[cell]
    met = expected.met_by(outcome.verdict, outcome.flash)
    result = "infra" if outcome.infra else "as-expected" if met else "differs"
    return {
        "cell": cell.name,
        **cell._asdict(),
        "expected": str(expected),
        "rule": expected.rule,
        "verdict": outcome.verdict,
        "result": result,
        **({"flash": outcome.flash, "said": outcome.said} if outcome.flash else {}),
        **({"why": outcome.why} if outcome.why else {}),
        "seconds": outcome.seconds,
        "trace": list(outcome.trace),
    }


class Writer:
    """Appends to a file that begins with its header."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @classmethod
    def anew(cls, path: Path, head: Header) -> "Writer":
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = cls(open(path, "wb", buffering=0))
        writer.write(head.line())
        return writer

    @classmethod
    def again(cls, path: Path) -> "Writer":
        """After what is there; the torn last line of a killed run is cut off."""
        file = open(path, "r+b", buffering=0)
        data = file.read()
        whole = data.rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        return cls(file)

    def write(self, line: dict) -> None:
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        if self._file.write(data) != len(data):
            raise OSError(28, os.strerror(28))

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Table:
    """A torn last line is left out; anything else that is wrong is an error at its line."""
    lines = _lines(path)
    first = next(lines, None)
    if first is None:
        raise LabError(f"{path}:1: there is nothing in it", WRONG_WORDS)
    head = _header(path, _parsed(path, 1, first))
    records: dict[str, dict] = {}
    names = set(head.cells)
    for number, line in enumerate(lines, 2):
        found = _parsed(path, number, line)
        name = found.get("cell")
        if not isinstance(name, str) or name not in names or found.get("result") not in RESULTS:
            raise LabError(f"{path}:{number}: not a result of this matrix", WRONG_WORDS)
        records[name] = found
    return Table(head, records)


def _lines(path: Path) -> Iterator[bytes]:
    """Those that have an end."""
    try:
        with outside.opened(path) as file:
            for number in itertools.count(1):
                line = file.readline(LINE_BYTES_MAX)
                if len(line) == LINE_BYTES_MAX:
                    raise LabError(f"{path}:{number}: longer than any result", WRONG_WORDS)
                if not line.endswith(b"\n"):
                    return
                yield line[:-1]
    except OSError as error:
        raise LabError(f"{path}: {error.strerror}", WRONG_WORDS) from None


def _parsed(path: Path, number: int, line: bytes) -> dict:
    try:
        found = outside.json_of(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise LabError(f"{path}:{number}: not a JSON object", WRONG_WORDS)
    return found


def _header(path: Path, line: dict) -> Header:
    try:
        cells = tuple(line["cells"])
        if not all(isinstance(name, str) for name in cells):
            raise ValueError
        return Header(str(line["matrix"]), str(line["spec"]), parse(line["shard"]), cells)
    except (KeyError, TypeError, ValueError, LabError):
        raise LabError(f"{path}:1: not the first line of a matrix's results", WRONG_WORDS) from None


def to_do(table: Table, head: Header, path: Path) -> list[str]:
    """The names that a resumed run still has to do: those without a result, and the lab's failures."""
    if table.header != head:
        raise LabError(
            f"{path} is of another matrix or shard ({table.header.title}, {table.header.shard}): "
            "leave out --resume to begin anew",
            WRONG_WORDS,
        )
    return [
        name
        for name in head.cells
        if table.records.get(name, {"result": "infra"})["result"] == "infra"
    ]


def write_whole(table: Table, path: Path) -> None:
    """The records in the cells' order."""
    part = path.with_name(f".{path.name}.part")
    writer = Writer.anew(part, table.header)
    try:
        for name in table.header.cells:
            if name in table.records:
                writer.write(table.records[name])
    finally:
        writer.close()
    os.replace(part, path)


def merge(tables: Iterable[tuple[Path, Table]]) -> Table:
    """All shards of one matrix as one table; a shard or a cell that is missing is an error."""
    shards: dict[int, tuple[Path, Table]] = {}
    first: Header | None = None
    for path, table in tables:
        head = table.header
        first = first or head
        if (head.digest, head.shard.count) != (first.digest, first.shard.count):
            raise LabError(f"{path} is of another matrix than the files before it", WRONG_WORDS)
        if head.shard.number in shards:
            before = shards[head.shard.number][0]
            raise LabError(f"shard {head.shard} comes twice: {before} and {path}", WRONG_WORDS)
        shards[head.shard.number] = (path, table)
    if first is None:
        raise LabError("no result files: name them", WRONG_WORDS)
    _need_all(shards, first.shard.count)
    names = _interleaved([shards[number][1].header.cells for number in sorted(shards)])
    records = {}
    for _, table in shards.values():
        records.update(table.records)
    return Table(first._replace(shard=Shard(), cells=names), records)


def _need_all(shards: dict[int, tuple[Path, Table]], count: int) -> None:
    lacking = [f"shard {n}/{count} is missing" for n in range(1, count + 1) if n not in shards]
    for path, table in shards.values():
        missing = table.missing()
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            lacking.append(f"{path} has no result for {missing[0]}{more}")
    if lacking:
        raise LabError("\n".join(lacking), LAB_FAILED)


def _interleaved(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The order before it was dealt out (Shard.part)."""
    longest = max(map(len, parts))
    return tuple(part[i] for i in range(longest) for part in parts if i < len(part))
