# SPDX-License-Identifier: MIT
"""
A phone that runs in a student's own browser (scripts/web, `make page`): the server has no more of
it than what that browser claims. A claim is bounded and cleaned, is shown as one, and proves
nothing: no exercise is graded by it, and nobody but the leader is told of it.
"""

from __future__ import annotations

import json
import time
from typing import Callable

from lab import catalog, outside, paths, schema, verdict
from lab.errors import LabError

from .live import mode_of

PAGE = paths.BUILD / "page"  # what `make page` wrote
EVENTS_MAX = 200  # of one start
FIELDS_MAX = 24  # of an event
TEXT_MAX = 200
CLAIM_S = 0.2  # between two claims of one phone
STATES = ("off", "on")
GENERATIONS_MAX = 1_000_000

Tell = Callable[["ClaimedPhone", dict], None]


def is_there() -> bool:
    return (PAGE / "web_phone.js").is_file() and (PAGE / "core.wasm").is_file()


def read_events(given: object) -> list[dict]:
    """A start of a phone, as a browser tells it; LabError: it is not one."""
    if not isinstance(given, list) or len(given) > EVENTS_MAX:
        raise LabError(f"a claim has at most {EVENTS_MAX} events")
    return [_event(one) for one in given]


def _event(given: object) -> dict:
    line = json.dumps(given).encode()
    event = outside.event(line) if isinstance(given, dict) else None
    if event is None or len(event) > FIELDS_MAX or not {"stage", "event"} <= event.keys():
        raise LabError("that is no event of a phone")
    return {_clean(name): _clean(value) for name, value in event.items()}


def _clean(value: str | int) -> str | int:
    return outside.clean(value)[:TEXT_MAX] if isinstance(value, str) else value


class ClaimedPhone:
    """Stands among the workshop's phones, with what of LivePhone makes sense for it."""

    in_browser = True

    def __init__(self, name: str, facts: dict, tell: Tell, owner: str) -> None:
        self.name, self.owner, self.facts = name, owner, dict(facts)
        self.busy, self.state = "", "off"
        self.generation = 1  # counts up when the browser is to make it anew
        self.events: list[dict] = []
        self.starts = 0
        self._tell = tell
        self._heard_s = 0.0

    def label(self) -> dict:
        model = catalog.facts_of_model(self.facts["model"])
        said = {schema.key(event): event for event in self.events}
        words = verdict.words(self.events) if self.state == "on" else None
        return {
            "kind": "browser",
            "name": self.name,
            "owner": self.owner,
            "generation": self.generation,
            "facts": self.facts,
            "model": self.facts["model"],
            "title": str(model.get("name", self.facts["model"])),
            "released": str(model.get("released", "")),
            "made_for": self.facts["region"],
            "policy": self.facts["policy"],
            "lock": said.get("storage/state", {}).get("lock", self.facts["lock"]),
            "rom": said.get("verify/claims", {}).get("rom", self.facts["rom"]),
            "slot": None,
            "index": said.get("policy/rollback", {}).get("phone"),
            "state": self.state,
            "place": 0,
            "mode": mode_of(self.state, words),
            "verdict": words,
            "busy": "",
            "progress": None,
            "cable": True,
            "trouble": "",
            "starts": self.starts,
        }

    def whole(self) -> dict:
        return {"label": self.label(), "events": self.events, "log": "", "output": []}

    def tell(self) -> None:
        self._tell(self, {"kind": "phone", "label": self.label()})

    def claim(self, state: str, events: list[dict], generation: int) -> None:
        """The browser's word on the phone's last start, whole each time."""
        now = time.monotonic()
        if now < self._heard_s + CLAIM_S:
            raise LabError("too many claims at once")
        if generation != self.generation:
            raise LabError("that phone was reset meanwhile")
        self._heard_s = now
        self.state, self.events = state, events
        self.starts += 1
        self._tell(self, {"kind": "trace", "start": self.starts, "fresh": True, "events": events})
        self.tell()

    async def factory(self, facts: dict) -> None:
        """The browser hears of it by the label."""
        self.facts, self.generation = dict(facts), self.generation + 1
        self.state, self.events = "off", []
        self._tell(self, {"kind": "trace", "start": self.starts, "fresh": True, "events": []})
        self.tell()

    def begin(self, name: str) -> None:
        """The leader sends a story: the browser plays it."""
        self._tell(self, {"kind": "begin", "name": name})

    # What a phone of the server's has to be ended.

    def stop_job(self) -> None:
        pass

    async def power_off(self) -> None:
        pass

    async def gone(self) -> None:
        pass
