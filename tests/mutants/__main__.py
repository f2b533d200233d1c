# SPDX-License-Identifier: MIT
"""
Makes one small mistake at a time in a copy of the tree, and looks whether a test sees it:
`make mutants`.

    /usr/bin/python3 tests/mutants               all of them
    /usr/bin/python3 tests/mutants policy fuse   those with one of the words in their name or file
    /usr/bin/python3 tests/mutants --list        says which there are, and runs nothing
    /usr/bin/python3 tests/mutants --quick       leaves out those that only a booted phone can tell

Each mistake is a row of tests/mutants/*.yaml, with the tests that are to turn red. Copy and build
lie in the build folder, and are gone at the end, also after Ctrl-C. Exit 0: every mistake was seen,
but for those that the table calls equivalent, with the reason. More: tests/mutants/README.md.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from report import Outcome, say, summary  # noqa: E402
from table import Mutant, TableError, load  # noqa: E402
from tree import Tree, TreeError  # noqa: E402


def chosen(mutants: list[Mutant], words: list[str], quick: bool) -> list[Mutant]:
    return [
        mutant
        for mutant in mutants
        if (not words or any(word in f"{mutant.name} {mutant.file}" for word in words))
        and not (quick and mutant.boots)
    ]


def try_one(tree: Tree, mutant: Mutant) -> Outcome:
    if mutant.equivalent:
        return Outcome(mutant, "equivalent", mutant.equivalent)
    try:
        with tree.mistaken(mutant):
            tree.build(mutant.tests)
            seen = tree.first_red(mutant.tests)
    except TreeError as error:
        return Outcome(mutant, "broken", str(error))
    return Outcome(mutant, "killed" if seen else "lived", seen or ", ".join(mutant.tests))


def run(mutants: list[Mutant]) -> int:
    outcomes = []
    begun = time.monotonic()
    with Tree() as tree:
        tests = sorted({test for mutant in mutants for test in mutant.tests})
        say(f"copying and building the tree, without a mistake: {len(tests)} tests")
        tree.build(tests)
        red = tree.first_red(tests)
        if red:
            raise TreeError(f"{red} fails without any mistake: what it sees means nothing")
        for number, mutant in enumerate(mutants, 1):
            outcome = try_one(tree, mutant)
            outcomes.append(outcome)
            say(f"{number}/{len(mutants)} {outcome}")
    return summary(outcomes, time.monotonic() - begun)


def main(words: list[str]) -> int:
    if "-h" in words or "--help" in words:
        print(__doc__.strip())
        return 0
    options = {word for word in words if word.startswith("-")}
    unknown = options - {"--list", "--quick"}
    if unknown:
        print(f"mutants: there is no option {unknown.pop()} (--help says which)", file=sys.stderr)
        return 2
    try:
        words = [word for word in words if word not in options]
        mutants = chosen(load(), words, "--quick" in options)
        if not mutants:
            raise TableError("no mutant has one of these words in its name or file (--list)")
        if "--list" in options:
            for mutant in mutants:
                print(f"{mutant.file}: {mutant.name}")
            return 0
        return run(mutants)
    except (TableError, TreeError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2


def interrupted(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("mutants: interrupted; nothing is left behind", file=sys.stderr)
        sys.exit(130)
