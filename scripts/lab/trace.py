# SPDX-License-Identifier: MIT
"""
The trace of a running phone: which of its lines the firmware wrote, and which are a ROM's claims.

Both write to lab.trace. What decides - power-on, verdict, panic - the firmware writes to the secure
UART too, where no ROM reaches: a line of that kind counts when the same one came from there. So it is
known who runs, and a line that only the firmware may write, written while a ROM runs, is none. It is
kept as the event rom/ignored, and so is what a ROM sends without measure.
"""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Callable

from . import outside, verdict
from .errors import LabError

CLAIMANTS = ("rom", "recovery")  # the stages that a ROM may speak as
DECISIVE = ("flow/power-on", "flow/verdict", "flow/panic")  # bootloader/flow/report.c
CLAIMS_MAX = 2000  # a start: whatever a ROM says beyond it is left out
CLAIMS_BYTES_MAX = 1 << 20
PENDING_MAX = 1000
BAD_LINES_MAX = 100
SHOWN_CHARS = 200
EVENTS_MAX = 200_000  # of a saved trace
SAVED_BYTES_MAX = 64 << 20


def key(event: dict) -> str:
    return f"{event.get('stage')}/{event.get('event')}"


class Trace:
    """
    Fed with what comes from the secure UART and from lab.trace, in this order.

    events      the firmware's events and the ROM's claims, as they came; `save` gets their lines
    bad_lines   the beginnings of the first lines that are no events
    """

    def __init__(self, save: Callable[[bytes], object]) -> None:
        self.events: list[dict] = []
        self.bad_lines: list[bytes] = []
        self._save = save
        self._secure_lines, self._lines = outside.Lines(), outside.Lines()
        self._pending: deque[bytes] = deque(maxlen=PENDING_MAX)  # from the secure UART, not yet met
        self._rom_runs = False
        self._claims = self._claims_bytes = 0

    def feed_secure(self, data: bytes) -> None:
        """From the secure UART, which sends a carriage return before each end of a line."""
        self._pending.extend(line.data.rstrip(b"\r") for line in self._secure_lines.feed(data))

    def feed(self, data: bytes) -> None:
        """From lab.trace. The secure UART must have been read up to now."""
        for line in self._lines.feed(data):
            self._take(*line)

    def finish(self) -> None:
        """Nothing more will come: what the firmware said and lab.trace lost is told all the same."""
        while self._pending:
            self._decide(self._pending.popleft())

    def _take(self, line: bytes, cut: bool) -> None:
        # A ROM that was stopped in the middle of a line leaves its beginning before the firmware's.
        confirmed = next((said for said in self._pending if line.endswith(said)), None)
        event = None if cut else outside.event(line)
        if confirmed:
            while (said := self._pending.popleft()) != confirmed:
                self._decide(said)
            self._decide(confirmed)
        elif event is None:
            self._bad(line)
        elif event.get("stage") in CLAIMANTS:
            self._claim(event, line)
        elif self._rom_runs or key(event) in DECISIVE:
            self._ignore("a line that only the firmware may write", line)
        else:
            self._keep(event, line)

    def _decide(self, line: bytes) -> None:
        event = outside.event(line)
        if event is None:
            self._bad(line)
            return
        self._rom_runs = verdict.is_verdict(event) and verdict.starts_something(event)
        self._claims = self._claims_bytes = 0
        self._keep(event, line)

    def _claim(self, event: dict, line: bytes) -> None:
        if self._may_claim(line):
            self._keep(event, line)

    def _ignore(self, what: str, line: bytes) -> None:
        if self._may_claim(line):
            self._note(what, line)

    def _may_claim(self, line: bytes) -> bool:
        """Within what a ROM may say in one start; that it said more is noted once."""
        if self._had_enough():
            return False
        self._claims += 1
        self._claims_bytes += len(line)
        if self._had_enough():
            self._note("more lines than a ROM may send in one start: the rest is left out", b"")
            return False
        return True

    def _had_enough(self) -> bool:
        return self._claims >= CLAIMS_MAX or self._claims_bytes >= CLAIMS_BYTES_MAX

    def _note(self, what: str, line: bytes) -> None:
        """In the ROM's name, at the time of the last event."""
        event = {
            "t_us": self.events[-1].get("t_us", 0) if self.events else 0,
            "stage": "rom",
            "event": "ignored",
            "what": what,
            "line": outside.clean(line.decode("utf-8", "replace"))[:SHOWN_CHARS],
        }
        self._keep(event, json.dumps(event).encode())

    def _keep(self, event: dict, line: bytes) -> None:
        self.events.append(event)
        self._save(line + b"\n")

    def _bad(self, line: bytes) -> None:
        if len(self.bad_lines) < BAD_LINES_MAX:
            self.bad_lines.append(line[:SHOWN_CHARS])


def read(file: Path) -> list[dict]:
    """The events of a saved trace; lines that are none are left out."""
    lines, events, left = outside.Lines(), [], SAVED_BYTES_MAX
    try:
        with outside.opened(file) as saved:
            while (data := saved.read(min(left, 1 << 16))) and len(events) < EVENTS_MAX:
                left -= len(data)
                found = (outside.event(line.data) for line in lines.feed(data) if not line.cut)
                events += [event for event in found if event is not None]
    except FileNotFoundError:
        raise LabError(f"there is no trace yet ({file})") from None
    except OSError as error:
        raise LabError(f"the trace cannot be read: {error}") from None
    return events
