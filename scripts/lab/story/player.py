# SPDX-License-Identifier: MIT
"""
Plays a story, a step at a time: what is done, and what must come of it.
"""

from __future__ import annotations

from typing import Iterator

from .bench import Bench
from .events import Event
from .kinds import KINDS
from .stage import Stage
from .step import Step, Story


class Player(Stage):
    """
    A context manager: the phones that it made are gone afterwards, unless they are kept.
    `done` says how many steps were played.
    """

    def __init__(self, story: Story, bench: Bench, keep: bool = False) -> None:
        super().__init__(story, bench)
        self.keep = keep
        self.done = 0

    def __enter__(self) -> "Player":
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.made:
            if self.keep:
                self.bench.off(name)
            else:
                self.bench.remove(name)

    def begin(self) -> Iterator[Event]:
        """The phone that the story is about, fresh from the factory."""
        yield from self.make(self.story.phone)

    def play(self, step: Step) -> Iterator[Event]:
        """The next step; `Failed` when it comes out differently than the story says."""
        yield from KINDS[step.kind](self, step)
        self.done = step.number
