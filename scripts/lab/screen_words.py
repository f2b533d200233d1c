# SPDX-License-Identifier: MIT
"""What is on a phone's screen, as words (screens.yaml): for where a picture has no room."""

from __future__ import annotations

import functools
from pathlib import Path

from . import verdict
from .language import LANGUAGES

FILE = Path(__file__).with_name("screens.yaml")


@functools.lru_cache
def table() -> dict:
    import yaml  # takes longer than all that is read with it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)


def of_trace(trace: list[dict], language: str = "en") -> list[str]:
    """The lines on the screen of a phone that has said this; none: it is black."""
    events = verdict.of_last_start(trace)
    last = next((event for event in reversed(events) if verdict.is_verdict(event)), None)
    if last is None:
        return []
    after = events[events.index(last) + 1 :]
    home = next((event for event in reversed(after) if verdict.is_home(event)), None)
    menu = next((event for event in reversed(after) if verdict.is_recovery(event)), None)
    if home:
        rows = _home(home, last)
    elif menu:
        rows = table()["recovery"] + ([table()["mismatch"]] if menu.get("mismatch") is True else [])
    else:
        rows = _screen(last)
    column = LANGUAGES.index(language)
    return [_filled(row[column], last, column) for row in rows]


def _home(home: dict, last: dict) -> list:
    words = table()["home"]
    of_region = words.get(str(home.get("region")), words["unknown"])
    return of_region + words.get(f"home {last.get('boot_state')}", [])


def _screen(last: dict) -> list:
    words, screen = table()["screens"], str(last.get("screen"))
    return words.get(screen, []) + words.get(f"{screen} {last.get('reason')}", [])


def _filled(line: str, event: dict, column: int) -> str:
    names = table()["names"]
    for field in ("made_for", "rom_region"):
        name = names.get(str(event.get(field)), names["unknown"])[column]
        line = line.replace(f"{{{field}}}", name)
    return line
