# SPDX-License-Identifier: MIT
"""
Reads stories (tests/scenarios/*.yaml; README.md there has the keys) and says where one is wrong.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .. import catalog, glossary, outside, paths, yaml_lines
from ..catalog import DEFAULTS
from ..errors import LabError
from .kinds import A_WORD, KINDS, WANTED
from .step import LANGUAGES, PHONE_KEYS, Answer, Question, Step, Story, Text

FOLDER = paths.ROOT / "tests" / "scenarios"
STORY_KEYS = {"title", "needs", "phone", "steps", "lesson"}
STEP_KEYS = {"why", "says", "exit", "words", "question"}
ANSWERS = range(2, 5)
LINE = "__line__"  # where a mapping of the file begins; whatever the file itself says there


class Wrong(LabError):
    """A file that is not as it must be: where, and what."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{paths.short(file)}:{line}: {message}")


def read(file: Path) -> dict:
    """The file as mappings that know their line."""
    data = yaml_lines.load(file).plain(LINE)
    if not isinstance(data, dict):
        raise Wrong(file, 1, "a file of keys and values is wanted")
    return data


class Reader:
    """Takes the parts of one file to pieces; each complaint says the line."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def wrong(self, data: dict, message: str) -> Wrong:
        return Wrong(self.file, data.get(LINE, 1), message)

    def keys(self, data: dict, known: set, needed: set, what: str) -> None:
        if not isinstance(data, dict):
            raise Wrong(self.file, 1, f"{what} is made of keys and values, not {outside.word(data)}")
        unknown = sorted(set(data) - known - {LINE})
        if unknown:
            near = catalog.near_miss(str(unknown[0]), sorted(known))
            raise self.wrong(data, f"{what} has no key {unknown[0]!r}{near}")
        missing = sorted(needed - set(data))
        if missing:
            raise self.wrong(data, f"{what} lacks {', '.join(missing)}")

    def list(self, owner: dict, key: str) -> list:
        """The entries of a list, or of one that is left out."""
        given = owner.get(key, [])
        if not isinstance(given, list):
            raise self.wrong(owner, f"{key} is a list")
        return given

    def text(self, owner: dict, key: str) -> Text:
        """A sentence, in each of the languages."""
        given = owner.get(key)
        if not isinstance(given, dict):
            raise self.wrong(owner, f"{key} must be given as {' and '.join(LANGUAGES)}")
        self.keys(given, set(LANGUAGES), set(LANGUAGES), key)
        for language in LANGUAGES:
            if not isinstance(given[language], str) or not given[language].strip():
                raise self.wrong(given, f"{key} has nothing to say in {language}")
        return {language: " ".join(given[language].split()) for language in LANGUAGES}

    def texts(self, owner: dict, key: str) -> tuple[Text, ...]:
        rows = self.list(owner, key)
        return tuple(self.text({key: row, LINE: owner[LINE]}, key) for row in rows)

    def question(self, owner: dict) -> Question | None:
        given = owner.get("question")
        if given is None:
            return None
        self.keys(given, {"ask", "answers", "after"}, {"ask", "answers", "after"}, "a question")
        answers = tuple(self._answer(answer) for answer in self.list(given, "answers"))
        if len(answers) not in ANSWERS or sum(answer.right for answer in answers) != 1:
            raise self.wrong(given, "a question has two to four answers, and one of them is right")
        return Question(self.text(given, "ask"), answers, self.text(given, "after"))

    def _answer(self, given: dict) -> Answer:
        self.keys(given, {*LANGUAGES, "right"}, set(LANGUAGES), "an answer")
        words = {language: given[language] for language in LANGUAGES}
        text = self.text({"answer": words, LINE: given[LINE]}, "answer")
        return Answer(text, bool(given.get("right")))

    def phone(self, given: dict) -> dict:
        """A phone's name and what it is, with the defaults of `phone new`."""
        self.keys(given, {"name", *PHONE_KEYS}, set(), "a phone")
        facts = {**DEFAULTS, **{key: given[key] for key in PHONE_KEYS if key in given}}
        for key in DEFAULTS:
            if facts[key] not in catalog.KINDS[key].names():
                raise self.wrong(given, f"there is no {key} {facts[key]!r}")
        return {"name": str(given.get("name", "anna")), **facts}

    def steps(self, owner: dict, key: str = "steps", explained: bool = True) -> tuple[Step, ...]:
        """`explained`: somebody reads them, so each says why."""
        given = self.list(owner, key)
        if not given:
            raise self.wrong(owner, f"{key} must be there")
        return tuple(self._step(step, number, explained) for number, step in enumerate(given, 1))

    def _step(self, given: dict, number: int, explained: bool) -> Step:
        if not isinstance(given, dict):
            raise Wrong(self.file, 1, f"step {number} is not made of keys and values")
        kinds = [key for key in given if key in KINDS]
        if len(kinds) != 1:
            raise self.wrong(given, f"step {number} must have one of {', '.join(KINDS)}")
        self.keys(given, {kinds[0], *STEP_KEYS}, {"why"} if explained else set(), f"step {number}")
        kind = kinds[0]
        what = given[kind]
        wanted, fits = WANTED.get(kind, A_WORD)
        if not fits(what):
            raise self.wrong(given, f"{kind} takes {wanted}")
        if isinstance(what, dict):
            what = self.phone(what) if kind == "phone" else plain(what)
        says = given.get("says", [])
        return Step(
            file=self.file,
            line=given[LINE],
            number=number,
            why=self.text(given, "why") if explained else {},
            kind=kind,
            what=what,
            says=tuple(map(str, [says] if isinstance(says, str) else self.list(given, "says"))),
            exit=given.get("exit", 0),
            words=self._words(given),
            question=self.question(given),
        )

    def _words(self, given: dict) -> tuple[str, ...]:
        there = glossary.load()
        words = [str(word) for word in self.list(given, "words")]
        for word in words:
            if word not in there:
                near = catalog.near_miss(str(word), list(there))
                raise self.wrong(given, f"the glossary has no word {word!r}{near}")
        return tuple(words)

    def needs(self, data: dict) -> tuple[str, ...]:
        given = tuple(map(str, self.list(data, "needs")))
        unknown = [word for word in given if word not in SERVICES]
        if unknown:
            raise self.wrong(data, f"unknown service {unknown[0]}")
        return given


def plain(data: dict) -> dict:
    return {key: value for key, value in data.items() if key != LINE}


def load(file: Path) -> Story:
    data = read(file)
    reader = Reader(file)
    reader.keys(data, STORY_KEYS, STORY_KEYS - {"needs", "phone"}, "a story")
    return Story(
        file=file,
        title=reader.text(data, "title"),
        lesson=reader.text(data, "lesson"),
        phone=reader.phone(data.get("phone", {})),
        steps=reader.steps(data),
        needs=reader.needs(data),
    )


# Finding them, and what they need beside the phone.


SERVICES = {"fastboot": "fastboot", "sideload": "adb"}  # the client, and its Debian package


def missing(needs: tuple[str, ...]) -> list[str]:
    """Why what needs these cannot be played here and now; nothing when it can."""
    return [f"no {name} client here (Debian package {name})" for name in lacking(needs)]


def lacking(needs: tuple[str, ...]) -> list[str]:
    """The clients that are not there."""
    clients = (SERVICES[word] for word in needs)
    return [name for name in clients if not shutil.which(name)]


def files(folder: Path = FOLDER) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def find(word: str, folder: Path = FOLDER, what: str = "scripts/phone play") -> Path:
    """By its number, or by its name, with the number or without."""
    there = files(folder)
    found = [f for f in there if word in (f.stem, f.stem.split("-", 1)[-1])]
    number = outside.number(word, 999)
    if number is not None:
        found = [f for f in there if int(f.stem.split("-")[0]) == number]
    if len(found) != 1:
        names = [f.stem.split("-", 1)[-1] for f in there]
        raise LabError(
            f"there is no {word!r}{catalog.near_miss(word, names)}; {what} lists them", code=2
        )
    return found[0]
