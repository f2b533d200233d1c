# SPDX-License-Identifier: MIT
"""A part of the cells: the K-th of N, every cell in exactly one of them."""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple, Sequence, TypeVar

from ..errors import WRONG_WORDS, LabError

Item = TypeVar("Item")
COUNT_MAX = 100_000


class Engine(NamedTuple):
    """How an engine says which of its tasks this is: an environment variable each."""

    index: str
    count: str
    first: str = ""  # the variable with the lowest index, where that may be chosen
    base: int = 0  # the lowest index, where it may not


ENGINES = (
    Engine("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", first="SLURM_ARRAY_TASK_MIN"),
    Engine("JOB_COMPLETION_INDEX", "JOB_COMPLETION_COUNT"),  # Kubernetes; the count is one's own
    Engine("CI_NODE_INDEX", "CI_NODE_TOTAL", base=1),  # GitLab's parallel:
)


class Shard(NamedTuple):
    number: int = 1  # from 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def part(self, items: Sequence[Item]) -> list[Item]:
        """Every count-th: neighbours, which take as long as each other, go to different shards."""
        return list(items[self.number - 1 :: self.count])


def parse(text: str) -> Shard:
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text, re.ASCII)
    number, count = (int(part) for part in found.groups()) if found else (0, 0)
    if not 1 <= number <= count <= COUNT_MAX:
        raise LabError(f"--shard {text}: say K/N with K from 1 to N, such as 2/4", WRONG_WORDS)
    return Shard(number, count)


def of_environment(environment: Mapping[str, str]) -> Shard:
    """As the first engine that is there says; everything where none is."""
    for engine in ENGINES:
        if engine.index not in environment:
            continue
        try:
            first = int(environment[engine.first]) if engine.first else engine.base
            number = int(environment[engine.index]) - first + 1
            return parse(f"{number}/{int(environment[engine.count])}")
        except (KeyError, ValueError, LabError):
            raise LabError(
                f"{engine.index} is set, and {engine.count} does not say of how many: "
                "set it, or say --shard K/N",
                WRONG_WORDS,
            ) from None
    return Shard()
