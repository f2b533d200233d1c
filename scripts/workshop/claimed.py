# SPDX-License-Identifier: MIT
"""
A phone that runs in a student's own browser (scripts/web, `make page`): the server has no more of
it than what that browser claims. A claim is bounded and cleaned, is shown as one, and proves
nothing. Nobody but the leader is told of it; an exercise is graded by it, and the wall says that it
is the browser's own word.
"""

from __future__ import annotations

import functools
import json
import re
import time
from typing import Callable

from lab import catalog, outside, paths, schema, verdict
from lab.story import exercise, source

from . import picture
from .live import mode_of
from .people import Person
from .said import Forbidden, Refusal

PAGE = paths.BUILD / "page"  # what `make page` wrote
EVENTS_MAX = 200  # of one start
FIELDS_MAX = 24  # of an event
TEXT_MAX = 200
CLAIM_S = 0.2  # between two claims of one phone, on the average
PICTURE_S = 0.7  # between two pictures
AT_ONCE = 5  # of either: a busy computer delivers together what was sent one by one
STATES = ("off", "on")
SEEN = {"user_data": re.compile("there|gone"), "fuses": re.compile("[0-9]{1,3}")}
GENERATIONS_MAX = 1_000_000
TOLD = {"story": (source.FOLDER, source.load), "exercise": (exercise.FOLDER, exercise.load)}
PHASES = ("making", "asking", "running", "shown", "done", "failed", "working", "solved")

Tell = Callable[["ClaimedPhone", dict], None]


def is_there() -> bool:
    return (PAGE / "web_phone.js").is_file() and (PAGE / "core.wasm").is_file()


def read_events(given: object) -> list[dict]:
    """A start of a phone, as a browser tells it; Refusal: it is not one."""
    if not isinstance(given, list) or len(given) > EVENTS_MAX:
        raise Refusal("claim-long", most=EVENTS_MAX)
    return [_event(one) for one in given]


def _event(given: object) -> dict:
    line = json.dumps(given).encode()
    event = outside.event(line) if isinstance(given, dict) else None
    if event is None or len(event) > FIELDS_MAX or not {"stage", "event"} <= event.keys():
        raise Refusal("claim-odd")
    return {_clean(name): _clean(value) for name, value in event.items()}


def _clean(value: str | int) -> str | int:
    return outside.clean(value)[:TEXT_MAX] if isinstance(value, str) else value


def read_story(given: object) -> dict | None:
    """Which story or exercise the browser plays and how far it is; its words are our own."""
    if given is None:
        return None
    said = given if isinstance(given, dict) else {}
    found, number = _story(str(said.get("kind")), str(said.get("name"))), said.get("number")
    is_step = found and type(number) is int and 0 <= number <= found["total"]
    if not is_step or said.get("phase") not in PHASES:
        raise Refusal("claim-story")
    return {**found, "number": number, "phase": said["phase"]}


@functools.lru_cache(maxsize=128)
def _story(kind: str, name: str) -> dict | None:
    folder, load = TOLD.get(kind, (None, None))
    file = folder and next((f for f in source.files(folder) if f.stem == name), None)
    if not file:
        return None
    told = load(file)
    total = len(getattr(told, "steps", ()))
    return {"kind": kind, "name": name, "title": told.title, "total": total}


def own(phone: "ClaimedPhone", person: Person) -> "ClaimedPhone":
    """Only whom it belongs to says anything of it; not even the leader."""
    if not phone.in_browser or person.id != phone.owner:
        raise Forbidden("not-claimed")
    return phone


def read_seen(events: list[dict], given: object, wanted: dict) -> dict[str, str]:
    """What an exercise looks at: the trace says verdict and lock, the browser itself all else."""
    seen = given if isinstance(given, dict) else {}
    looks = {"verdict": exercise.verdict_of(events), "lock": exercise.lock_of(events)}
    for key in wanted.keys() - looks.keys():
        looks[key] = str(seen.get(key, "unknown"))[:TEXT_MAX]
        if not SEEN[key].fullmatch(looks[key]):
            raise Refusal("claim-seen", key=key, value=repr(looks[key]))
    return looks


class Pace:
    """One in `every_s` on the average, and AT_ONCE after a pause."""

    def __init__(self, every_s: float) -> None:
        self._every_s, self._taken_s = every_s, 0.0

    def takes(self, now_s: float) -> bool:
        due_s = max(self._taken_s, now_s - AT_ONCE * self._every_s) + self._every_s
        if due_s > now_s:
            return False
        self._taken_s = due_s
        return True


class ClaimedPhone:
    """Stands among the workshop's phones, with what of LivePhone makes sense for it."""

    in_browser = True

    def __init__(self, name: str, facts: dict, tell: Tell, owner: str) -> None:
        self.name, self.owner, self.facts = name, owner, dict(facts)
        self.busy, self.state = None, "off"
        self.generation = 1  # counts up when the browser is to make it anew
        self.events: list[dict] = []
        self.starts = 0
        self.story: dict | None = None  # that it plays
        self.picture: bytes | None = None  # of its screen
        self.pictures = 0  # counts up
        self._tell = tell
        self._claims, self._pictures = Pace(CLAIM_S), Pace(PICTURE_S)

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
            "busy": None,
            "progress": None,
            "cable": True,
            "trouble": None,
            "starts": self.starts,
            "picture": self.pictures if self.picture else 0,
            "story": self.story,
        }

    def whole(self) -> dict:
        return {"label": self.label(), "events": self.events, "log": "", "output": []}

    def tell(self) -> None:
        self._tell(self, {"kind": "phone", "label": self.label()})

    def claim(
        self, state: str, events: list[dict], generation: int, story: dict | None = None
    ) -> None:
        """The browser's word on the phone's last start, whole each time."""
        if not self._claims.takes(time.monotonic()):
            raise Refusal("claim-often")
        if generation != self.generation:
            raise Refusal("claim-old")
        self.state, self.events, self.story = state, events, story
        if state == "off":
            self.picture = None
        self.starts += 1
        self._tell(self, {"kind": "trace", "start": self.starts, "fresh": True, "events": events})
        self.tell()

    def show(self, given: bytes) -> None:
        """What the browser says that its screen looks like."""
        if not self._pictures.takes(time.monotonic()):
            raise Refusal("claim-often", 429)
        self.picture = picture.cleaned(given)
        self.pictures += 1
        self._tell(self, {"kind": "picture", "picture": self.pictures})

    async def factory(self, facts: dict) -> None:
        """The browser hears of it by the label."""
        self.facts, self.generation = dict(facts), self.generation + 1
        self.state, self.events, self.picture, self.story = "off", [], None, None
        self._tell(self, {"kind": "trace", "start": self.starts, "fresh": True, "events": []})
        self.tell()

    def begin(self, what: str, name: str) -> None:
        """The leader sends a story or an exercise: the browser plays it."""
        self._tell(self, {"kind": "begin", "what": what, "name": name})

    # What a phone of the server's has to be ended.

    def stop_job(self) -> None:
        pass

    async def power_off(self) -> None:
        pass

    async def gone(self) -> None:
        pass
