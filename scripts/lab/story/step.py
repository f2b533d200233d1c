# SPDX-License-Identifier: MIT
"""
What a story is made of, as `source` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..language import LANGUAGES  # noqa: F401  (a Text has each of them)

PHONE_KEYS = ("model", "region", "rom", "lock", "policy", "rollback")

Text = dict  # of LANGUAGES


@dataclass(frozen=True)
class Answer:
    text: Text
    right: bool


@dataclass(frozen=True)
class Question:
    """Asked before a step; `after` is said when the step has shown the answer."""

    ask: Text
    answers: tuple[Answer, ...]
    after: Text

    @property
    def right(self) -> int:
        return next(number for number, answer in enumerate(self.answers) if answer.right)


@dataclass(frozen=True)
class Step:
    """`kind` says what it does (kinds.py) and `what` with what; words are the glossary's."""

    file: Path
    line: int
    number: int
    why: Text
    kind: str
    what: object
    says: tuple[str, ...] = ()
    exit: int = 0
    words: tuple[str, ...] = ()
    question: Question | None = None


@dataclass(frozen=True)
class Story:
    file: Path
    title: Text
    lesson: Text
    phone: dict
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = field(default=())
    roms: dict = field(default_factory=dict)  # of an exercise's own: name -> rom, index, key

    @property
    def name(self) -> str:
        return self.file.stem
