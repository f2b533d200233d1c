# SPDX-License-Identifier: MIT
"""What there is in the workshop: people, phones, tellings; and who may see and do what."""

from __future__ import annotations

import asyncio
from typing import Callable, Coroutine

from lab import catalog, roms
from lab.errors import LabError

from . import claimed
from .claimed import ClaimedPhone
from .fleet import Fleet
from .hub import Hub
from .live import LivePhone
from .people import People, Person
from .said import Forbidden

FACTS = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "unlocked", "policy": "announced"}
POLLED = ("asking", "running", "shown", "done")  # while a question and its answer are shown
BENCH = (  # what stands on the leader's bench at the start
    {**FACTS, "lock": "locked"},
    FACTS,
    {**FACTS, "region": "global", "rom": "global"},
)


class Workshop:
    def __init__(self, fleet: Fleet, people: People) -> None:
        self.fleet, self.people = fleet, people
        self.phones: dict[str, LivePhone | ClaimedPhone] = {}
        self.frozen = False
        self.in_browsers = False  # the leader's choice: new students' phones run in their browsers
        self.hub = Hub(lambda person: self.tell_class())
        self.tellings: dict = {}  # phone -> Telling (telling.py)
        self.poll = None  # the leader's telling that asks the class something, or has just asked
        self._tasks: set[asyncio.Task] = set()

    # Who sees what.

    def may_see(self, phone: LivePhone, person: Person) -> bool:
        return person.leads or phone.owner == person.id

    def tell_phone(self, phone: LivePhone, message: dict) -> None:
        self.hub.tell({**message, "phone": phone.name}, lambda person: self.may_see(phone, person))

    def tell_class(self) -> None:
        self.hub.tell({"kind": "class", "class": self.class_state()}, lambda person: person.leads)

    def whole(self, person: Person) -> dict:
        """All that a page that is opened now must know."""
        phones = [phone for phone in self.phones.values() if self.may_see(phone, person)]
        return {
            "kind": "whole",
            "you": {"role": person.role, "name": person.name, "phone": person.phone},
            "frozen": self.frozen and not person.leads,
            "phones": {phone.name: phone.whole() for phone in phones},
            "tellings": {
                name: telling.whole()
                for name, telling in self.tellings.items()
                if name in self.phones and self.may_see(self.phones[name], person)
            },
            "class": self.class_state() if person.leads else None,
            "poll": None if person.leads else self.poll_state(),
            "cap": self.fleet.cap,
            "solved": person.solved,
        }

    def tell_poll(self, telling) -> None:
        """What the leader's story asks is asked of everybody."""
        if telling.phone.owner or not self.people.code:
            return
        if telling.step and telling.step.question and telling.phase in POLLED:
            self.poll = telling
        elif self.poll is telling:
            self.poll = None
        else:
            return
        self.hub.tell({"kind": "poll", "poll": self.poll_state()}, lambda person: not person.leads)

    def poll_state(self) -> dict | None:
        if self.poll is None:
            return None
        whole = self.poll.whole()
        return {key: whole[key] for key in ("title", "number", "phase", "question")}

    def class_state(self) -> dict:
        return {
            "code": self.people.code,
            "frozen": self.frozen,
            "in_browsers": self.in_browsers,
            "may_be_in_browsers": claimed.is_there(),
            "students": [
                {
                    "id": student.id,
                    "name": student.name,
                    "phone": student.phone,
                    "away": student.away,
                    "solved": student.solved,
                    "claimed": student.phone in self.phones
                    and self.phones[student.phone].in_browser,
                }
                for student in self.people.students.values()
            ],
        }

    # Phones.

    @property
    def running(self) -> int:
        own = (phone for phone in self.phones.values() if not phone.in_browser)
        return sum(1 for phone in own if phone.state in ("on", "waiting"))

    @property
    def is_full(self) -> bool:
        """Were all phones on at once, one more would find no room."""
        own = [phone for phone in self.phones.values() if not phone.in_browser]
        return len(own) >= self.fleet.cap

    def check_room(self) -> None:
        self.fleet.check_room(self.running)

    def add_phone(self, facts: dict, owner: str = "") -> LivePhone:
        name = self.fleet.free_name(set(self.phones))
        phone = LivePhone(self.fleet, name, facts, self.tell_phone, owner)
        self.phones[name] = phone
        self.in_background(phone.make())
        return phone

    def add_claimed_phone(self, facts: dict, owner: str) -> ClaimedPhone:
        name = self.fleet.free_name(set(self.phones))
        phone = self.phones[name] = ClaimedPhone(name, facts, self.tell_phone, owner)
        phone.tell()
        return phone

    async def remove_phone(self, phone: LivePhone) -> None:
        await self.end_telling(phone)
        del self.phones[phone.name]
        self.tell_phone(phone, {"kind": "gone"})
        await phone.gone()

    def phone_of(self, name: object, person: Person) -> LivePhone:
        """One that this person may touch; the same words whether there is none, or another's."""
        phone = self.phones.get(str(name))
        if phone is None or not self.may_see(phone, person):
            raise Forbidden("not-yours")
        return phone

    async def end_telling(self, phone: LivePhone) -> None:
        telling = self.tellings.pop(phone.name, None)
        if telling:
            await telling.stop()
            if self.poll is telling:
                self.poll = None
                self.hub.tell({"kind": "poll", "poll": None}, lambda person: not person.leads)
            self.tell_phone(phone, {"kind": "story", "story": None})

    # People.

    def join(self, person: Person) -> None:
        """A phone of this computer's; or in their browser, if the leader chose so or it is full."""
        is_elsewhere = claimed.is_there() and (self.in_browsers or self.is_full)
        add = self.add_claimed_phone if is_elsewhere else self.add_phone
        person.phone = add(FACTS, person.id).name
        self.tell_class()

    async def leave(self, person: Person) -> None:
        """The leader shows somebody out: their cookie opens nothing any more."""
        self.people.remove(person.id)
        self.hub.leave(person)
        phone = self.phones.get(person.phone)
        if phone:
            await self.remove_phone(phone)
        self.tell_class()

    def choose_browsers(self, on: bool) -> None:
        self.in_browsers = on
        self.tell_class()

    def freeze(self, on: bool) -> None:
        self.frozen = on
        self.hub.tell({"kind": "frozen", "frozen": on}, lambda person: not person.leads)
        self.tell_class()

    # Work that a request does not wait for.

    def in_background(self, work: Coroutine, on_error: Callable[[Exception], None] | None = None) -> None:
        async def guarded() -> None:
            try:
                await work
            except (LabError, OSError) as error:
                if on_error:
                    on_error(error)

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Everything off, everything gone."""
        self.hub.close_all()
        for task in list(self._tasks):
            task.cancel()
        for name in list(self.tellings):
            if name in self.phones:
                await self.end_telling(self.phones[name])
        for phone in self.phones.values():
            phone.stop_job()
        await asyncio.gather(
            *(phone.power_off() for phone in self.phones.values()), return_exceptions=True
        )


def shelf() -> dict:
    """What can be chosen: models with the ROMs for them, and what they are called."""
    return {
        "models": [
            {
                "model": model,
                "title": str(facts.get("name", model)),
                "released": str(facts.get("released", "")),
                "regions": list(catalog.REGIONS),
                "roms": [rom for rom in catalog.roms() if roms.fits(model, rom)],
            }
            for model, facts in ((m, catalog.facts_of_model(m)) for m in catalog.models())
        ],
        "roms": [
            {
                "rom": rom,
                "title": {
                    "en": str(facts.get("title", rom)),
                    "zh": str(facts.get("title_zh", facts.get("title", rom))),
                },
                "official": bool(facts.get("official", True)),
            }
            for rom, facts in ((r, catalog.facts_of_rom(r)) for r in catalog.roms())
        ],
        "policies": list(catalog.POLICIES),
    }
