# SPDX-License-Identifier: MIT
"""
The shortest of the steps that still fail, where each try takes seconds: Zeller's delta debugging,
with an end to the tries and to the time. What hypothesis does is for tries that cost nothing.
"""

from __future__ import annotations

import time
from typing import Callable, NamedTuple, TypeVar

T = TypeVar("T")


class Budget(NamedTuple):
    tries: int
    seconds: float


class Shrunk(NamedTuple):
    steps: list
    tries: int
    is_shortest: bool  # no step of them can be left out; else the budget was used up


def shrink(steps: list[T], fails: Callable[[list[T]], bool], budget: Budget,
           simpler: Callable[[T], T] = lambda step: step) -> Shrunk:  # fmt: skip
    """`steps` fail. Leaves out halves of them, quarters, and so on down to single ones."""
    return _Shrinking(fails, budget).run(list(steps), simpler)


class _Shrinking:
    def __init__(self, fails: Callable[[list], bool], budget: Budget) -> None:
        self._fails = fails
        self._left = budget.tries
        self._end_s = time.monotonic() + budget.seconds
        self._tries = 0
        self._used_up = False

    def run(self, steps: list, simpler: Callable) -> Shrunk:
        size = len(steps) // 2 or 1
        while not self._used_up:
            fewer = self._without_pieces(steps, size)
            helped = len(fewer) < len(steps)
            if size == 1 and not helped:
                break
            size = min(size if helped else size // 2, len(fewer) // 2) or 1
            steps = fewer
        return Shrunk(self._simplified(steps, simpler), self._tries, not self._used_up)

    def _without_pieces(self, steps: list, size: int) -> list:
        """From the end: what comes after a failure is never needed."""
        end = len(steps)
        while end > 0:
            fewer = steps[: max(0, end - size)] + steps[end:]
            if fewer and self._still_fails(fewer):
                steps = fewer
            end -= size
        return steps

    def _simplified(self, steps: list, simpler: Callable) -> list:
        for at, step in enumerate(steps):
            tried = [*steps[:at], simpler(step), *steps[at + 1 :]]
            if tried != steps and self._still_fails(tried):
                steps = tried
        return steps

    def _still_fails(self, steps: list) -> bool:
        if self._tries == self._left or time.monotonic() > self._end_s:
            self._used_up = True
            return False
        self._tries += 1
        return self._fails(steps)
