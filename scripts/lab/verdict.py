# SPDX-License-Identifier: MIT
"""The verdict on a run, as one line: what tests and people read at the end."""

from __future__ import annotations

from typing import Iterable

from . import catalog, outside
from .errors import LabError

# More starts without a home screen than the bootloader allows any ROM, slots and their tries
# included: whatever it is, it does not end.
LOOP_STARTS = 20


LOOP = "loop boot"


def is_verdict(event: dict) -> bool:
    return event.get("stage") == "flow" and event.get("event") == "verdict"


def is_home(event: dict) -> bool:
    return event.get("stage") == "rom" and event.get("event") == "home"


def is_drawn(event: dict) -> bool:
    """Is what an event tells of on the screen already? Else it is a moment later."""
    return is_home(event) or (is_verdict(event) and event.get("fate") in ("brick", "dead"))


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
    known yet. What is said comes from the firmware's own verdict, the last one; a boot counts when
    the ROM claims to show its home screen, and a recovery when it claims to show its menu.
    """
    found = None
    booting: dict | None = None
    starts = 0
    for event in events:
        if is_verdict(event):
            booting = event if starts_something(event) else None
            found = None if booting else _refusal(event)
            starts = starts + 1 if booting else 0
            if starts > LOOP_STARTS:
                found = LOOP
        elif is_home(event) and booting and booting.get("fate") == "boot":
            starts = 0
            found = _line("home", booting.get("boot_state"), rom=booting.get("rom"))
        elif is_recovery(event) and booting and booting.get("fate") == "recovery":
            # Whom the bootloader message sends there, the recovery alone can say.
            starts = 0
            claimed = event.get("mismatch") is True and booting.get("reason") == "bcb"
            found = _line("recovery", "region-mismatch" if claimed else booting.get("reason"))
    return found


def decision(events: Iterable[dict]) -> str | None:
    """The same words once the firmware has decided: a ROM that it starts is believed to get home."""
    return words([*events, {"stage": "rom", "event": "home"}])


def starts_something(event: dict) -> bool:
    """Something follows that reports itself; a recovery that is not there never does."""
    if event.get("fate") == "recovery":
        return event.get("screen") != "no-recovery"
    return event.get("fate") == "boot"


def _line(fate: object, what: object, **facts: object) -> str:
    pairs = (f"{name}={outside.word(value)}" for name, value in facts.items())
    return " ".join((outside.word(fate), outside.word(what), *pairs))


def _refusal(event: dict) -> str:
    fate, reason = event.get("fate"), event.get("reason")
    if reason == "boot-loop":
        return LOOP
    if not str(reason).startswith("region-"):
        return _line(fate, reason)
    return _line(fate, reason, **{"made-for": event.get("made_for"), "rom": event.get("rom_region")})


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
