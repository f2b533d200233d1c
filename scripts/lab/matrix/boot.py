# SPDX-License-Identifier: MIT
"""One cell, from power-on to its outcome: on an overlay that is thrown away."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from .. import fuses, store, verdict
from ..errors import DIFFERS, LabError, NoVerdict
from ..qemu import NO_ROOM_HALTS, RunningPhone, overlaid_storage
from . import flashing, images
from .cells import Cell
from .expect import Expected
from .factory import Source
from .way import Way, wait_for_verdict

SETTLE_S = 0.15  # from a refusal's verdict to its picture
PICTURE = "screen.png"
CLOCK = "2018-09-14T09:41:00"  # the same for all: pictures are equal when screens are
DECIDING_MAX = 16  # events of the trace that go with a result
DECIDING = {
    ("flow", "verdict"),
    ("flow", "panic"),
    ("rom", "region-check"),
    ("rom", "home"),
    ("recovery", "menu"),
    ("recovery", "package"),
    ("fastboot", "command"),
}
DECIDING_STAGES = ("policy", "verify")


class Outcome(NamedTuple):
    """`why` is empty unless there is no verdict; `infra`: it is the lab that failed."""

    verdict: str
    flash: str = ""
    said: str = ""  # by the client that flashed
    why: str = ""
    infra: bool = False
    seconds: float = 0.0
    trace: tuple[dict, ...] = ()


def boot(cell: Cell, source: Source, folder: Path, expected: Expected, way: Way) -> Outcome:
    """
    In `folder`, which is the cell's alone and keeps its trace, log and picture afterwards. What
    the lab could not do is an outcome too; only Stopped goes through.
    """
    begun = time.monotonic()
    for old in folder.iterdir():
        if old.name != "lock":
            old.unlink()
    try:
        outcome = _booted(cell, source, folder, expected, way)
    except (LabError, OSError) as error:
        none = NoVerdict.of(error)
        outcome = Outcome(f"none {none.kind}", why=str(none), infra=none.code != DIFFERS)
    return outcome._replace(seconds=round(time.monotonic() - begun, 3))


def _booted(cell: Cell, source: Source, folder: Path, expected: Expected, way: Way) -> Outcome:
    start = source.start(cell)
    images.copy(start.nor, folder / "nor.img")
    store.with_room(folder / "nor.img")
    before = fuses.read(folder / "nor.img")
    storage = overlaid_storage(start.disk, start.disk_format, NO_ROOM_HALTS)
    with RunningPhone(folder, rtc=CLOCK, options=storage, lab=_switches(cell, way)) as phone:
        outcome = _outcome(cell, source, phone, way)
        if phone.running and (
            way.pictures or not expected.met_by(outcome.verdict, outcome.flash)
        ):
            _shoot(phone)
    tampering = fuses.tampering(before, fuses.read(folder / "nor.img"))
    if tampering:
        return outcome._replace(verdict="none tampered", why=tampering)
    return outcome


def _switches(cell: Cell, way: Way) -> dict[str, str]:
    return {**({} if way.wait else {"no-wait": "1"}), **flashing.SWITCHES.get(cell.path, {})}


def _outcome(cell: Cell, source: Source, phone: RunningPhone, way: Way) -> Outcome:
    done = flashing.Flashed("", "", 0)
    try:
        if cell.path != "factory":
            done = flashing.flash(cell, source.payload(cell), phone, way)
        words = wait_for_verdict(phone, way, bool, done.seen)
    except NoVerdict as none:
        infra = none.code != DIFFERS
        words, why = f"none {none.kind}", str(none)
        return Outcome(words, done.result, done.said, why, infra, trace=deciding(phone.events))
    return Outcome(words, done.result, done.said, trace=deciding(phone.events))


def _shoot(phone: RunningPhone) -> None:
    if not (phone.events and verdict.is_drawn(phone.events[-1])):
        phone.settle(SETTLE_S)
    phone.shoot_if_on(phone.folder / PICTURE)


def deciding(events: list[dict]) -> tuple[dict, ...]:
    """The events that led to the verdict, the last ones where there are many."""
    found = [
        event
        for event in events
        if event.get("stage") in DECIDING_STAGES
        or (event.get("stage"), event.get("event")) in DECIDING
    ]
    return tuple(found[-DECIDING_MAX:])
