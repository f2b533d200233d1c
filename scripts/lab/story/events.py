# SPDX-License-Identifier: MIT
"""
What a player yields. `as_json` makes one line of each: {"event": "verdict", "words": ..., ...}.

At least one event comes each second (Waiting, when nothing else happens), so whoever plays may stop
a step at any time by closing its iterator: what was running is ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from .. import paths
from ..errors import LabError
from .step import Step


def where(step: Step) -> dict:
    """The place of a step: file and line, number, kind."""
    at = f"{paths.short(step.file)}:{step.line}"
    return {"where": at, "number": step.number, "kind": step.kind}


class Failed(LabError):
    """A step came out differently than its file says."""

    def __init__(self, step: Step, expected: str, seen: str) -> None:
        place = "{where}: step {number} ({kind})".format(**where(step))
        super().__init__(f"{place}: expected {expected}; seen: {seen}")
        self.step, self.expected, self.seen = step, expected, seen


@dataclass(frozen=True)
class Made:
    """A phone, fresh from the factory; `line` is what would be typed for it."""

    name: str
    facts: dict
    line: str


@dataclass(frozen=True)
class Typed:
    """A command begins: as a person would type it in the checkout."""

    line: str


@dataclass(frozen=True)
class Said:
    """A line of the running command."""

    text: str


@dataclass(frozen=True)
class Ended:
    """
    The command's end. `shown` is what it said, folded: the lines that the story waits for, and the
    last one; `lines` is how many there were.
    """

    code: int
    shown: list[str]
    lines: int


@dataclass(frozen=True)
class Verdict:
    """What the phone came to; `advice` is what could be done, if anything needs to be."""

    words: str
    advice: dict | None = None  # en, zh


@dataclass(frozen=True)
class Reported:
    """An event of the phone's trace, and its sentence."""

    trace: dict
    sentence: str


@dataclass(frozen=True)
class Noted:
    """Something that was done or compared beside the phone."""

    text: dict = field(default_factory=dict)  # en, zh


@dataclass(frozen=True)
class Waiting:
    """Nothing has happened for so many seconds, and this is waited for."""

    what: str
    seconds: int


Event = Made | Typed | Said | Ended | Verdict | Reported | Noted | Waiting


def as_json(event: Event) -> dict:
    return {"event": type(event).__name__.lower(), **asdict(event)}


FOLD_LINES = 3  # so many are shown whole


def fold(lines: list[str], wanted: tuple[str, ...]) -> list[str]:
    """Of a long output what is waited for and the last line; a short one whole."""
    if len(lines) <= FOLD_LINES:
        return lines
    last = len(lines) - 1
    return [
        line
        for number, line in enumerate(lines)
        if number == last or any(words in line for words in wanted)
    ]
