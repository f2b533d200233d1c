# SPDX-License-Identifier: MIT
"""How the cells of a run are booted, and waited for."""

from __future__ import annotations

from typing import Callable, NamedTuple

from .. import verdict
from ..diagnosis import why_none
from ..qemu import RunningPhone


class Stopped(Exception):
    """Somebody asked all of it to end; this cell has no outcome."""


class Way(NamedTuple):
    """How all cells of a run are booted."""

    timeout_s: float
    wait: bool = False  # for Android's warnings
    pictures: bool = False  # of every cell, not of those alone that differ
    decided: bool = False  # what the firmware decides is enough: no ROM is waited for
    stopped: Callable[[], bool] = lambda: False


def wait_for_verdict(
    phone: RunningPhone, way: Way, good: Callable[[str], bool], seen: int = 0
) -> str:
    """The first good verdict after so many events, or NoVerdict."""
    says = verdict.decision if way.decided else verdict.words

    def look() -> str | None:
        if way.stopped():
            raise Stopped
        words = says(phone.events[seen:])
        return words if words and good(words) else None

    words = phone.wait_for(look, way.timeout_s)
    if words is None:
        raise why_none(phone, way.timeout_s)
    return words
