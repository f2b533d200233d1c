# SPDX-License-Identifier: MIT
"""
What a page may ask for (POST /do): a row of VERBS each. A row says whether only the leader may, and
whether it is about a phone; then the phone is one that the person may touch, and nobody is frozen.

What is wrong with a request is a Refusal (400), what is not for this person Forbidden (403).
"""

from __future__ import annotations

import functools
from typing import Callable, Coroutine, NamedTuple

from lab import catalog, keys, roms
from lab.story import exercise

from . import acts, claimed, story_verbs, typed
from .live import LivePhone
from .people import Person
from .said import FROZEN, Forbidden, Refusal, sides
from .workshop import FACTS, Workshop

KEYS_MAX = 20


class Request(NamedTuple):
    shop: Workshop
    person: Person
    phone: LivePhone | None
    given: dict

    def text(self, key: str, among: tuple | list | dict | None = None, default: str = "") -> str:
        value = self.given.get(key, default)
        if not isinstance(value, str) or (among is not None and value not in among):
            wrong = repr(str(value)[:40])
            if not among:
                raise Refusal("not-text", key=key, value=wrong)
            raise Refusal("not-among", key=key, value=wrong, known=", ".join(among))
        return value

    def number(self, key: str, low: int, high: int) -> int:
        value = self.given.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Refusal("not-a-number", key=key, low=low, high=high)
        return value

    def flag(self, key: str) -> bool:
        value = self.given.get(key)
        if not isinstance(value, bool):
            raise Refusal("not-a-flag", key=key)
        return value

    def facts(self) -> dict:
        """A phone as it leaves the factory; what is not said is as before, or the default."""
        facts = {**FACTS, **(self.phone.facts if self.phone else {})}
        facts = {key: facts[key] for key in FACTS}
        for key in facts:
            if key in self.given:
                facts[key] = self.text(key, catalog.KINDS[key].names())
        if not roms.fits(facts["model"], facts["rom"]):
            raise Refusal("rom-does-not-fit", rom=facts["rom"], model=facts["model"])
        return facts


class Verb(NamedTuple):
    do: Callable
    about_phone: bool = True
    leader_only: bool = False
    of_browser: bool = False  # also, or only, for a phone in a student's own browser


async def obey(shop: Workshop, person: Person, given: dict) -> dict:
    verb = VERBS.get(str(given.get("verb")))
    if verb is None:
        raise Refusal("no-verb", verb=repr(str(given.get("verb"))[:40]))
    if verb.leader_only and not person.leads:
        raise Forbidden("leader-only")
    phone = shop.phone_of(given.get("phone"), person) if verb.about_phone else None
    if phone and phone.in_browser and not verb.of_browser:
        raise Refusal("in-browser", phone=phone.name)
    if shop.frozen and not person.leads and not verb.of_browser:
        raise Forbidden(FROZEN)
    return (await verb.do(Request(shop, person, phone, given))) or {}


def _background(request: Request, work) -> None:
    """The page hears of it by the phone's label and output."""
    phone = request.phone
    assert phone
    request.shop.in_background(work, lambda error: phone.say("error", sides(error)))


def _need_idle(phone: LivePhone) -> None:
    if phone.busy:
        raise Refusal("busy", phone=phone.name, what=phone.busy)


async def power(request: Request) -> None:
    phone = request.phone
    what = request.text("what", ("on", "off", "cut"))
    hold = acts.HOLDS[request.text("hold", acts.HOLDS)]
    if what == "on":
        _need_idle(phone)
        if phone.state != "off":
            raise Refusal("being-made" if phone.state == "making" else "is-on", phone=phone.name)
        request.shop.check_room()
        _background(request, phone.power_on(hold))
    elif phone.name in request.shop.tellings and phone.busy:
        raise Refusal("story-plays")
    elif what == "off":
        phone.stop_job()
        _background(request, phone.power_off())
    else:
        _background(request, phone.cut())


async def press(request: Request) -> None:
    words = request.text("keys").split()
    if not 0 < len(words) <= KEYS_MAX:
        raise Refusal("which-keys", known=", ".join(keys.KEYS))
    await acts.press(request.phone, words)


async def cable(request: Request) -> None:
    await request.phone.pull_cable(request.flag("out"))


def _started(request: Request, act: Callable[..., Coroutine], *given: object) -> None:
    """An act that switches phones on finds out now whether there is room for it."""
    _need_idle(request.phone)
    if request.phone.state == "off":
        request.shop.check_room()
    _background(request, act(request.phone, *given))


async def flash(request: Request) -> None:
    rom = request.text("rom")
    script = request.text("script", acts.SCRIPTS, acts.SCRIPTS[0])
    task = exercise.of_phone(request.phone.folder)
    if rom not in (task.roms if task else {}):
        catalog.check("rom", rom)
    _started(request, acts.flash, rom, script)


async def command(request: Request) -> None:
    words = typed.split(request.text("line"))
    _need_idle(request.phone)
    if words[0] == "power" and words[1:2] == ["on"]:
        request.shop.check_room()
    _background(request, typed.obey(request.phone, request.text("line")))


async def stop(request: Request) -> None:
    request.phone.stop_job()


async def bind(request: Request) -> None:
    _started(request, acts.bind)


async def wait(request: Request) -> None:
    _started(request, acts.wait, request.number("hours", 1, acts.HOURS_MAX))


async def unlock(request: Request) -> None:
    _started(request, acts.unlock)


async def lock(request: Request) -> None:
    _started(request, acts.lock)


async def rescue(request: Request) -> None:
    who = request.text("account", acts.ACCOUNTS)
    rom = request.text("rom", catalog.roms())
    _started(request, acts.rescue, who, rom)


async def factory(request: Request) -> None:
    facts = request.facts()
    _need_idle(request.phone)
    await request.shop.end_telling(request.phone)
    _background(request, acts.factory(request.phone, facts))


# For the leader alone.


async def add(request: Request) -> dict:
    if len(request.shop.phones) >= 2 * request.shop.fleet.cap:
        raise Refusal("too-many-phones")
    return {"phone": request.shop.add_phone(request.facts()).name}


async def remove(request: Request) -> None:
    if request.phone.owner:
        raise Refusal("a-students")
    _background(request, request.shop.remove_phone(request.phone))


async def claim(request: Request) -> None:
    """What a browser says of the phone that runs in it; by whom it belongs to, and nobody else."""
    phone = claimed.own(request.phone, request.person)
    state = request.text("state", claimed.STATES)
    events = claimed.read_events(request.given.get("events"))
    story = claimed.read_story(request.given.get("story"))
    phone.claim(state, events, request.number("generation", 1, claimed.GENERATIONS_MAX), story)


async def browsers(request: Request) -> None:
    if not claimed.is_there():
        raise Refusal("no-page")
    request.shop.choose_browsers(request.flag("on"))


async def freeze(request: Request) -> None:
    request.shop.freeze(request.flag("on"))


async def reset(request: Request) -> None:
    """One phone or all of the class, back to what they were at the start."""
    which = request.text("which")
    shop = request.shop
    phones = [p for p in shop.phones.values() if (p.owner if which == "all" else p.name == which)]
    for phone in phones:
        if not phone.busy:
            await shop.end_telling(phone)
            facts = dict(FACTS) if phone.owner else phone.facts
            anew = phone.factory if phone.in_browser else functools.partial(acts.factory, phone)
            shop.in_background(anew(facts))


async def show_out(request: Request) -> None:
    student = request.shop.people.students.get(request.text("student"))
    if student is None:
        raise Refusal("no-student")
    request.shop.in_background(request.shop.leave(student))


VERBS = {
    "power": Verb(power),
    "press": Verb(press),
    "cable": Verb(cable),
    "flash": Verb(flash),
    "command": Verb(command),
    "stop": Verb(stop),
    "bind": Verb(bind),
    "wait": Verb(wait),
    "unlock": Verb(unlock),
    "lock": Verb(lock),
    "rescue": Verb(rescue),
    "factory": Verb(factory),
    "story": Verb(story_verbs.start),
    "next": Verb(story_verbs.go_on),
    "vote": Verb(story_verbs.vote),
    "end": Verb(story_verbs.end),
    "check": Verb(story_verbs.check),
    "vote_in_class": Verb(story_verbs.vote_in_class, about_phone=False),
    "send": Verb(story_verbs.send, about_phone=False, leader_only=True),
    "claim": Verb(claim, of_browser=True),
    "exercise": Verb(story_verbs.exercise_of_browser, of_browser=True),
    "check_claim": Verb(story_verbs.check_claim, of_browser=True),
    "browsers": Verb(browsers, about_phone=False, leader_only=True),
    "add": Verb(add, about_phone=False, leader_only=True),
    "remove": Verb(remove, leader_only=True),
    "freeze": Verb(freeze, about_phone=False, leader_only=True),
    "reset": Verb(reset, about_phone=False, leader_only=True),
    "show_out": Verb(show_out, about_phone=False, leader_only=True),
}
