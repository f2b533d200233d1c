# SPDX-License-Identifier: MIT
"""One cell of a specification as a test: through the same engine as scripts/phone matrix."""

from __future__ import annotations

from pathlib import Path

from conftest import HANG_S
from story import SCHEMA

from lab import schema
from lab.matrix import boot, factory, spec
from lab.matrix.way import Way

PICTURE = boot.PICTURE


def run(
    found: spec.Spec, cell: spec.Cell, folder: Path, pictures: bool = False, decided: bool = False
) -> list[dict]:
    """
    Boots it in `folder`, holds verdict and trace against what is right, gives the trace. `decided`:
    until the firmware has decided, and no further.
    """
    way = Way(HANG_S, found.wait, pictures=pictures, decided=decided)
    with factory.Factory(found) as source:
        source.prepare([cell], 1, lambda done, of, what: None)
        outcome = boot.boot(cell, source, folder, found.expected[cell], way)
    assert found.expected[cell].met_by(outcome.verdict, outcome.flash), outcome
    events = schema.read_trace(folder / "trace.jsonl")
    assert [problem for event in events for problem in SCHEMA.problems(event)] == []
    return events


def sample(found: spec.Spec, cells: list[spec.Cell], step: int) -> list[spec.Cell]:
    """Every step-th, and a cell for each kind of verdict that is not among them."""
    chosen = cells[::step]
    for cell in cells:
        if kind(found, cell) not in {kind(found, other) for other in chosen}:
            chosen.append(cell)
    return chosen


def needs_no_kernel(found: spec.Spec, cells: list[spec.Cell]) -> set[spec.Cell]:
    """
    Of the homes those that the firmware alone decides, where a ROM like it got home in a cell before,
    another on that model, another in that boot state. As shipped the ROM decides, too; and what was
    flashed must run.
    """
    seen: set[tuple] = set()
    found_so = set()
    for cell in cells:
        if not found.expected[cell].verdict.startswith("home"):
            continue
        known = {("model", cell.model), ("rom", found.variant(cell).like), kind(found, cell)}
        if known <= seen and cell.policy != "shipped" and cell.path == "factory":
            found_so.add(cell)
        seen |= known
    return found_so


def kind(found: spec.Spec, cell: spec.Cell) -> str:
    return " ".join(found.expected[cell].verdict.split()[:2])
