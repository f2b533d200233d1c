# SPDX-License-Identifier: MIT
"""What became of each mistake, as lines and as the last one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from table import Mutant

FAILURES = ("lived", "broken")


class Outcome(NamedTuple):
    mutant: Mutant
    fate: str  # killed, lived, equivalent; broken: the row itself cannot be tried
    why: str  # the test that saw it, the tests that did not, the reason

    def __str__(self) -> str:
        return f"{self.fate:10}  {self.mutant.file}: {self.mutant.name}  ({self.why})"


class Record:
    """What was tried on this very tree: JSON lines, of which the first says which tree."""

    def __init__(self, file: Path, tree: str, resume: bool) -> None:
        self.file = file
        self.tried: dict[str, dict] = {}
        lines = file.read_text(encoding="utf-8").splitlines() if resume and file.exists() else []
        if lines and json.loads(lines[0]) == {"tree": tree}:
            self.tried = {row["name"]: row for row in map(json.loads, lines[1:])}
        else:
            file.write_text(json.dumps({"tree": tree}) + "\n", encoding="utf-8")

    def of(self, mutants: list[Mutant]) -> list[Outcome]:
        """What is known of them; a row that was broken is tried again."""
        known = ((mutant, self.tried.get(mutant.name)) for mutant in mutants)
        return [
            Outcome(mutant, row["fate"], row["why"])
            for mutant, row in known
            if row and row["fate"] != "broken"
        ]

    def add(self, outcome: Outcome) -> None:
        row = {"name": outcome.mutant.name, "fate": outcome.fate, "why": outcome.why}
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


def say(line: str) -> None:
    print(line, flush=True)


def summary(outcomes: list[Outcome], seconds: float) -> int:
    """The table by folder, what lived, the last line. Exit 0: nothing lived, no row is broken."""
    by_folder: dict[str, Counter] = {}
    for outcome in outcomes:
        folder = outcome.mutant.file.rpartition("/")[0]
        by_folder.setdefault(folder, Counter())[outcome.fate] += 1
    say(f"\n{'':34}{'killed':>8}{'lived':>8}{'equivalent':>12}")
    for folder, count in sorted(by_folder.items()):
        say(f"{folder:34}{count['killed']:8}{count['lived']:8}{count['equivalent']:12}")
    for outcome in outcomes:
        if outcome.fate in FAILURES:
            say(f"{outcome.fate}: {outcome.mutant.file}: {outcome.mutant.name}")
    total = Counter(outcome.fate for outcome in outcomes)
    matter = total["killed"] + total["lived"]
    share = 100 * total["killed"] / matter if matter else 100
    say(
        f"{len(outcomes)} mutants: {total['killed']} killed, {total['lived']} lived, "
        f"{total['equivalent']} equivalent; {share:.1f} % of those that matter, {seconds:.0f} s"
    )
    return 1 if any(total[fate] for fate in FAILURES) else 0
