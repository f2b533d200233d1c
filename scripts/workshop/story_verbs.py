# SPDX-License-Identifier: MIT
"""What a page may ask for about stories and exercises: rows of verbs.py."""

from __future__ import annotations

from lab.errors import LabError
from lab.story import exercise, source

from .live import LivePhone
from .telling import Telling
from .workshop import Workshop

ANSWERS_MAX = 4


def catalogue() -> dict:
    """What can be played, for the page's lists; what could not be, with why."""
    return {
        "stories": [
            {"name": s.name, "title": s.title, "missing": source.missing(s.needs)}
            for s in map(source.load, source.files())
        ],
        "exercises": [
            {
                "name": e.file.stem,
                "title": e.title,
                "task": e.task,
                "missing": source.missing(e.needs),
            }
            for e in map(exercise.load, source.files(exercise.FOLDER))
        ],
    }


def _find(request) -> source.Story | exercise.Exercise:
    kind, name = request.text("kind", ("story", "exercise"), "story"), request.text("name")
    folder = source.FOLDER if kind == "story" else exercise.FOLDER
    file = next((f for f in source.files(folder) if f.stem == name), None)
    if file is None:
        raise LabError(f"there is no {kind} of that name")
    return (source.load if kind == "story" else exercise.load)(file)


async def _begin(shop: Workshop, phone: LivePhone, story) -> None:
    await shop.end_telling(phone)
    if phone.busy or phone.state == "making":
        raise LabError(f"{phone.name} is busy: {phone.busy or 'it is being made'}")
    if phone.state == "off":
        shop.check_room()
    telling = shop.tellings[phone.name] = Telling(shop, phone, story)
    telling.start()


def _telling(request) -> Telling:
    telling = request.shop.tellings.get(request.phone.name)
    if telling is None:
        raise LabError("no story plays on this phone")
    return telling


async def start(request) -> None:
    await _begin(request.shop, request.phone, _find(request))


async def go_on(request) -> None:
    _telling(request).next()


async def vote(request) -> None:
    answer = request.number("answer", 0, ANSWERS_MAX - 1)
    _telling(request).vote(request.person.id, answer)


async def vote_in_class(request) -> None:
    """On the leader's question, which everybody sees."""
    if request.shop.poll is None:
        raise LabError("nothing is asked now")
    request.shop.poll.vote(request.person.id, request.number("answer", 0, ANSWERS_MAX - 1))


async def end(request) -> None:
    await request.shop.end_telling(request.phone)


async def check(request) -> dict:
    telling = _telling(request)
    answer = request.given.get("answer")
    if answer is not None:
        answer = request.number("answer", 0, ANSWERS_MAX - 1)
    solved = await telling.check(answer)
    name = telling.story.file.stem
    if solved and name not in request.person.solved:
        request.person.solved.append(name)
        request.shop.tell_class()
    return {"solved": solved}


async def send(request) -> dict:
    """The leader sends a story or an exercise to everybody's phone."""
    story, started = _find(request), 0
    for phone in [p for p in request.shop.phones.values() if p.owner]:
        if phone.in_browser:
            phone.begin(story.file.stem)
            started += 1
            continue
        try:
            await _begin(request.shop, phone, story)
            started += 1
        except LabError:
            continue  # busy; the leader sees the number
    if not started:
        raise LabError("nobody has joined yet, or every phone is busy")
    return {"started": started}
