# SPDX-License-Identifier: MIT
"""What a page may ask for about stories and exercises: rows of verbs.py."""

from __future__ import annotations

from lab.errors import LabError
from lab.story import exercise, source

from . import claimed, telling
from .live import LivePhone
from .said import Refusal, Sides, say
from .telling import Telling
from .workshop import Workshop

ANSWERS_MAX = 4


def catalogue() -> dict:
    """What can be played, for the page's lists; what could not be, with why."""
    return {
        "stories": [
            {"name": s.name, "title": s.title, "missing": missing(s.needs)}
            for s in map(source.load, source.files())
        ],
        "exercises": [
            {
                "name": e.file.stem,
                "title": e.title,
                "task": e.task,
                "missing": missing(e.needs),
            }
            for e in map(exercise.load, source.files(exercise.FOLDER))
        ],
    }


def missing(needs: tuple[str, ...]) -> list[Sides]:
    return [say("no-client", client=name) for name in source.lacking(needs)]


def _find(request) -> source.Story | exercise.Exercise:
    kind, name = request.text("kind", ("story", "exercise"), "story"), request.text("name")
    folder = source.FOLDER if kind == "story" else exercise.FOLDER
    file = next((f for f in source.files(folder) if f.stem == name), None)
    if file is None:
        raise Refusal("no-story" if kind == "story" else "no-exercise")
    return (source.load if kind == "story" else exercise.load)(file)


async def _begin(shop: Workshop, phone: LivePhone, story) -> None:
    await shop.end_telling(phone)
    if phone.state == "making":
        raise Refusal("being-made", phone=phone.name)
    if phone.busy:
        raise Refusal("busy", phone=phone.name, what=phone.busy)
    if phone.state == "off":
        shop.check_room()
    shop.tellings[phone.name] = told = Telling(shop, phone, story)
    told.start()


def _telling(request) -> Telling:
    told = request.shop.tellings.get(request.phone.name)
    if told is None:
        raise Refusal("not-told")
    return told


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
        raise Refusal("nothing-asked")
    request.shop.poll.vote(request.person.id, request.number("answer", 0, ANSWERS_MAX - 1))


async def end(request) -> None:
    await request.shop.end_telling(request.phone)


async def check(request) -> dict:
    told = _telling(request)
    solved = await told.check(_answer(request))
    if solved:
        _note_solved(request, told.story.file.stem)
    return {"solved": solved}


async def exercise_of_browser(request) -> dict:
    """Its words, for a phone in a browser; not what is right."""
    claimed.own(request.phone, request.person)
    return {"story": telling.exercise_state(_exercise_of(request))}


async def check_claim(request) -> dict:
    """Grades an exercise by what a browser says of its phone, which proves nothing."""
    claimed.own(request.phone, request.person)
    task = _exercise_of(request)
    events = claimed.read_events(request.given.get("events"))
    looks = claimed.read_seen(events, request.given.get("seen"), task.goal)
    grade = exercise.graded(task, looks, _answer(request))
    if grade.solved:
        _note_solved(request, task.file.stem)
    return {"story": telling.exercise_state(task, grade)}


def _exercise_of(request) -> exercise.Exercise:
    task = _find(request)
    if not isinstance(task, exercise.Exercise):
        raise Refusal("no-exercise")
    return task


def _answer(request) -> int | None:
    has_none = request.given.get("answer") is None
    return None if has_none else request.number("answer", 0, ANSWERS_MAX - 1)


def _note_solved(request, name: str) -> None:
    if name not in request.person.solved:
        request.person.solved.append(name)
        request.shop.tell_class()


async def send(request) -> dict:
    """The leader sends a story or an exercise to everybody's phone."""
    story, started = _find(request), 0
    kind = "exercise" if isinstance(story, exercise.Exercise) else "story"
    phones = [phone for phone in request.shop.phones.values() if phone.owner]
    for phone in phones:
        if phone.in_browser:
            phone.begin(kind, story.file.stem)
            started += 1
            continue
        try:
            await _begin(request.shop, phone, story)
            started += 1
        except LabError:
            continue  # busy; the leader sees the number
    if not started:
        raise Refusal("nobody")
    return {"started": started, "of": len(phones)}
