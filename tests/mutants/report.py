# SPDX-License-Identifier: MIT
"""What became of each mistake, as lines and as the last one."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from table import Mutant

FAILURES = ("lived", "broken")


class Outcome(NamedTuple):
    mutant: Mutant
    fate: str  # killed, lived, equivalent; broken: the row itself cannot be tried
    why: str  # the test that saw it, the tests that did not, the reason

    def __str__(self) -> str:
        return f"{self.fate:10}  {self.mutant.file}: {self.mutant.name}  ({self.why})"


def say(line: str) -> None:
    print(line, flush=True)


def summary(outcomes: list[Outcome], seconds: float) -> int:
    """The table by folder, what lived, and the last line. Exit 0: nothing lived, no row is broken."""
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
