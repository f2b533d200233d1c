# SPDX-License-Identifier: MIT
"""The tables of mistakes, tests/mutants/*.yaml, checked against the tree. Keys: README.md."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEYS = {"name", "file", "find", "instead", "tests", "equivalent"}


class TableError(Exception):
    """A row that cannot be used; the message says which, and what would help."""


class Mutant(NamedTuple):
    name: str  # what the mistake does, in words
    file: str
    find: str  # stands in the file once
    instead: str
    tests: tuple[str, ...]  # a unit test's word, or a pytest node below tests/
    equivalent: str  # why nothing can tell it apart; "": something must

    @property
    def boots(self) -> bool:
        """Only a booted phone tells: it needs the phone's own firmware."""
        return any("+phone" in test or "+page" in test for test in self.tests)


def _row(where: str, row: object) -> Mutant:
    if not isinstance(row, dict) or not {"name", "file", "find", "instead"} <= set(row):
        raise TableError(f"{where}: a row has name, file, find and instead")
    unknown = set(row) - KEYS
    if unknown:
        raise TableError(f"{where}: no row has {', '.join(sorted(unknown))}")
    if bool(row.get("tests")) == bool(row.get("equivalent")):
        raise TableError(f"{where}: a row has either tests, or equivalent with the reason")
    return Mutant(
        row["name"],
        row["file"],
        row["find"],
        row["instead"],
        tuple(row.get("tests", ())),
        row.get("equivalent", ""),
    )


def _check(where: str, mutant: Mutant) -> None:
    file = ROOT / mutant.file
    if not file.is_file():
        raise TableError(f"{where}: {mutant.file} is not there; was it renamed?")
    count = file.read_text(encoding="utf-8").count(mutant.find)
    if count != 1:
        raise TableError(f"{where}: {mutant.file} has `{mutant.find}` {count} times, not once")
    if mutant.find == mutant.instead:
        raise TableError(f"{where}: it changes nothing")


def load(folder: Path = HERE) -> list[Mutant]:
    """All rows; one error that names every row that cannot be used."""
    mutants: list[Mutant] = []
    errors: list[str] = []
    names: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        for number, row in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")) or [], 1):
            where = f"{file.name}: row {number}"
            try:
                mutant = _row(where, row)
                _check(f"{where} ({mutant.name})", mutant)
                if mutant.name in names:
                    raise TableError(f"{where}: there is another row called `{mutant.name}`")
                names.add(mutant.name)
                mutants.append(mutant)
            except TableError as error:
                errors.append(str(error))
    if errors:
        raise TableError("\n         ".join(errors))
    return mutants
