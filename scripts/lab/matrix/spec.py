# SPDX-License-Identifier: MIT
"""
The specification: a YAML file that says which phones are booted, and what is to come of it.

    title:    one line
    matrix:   model, region, rom, lock, policy, key, path, tamper: a name or a list; the product of all.
              `all` is every one there is; for region: the markets that each model was made for
    roms, tampers:   names of one's own (variants.py)
    exclude:  conditions; what fits one of them is left out
    include:  rows more, each a full cell, each with `expect` of its own if it likes
    expect:   rules and tables (expect.py)
    wait:     true: Android's warnings are waited for, as a person would (default: false)
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from pathlib import Path
from typing import Mapping, NamedTuple

from .. import catalog
from ..yaml_lines import Value, load
from . import expect, variants
from .cells import AXES, KEYS, PATHS, USUAL, Cell

FIELDS = ("title", "matrix", "roms", "tampers", "exclude", "include", "expect", "wait")
ROW_FIELDS = (*AXES, "expect", "flash")
CELLS_MAX = 100_000
ALL = "all"


class Spec(NamedTuple):
    file: Path
    title: str
    cells: list[Cell]
    expected: dict[Cell, expect.Expected]
    roms: dict[str, variants.Variant]
    tampers: dict[str, variants.Variant]
    wait: bool

    def variant(self, cell: Cell) -> variants.Variant:
        """What is on the phone, or is flashed."""
        return self.roms[cell.rom].tampered(self.tampers[cell.tamper])

    @property
    def digest(self) -> str:
        """Of all that the results depend on: the cells, in order, and what is expected of them."""
        seen = hashlib.sha256(str(self.wait).encode())
        variants_used = {self.variant(cell) for cell in self.cells}
        described = {variant: variant.described() for variant in variants_used}
        for cell in self.cells:
            seen.update(f"{cell.name}\0{self.expected[cell]}\0{described[self.variant(cell)]}\n".encode())
        return seen.hexdigest()[:16]


class _Reading:
    """The names that the file's axes may use."""

    def __init__(self, file: Path, top: dict[str, Value]) -> None:
        own_roms = top["roms"].map("roms") if "roms" in top else {}
        own_tampers = top["tampers"].map("tampers") if "tampers" in top else {}
        self.roms = {name: variants.Variant(like=name) for name in catalog.roms()}
        self.tampers = dict(variants.TAMPERS)
        for name, value in own_roms.items():
            _new_name(name, value, self.roms)
            self.roms[name] = variants.rom(value, file.parent)
        for name, value in own_tampers.items():
            _new_name(name, value, self.tampers)
            self.tampers[name] = variants.tamper(value)
        self.names: dict[str, Mapping[str, object]] = {
            "model": dict.fromkeys(catalog.models()),
            "region": catalog.REGIONS,
            "rom": self.roms,
            "lock": catalog.LOCKS,
            "policy": catalog.POLICIES,
            "key": dict.fromkeys(KEYS),
            "path": dict.fromkeys(PATHS),
            "tamper": self.tampers,
        }

    def checked(self, axis: str, word: str, at: Value) -> str:
        there = self.names[axis]
        if word not in there:
            near = catalog.near_miss(word, list(there))
            at.fail(f"there is no {axis} {word!r}{near} ({', '.join(there)})")
        return word

    def axis(self, axis: str, value: Value) -> list[str]:
        if value.data == ALL:
            return list(self.names[axis])
        found = [self.checked(axis, word, value) for word in value.words(axis)]
        if not found:
            value.fail(f"{axis} is empty: name one, or leave it out")
        double = next((word for word, count in Counter(found).items() if count > 1), None)
        if double:
            value.fail(f"{axis} has {double!r} twice")
        return found


def _new_name(name: str, value: Value, there: dict) -> None:
    if name in there:
        value.fail(f"{name!r} is there already: give it another name")
    if not name or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in name) or name == ALL:
        value.fail(f"{name!r} cannot be a name: letters, digits, - _ and .")


def read(file: Path) -> Spec:
    top = load(file)
    fields = top.map("a specification", FIELDS)
    reading = _Reading(file, fields)
    cells = _product(fields["matrix"], reading) if "matrix" in fields else []
    own: dict[Cell, expect.Expected] = {}
    included = [(row, _row(row, reading)) for row in _list(fields, "include")]
    used = _values(cells + [cell for _, cell in included])
    cells = _excluded(fields, cells, used)
    for row, cell in included:
        if cell in cells:
            row.fail(f"{cell.name} is there already")
        cells.append(cell)
        fits = row.map("a row", ROW_FIELDS)
        if "expect" in fits:
            verdict = expect.words(fits["expect"], cell)
            own[cell] = expect.Expected(verdict, expect.flash_of(fits), fits["expect"].place)
    if not cells:
        top.fail("there is no cell: say matrix: or include:")
    rules = expect.rules(fields["expect"], used) if "expect" in fields else []
    expected = {cell: own.get(cell) or _decide(cell, rules, top) for cell in cells}
    for rule in rules:
        if not rule.used:
            rule.at.fail("this rule never decides: no cell fits, or an earlier one takes them all")
    spec = Spec(
        file=file,
        title=fields["title"].text("title") if "title" in fields else file.stem,
        cells=cells,
        expected=expected,
        roms=reading.roms,
        tampers=reading.tampers,
        wait=_yes(fields["wait"]) if "wait" in fields else False,
    )
    _check_ways(spec, top)
    return spec


def _list(fields: dict[str, Value], name: str) -> list[Value]:
    return fields[name].items(name) if name in fields else []


def _yes(value: Value) -> bool:
    word = value.text("wait")
    if word not in ("true", "false"):
        value.fail("wait is true or false")
    return word == "true"


def _product(value: Value, reading: _Reading) -> list[Cell]:
    given = value.map("matrix", AXES)
    for axis in ("model", "region", "rom"):
        if axis not in given:
            value.fail(f"the matrix needs {axis}:")
    axes = {
        axis: reading.axis(axis, given[axis]) if axis in given else [USUAL[axis]] for axis in AXES
    }
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > CELLS_MAX:
        value.fail(f"{count} cells; {CELLS_MAX} are the most")
    found = [Cell(*values) for values in itertools.product(*axes.values())]
    if given["region"].data == ALL:
        markets = {model: catalog.markets(model) for model in axes["model"]}
        found = [cell for cell in found if cell.region in markets[cell.model]]
    return found


def _row(row: Value, reading: _Reading) -> Cell:
    fields = row.map("a row", ROW_FIELDS)
    values = []
    for axis in AXES:
        if axis not in fields and axis not in USUAL:
            row.fail(f"the row needs {axis}:")
        word = fields[axis].text(axis) if axis in fields else USUAL[axis]
        values.append(reading.checked(axis, word, fields.get(axis, row)))
    return Cell(*values)


def _values(cells: list[Cell]) -> dict[str, list[str]]:
    """What values each axis has, in the order in which they come."""
    return {axis: list(dict.fromkeys(getattr(cell, axis) for cell in cells)) for axis in AXES}


def _excluded(fields: dict[str, Value], cells: list[Cell], used: dict) -> list[Cell]:
    for row in _list(fields, "exclude"):
        rule = expect.Rule(row, expect.conditions(row, used), {}, row)
        left = [cell for cell in cells if not rule.fits(cell)]
        if len(left) == len(cells):
            row.fail("this excludes nothing")
        cells = left
    return cells


def _decide(cell: Cell, rules: list[expect.Rule], top: Value) -> expect.Expected:
    rule = next((rule for rule in rules if rule.fits(cell)), None)
    if rule is None:
        top.fail(f"expect: no rule says what {cell.name} is to come to")
    return rule.expected(cell)


def _check_ways(spec: Spec, top: Value) -> None:
    """What cannot be: a market that a model was not made for, a tamper that its way has not."""
    markets = {model: catalog.markets(model) for model in {cell.model for cell in spec.cells}}
    for cell in spec.cells:
        if cell.region not in markets[cell.model]:
            top.fail(
                f"{cell.name}: {cell.model} was made for {' and '.join(markets[cell.model])} only; "
                "exclude it, or say region: all"
            )
        wrong = why_not(cell, spec.variant(cell))
        if wrong:
            top.fail(f"{cell.name}: {wrong}; exclude it")


def why_not(cell: Cell, variant: variants.Variant) -> str:
    """Why this way cannot take that ROM; empty when it can."""
    zips = [change for change in variant.changes if change.part == variants.ZIP]
    if cell.path == "sideload":
        if variant.package or variant.images:
            return "sideload takes zip: or like:, not images or a package of one's own"
        if len(zips) != len(variant.changes):
            return "on the way of sideload the zip is flipped or cut, not an image"
        return ""
    if zips or (variant.zip and not variant.package):
        return f"a zip is for the path sideload, not for {cell.path}"
    return ""
