# SPDX-License-Identifier: MIT
"""
Makes one small mistake at a time in copies of the tree, and looks whether a test sees it:
`make mutants`.

Each mistake is a row of tests/mutants/*.yaml, with the tests that are to turn red. Copies and
builds lie in the build folder, and are gone at the end, also after Ctrl-C. Exit 0: every mistake
was seen, but for those that the table calls equivalent, with the reason. More: tests/mutants/README.md.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pool import Pool  # noqa: E402
from report import Outcome, Record, say, summary  # noqa: E402
from table import Mutant, TableError, load  # noqa: E402
from tree import BUILD, Tree, TreeError, digest  # noqa: E402


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


def see_them_green(pool: Pool, tests: list[str]) -> None:
    for test, red in pool.each(lambda tree, test: tree.first_red([test]), tests):
        if red:
            raise TreeError(f"{test} fails without any mistake: what it sees means nothing")


def run(mutants: list[Mutant], jobs: int, record: Record) -> int:
    begun = time.monotonic()
    outcomes = record.of(mutants)
    done = {outcome.mutant for outcome in outcomes}
    left = [mutant for mutant in mutants if mutant not in done]
    left.sort(key=lambda mutant: not mutant.boots)  # the longest first
    if done:
        say(f"{len(done)} were tried before, on the same tree")
    if left:
        with Pool(min(jobs, len(left))) as pool:
            tests = sorted({test for mutant in left for test in mutant.tests})
            say(f"building {len(pool.trees)} copies without a mistake, for {len(tests)} tests")
            pool.build(tests)
            see_them_green(pool, tests)
            say(f"all of them green, after {time.monotonic() - begun:.0f} s")
            for _, outcome in pool.each(try_one, left):
                outcomes.append(outcome)
                record.add(outcome)
                say(f"{len(outcomes)}/{len(mutants)} {outcome}")
    return summary(outcomes, time.monotonic() - begun)


def count(word: str) -> int:
    if not (word.isdecimal() and 0 < int(word) < 1000):
        raise argparse.ArgumentTypeError("from 1 to 999")
    return int(word)


def options() -> argparse.ArgumentParser:
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(
        prog="mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("words", nargs="*", metavar="WORD", help="only those with a WORD in their name or file")
    add("--list", action="store_true", help="say which there are, and run nothing")
    add("--quick", action="store_true", help="leave out those that only a booted phone can tell")
    add("--jobs", type=count, default=cores, metavar="N", help=f"copies side by side ({cores})")
    add("--resume", action="store_true", help="go on after a run that was broken off, on this tree")
    return parser


def main(words: list[str]) -> int:
    given = options().parse_args(words)
    try:
        mutants = chosen(load(), given.words, given.quick)
        if not mutants:
            raise TableError("no mutant has one of these words in its name or file (--list)")
        if given.list:
            for mutant in mutants:
                print(f"{mutant.file}: {mutant.name}")
            return 0
        return run(mutants, given.jobs, Record(BUILD / "mutants.jsonl", digest(), given.resume))
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
        print("mutants: interrupted; no copy is left behind (--resume goes on)", file=sys.stderr)
        sys.exit(130)
