# SPDX-License-Identifier: MIT
"""
What each cell is to come to: rules in order, the first that fits decides.

    - when: {policy: announced, region: cn, rom: [global, shop]}      all of these
      unless: {model: hermes}                                         and none of these
      verdict: brick region-mismatch made-for={region} rom=global     the verdict, or its beginning
      flash: refused                                                  done or refused; may be left out
    - columns: [region, rom, lock]                                    a table: rules in short, * is any
      rows:
        - [cn, global, locked, brick region-mismatch]
"""

from __future__ import annotations

from typing import NamedTuple

from .. import catalog
from ..verdict import meets
from ..yaml_lines import Value
from .cells import AXES, Cell

RULE_FIELDS = ("when", "unless", "verdict", "flash", "columns", "rows")
FLASHED = ("done", "refused")
ANY = "*"


class Expected(NamedTuple):
    verdict: str
    flash: str = ""  # empty: it does not matter
    rule: str = ""  # file:line of what decided

    def met_by(self, verdict: str, flash: str) -> bool:
        return meets(verdict, self.verdict) and (not self.flash or flash == self.flash)

    def __str__(self) -> str:
        return f"{self.verdict} (flash {self.flash})" if self.flash else self.verdict


class Rule:
    """`used` tells whether it has ever decided: a rule that never does is a mistake."""

    def __init__(self, at: Value, when: dict, unless: dict, verdict: Value, flash: str = "") -> None:
        self.at = at
        self.used = False
        self._when = when
        self._unless = unless
        self._verdict = verdict
        self._flash = flash

    def fits(self, cell: Cell) -> bool:
        if any(getattr(cell, axis) not in values for axis, values in self._when.items()):
            return False
        apart = [getattr(cell, axis) in values for axis, values in self._unless.items()]
        return not (apart and all(apart))

    def expected(self, cell: Cell) -> Expected:
        self.used = True
        return Expected(words(self._verdict, cell), self._flash, self.at.place)


def words(value: Value, cell: Cell) -> str:
    """The verdict with the cell's names in the places of {region} and the like."""
    text = value.text("verdict")
    try:
        said = " ".join(text.format(**cell._asdict()).split())
    except (KeyError, IndexError, ValueError, AttributeError):
        value.fail(f"{text!r}: in braces go {', '.join(AXES)}")
    fate = (said.split() or [""])[0]
    if fate not in catalog.FATES:
        value.fail(f"a verdict begins with {', '.join(catalog.FATES)}, not {fate!r}")
    return said


def flash_of(fields: dict[str, Value]) -> str:
    if "flash" not in fields:
        return ""
    word = fields["flash"].text("flash")
    if word not in FLASHED:
        fields["flash"].fail(f"flash is done or refused, not {word!r}")
    return word


def conditions(value: Value, axes: dict[str, list[str]]) -> dict[str, list[str]]:
    """axis -> the values that it may have; a value that the axis never has is an error."""
    found = {}
    for axis, values in value.map("a condition", AXES).items():
        found[axis] = values.words(axis)
        for word in found[axis]:
            if word not in axes[axis]:
                values.fail(
                    f"no cell has {axis} {word!r}{catalog.near_miss(word, axes[axis])} "
                    f"({', '.join(axes[axis])})"
                )
    return found


def rules(value: Value, axes: dict[str, list[str]]) -> list[Rule]:
    found: list[Rule] = []
    for item in value.items("expect"):
        fields = item.map("a rule", RULE_FIELDS)
        if "columns" in fields or "rows" in fields:
            found += _table(item, fields, axes)
            continue
        if "verdict" not in fields:
            item.fail("a rule needs verdict:")
        when = conditions(fields["when"], axes) if "when" in fields else {}
        unless = conditions(fields["unless"], axes) if "unless" in fields else {}
        found.append(Rule(item, when, unless, fields["verdict"], flash_of(fields)))
    return found


def _table(item: Value, fields: dict[str, Value], axes: dict[str, list[str]]) -> list[Rule]:
    if set(fields) - {"unless", "flash"} != {"columns", "rows"}:
        item.fail("a table has columns: and rows:, and of a rule's words only unless: and flash:")
    columns = fields["columns"].words("columns")
    for axis in columns:
        if axis not in AXES:
            fields["columns"].fail(f"there is no axis {axis!r} ({', '.join(AXES)})")
    unless = conditions(fields["unless"], axes) if "unless" in fields else {}
    found = []
    for row in fields["rows"].items("rows"):
        entries = row.items("a row")
        if len(entries) != len(columns) + 1:
            row.fail(f"a row here has {len(columns)} columns and a verdict, not {len(entries)} words")
        named = {
            axis: entry
            for axis, entry in zip(columns, entries)
            if entry.data != ANY
        }
        when = conditions(Value(named, row.file, row.line), axes)
        found.append(Rule(row, when, unless, entries[-1], flash_of(fields)))
    return found
