# SPDX-License-Identifier: MIT
"""The verdict on a run, as one line: what tests and people read at the end."""

from __future__ import annotations

from typing import Iterable

from . import catalog
from .errors import LabError


def is_verdict(event: dict) -> bool:
    return event.get("stage") == "flow" and event.get("event") == "verdict"


def is_home(event: dict) -> bool:
    return event.get("stage") == "rom" and event.get("event") == "home"


def is_reported(events: list[dict]) -> bool:
    """Has the ROM that runs told the firmware that it is well?"""
    for event in reversed(events):
        if event.get("stage") != "rom":
            return False
        if event.get("event") == "boot-success":
            return True
    return False


def is_recovery(event: dict) -> bool:
    return event.get("stage") == "recovery" and event.get("event") == "menu"


def of_last_start(events: list[dict]) -> list[dict]:
    starts = [n for n, event in enumerate(events) if _is_power_on(event)]
    return events[starts[-1] :] if starts else events


def power_ons(events: Iterable[dict]) -> int:
    return sum(1 for event in events if _is_power_on(event))


def _is_power_on(event: dict) -> bool:
    return event.get("stage") == "flow" and event.get("event") == "power-on"


def words(events: Iterable[dict]) -> str | None:
    """
    "home green rom=cn", "brick region-mismatch made-for=cn rom=global", ... or None when it is not
    known yet: a boot counts when the ROM itself reports its home screen, and a recovery when it
    reports its menu. A later verdict replaces an earlier one.
    """
    found = None
    booting: dict | None = None
    for event in events:
        if is_verdict(event):
            booting = event if _starts_something(event) else None
            found = None if booting else _refusal(event)
        elif is_home(event) and booting:
            found = f"home {booting.get('boot_state')} rom={event.get('rom')}"
        elif is_recovery(event) and booting:
            why = "region-mismatch" if event.get("mismatch") else booting.get("reason")
            found = f"recovery {why}"
    return found


def _starts_something(event: dict) -> bool:
    """Something follows that reports itself; a recovery that is not there never does."""
    if event.get("fate") == "recovery":
        return event.get("screen") != "no-recovery"
    return event.get("fate") == "boot"


def _refusal(event: dict) -> str:
    line = f"{event.get('fate')} {event.get('reason')}"
    if str(event.get("reason")).startswith("region-"):
        line += f" made-for={event.get('made_for')} rom={event.get('rom_region')}"
    return line


def check_expectation(expected: str) -> str:
    """
    An expectation is the beginning of a verdict, in whole words: "home", "brick region-mismatch".
    """
    parts = expected.split()
    if not parts:
        raise LabError("--expect wants a fate, such as home or brick", code=2)
    catalog.check("fate", parts[0])
    return " ".join(parts)


def meets(verdict: str, expected: str) -> bool:
    wanted = expected.split()
    return verdict.split()[: len(wanted)] == wanted
