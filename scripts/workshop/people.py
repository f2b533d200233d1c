# SPDX-License-Identifier: MIT
"""
Who is in the workshop: the leader, who came with the token of the URL, and the students, who came
with the join code. Each is known by a random cookie; nobody has an account.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from dataclasses import dataclass, field

from .said import Refusal

LEADER, STUDENT = "leader", "student"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for a number
CODE_LETTERS = 6
STUDENTS_MAX = 40
NAME = re.compile(r"[^\W_][\w .'-]{0,23}")
WRONG_S = 0.5  # how long the first wrong code is thought about; each more takes twice as long
WRONG_S_MAX = 8.0
WAITING_MAX = 4  # joins of one address that are thought about at the same time


@dataclass
class Person:
    id: str
    role: str
    name: str
    secret: str
    phone: str = ""  # a student's own
    away: bool = True  # no page of theirs is open
    solved: list[str] = field(default_factory=list)  # exercises

    @property
    def leads(self) -> bool:
        return self.role == LEADER


class People:
    def __init__(self, has_class: bool) -> None:
        self.token = secrets.token_urlsafe(24)
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
        self.code = code if has_class else ""
        self.leader = Person("leader", LEADER, "", secrets.token_urlsafe(24))
        self.students: dict[str, Person] = {}
        self._wrong: dict[str, int] = {}  # address -> wrong codes in a row
        self._waiting: dict[str, int] = {}

    def by_cookie(self, secret: str) -> Person | None:
        found = None
        for person in (self.leader, *self.students.values()):
            if hmac.compare_digest(person.secret.encode(), secret.encode()):
                found = person
        return found

    def by_token(self, token: str) -> Person | None:
        return self.leader if hmac.compare_digest(self.token.encode(), token.encode()) else None

    async def join(self, address: str, code: str, name: str) -> Person:
        """A new student. A wrong code is answered late, and later each time."""
        if not self.code:
            raise Refusal("no-class", 403)
        if self._waiting.get(address, 0) >= WAITING_MAX:
            raise Refusal("too-many-codes", 429)
        if not hmac.compare_digest(code.strip().upper().encode(), self.code.encode()):
            await self._think(address)
            raise Refusal("wrong-code", 403)
        name = " ".join(name.split())
        if not NAME.fullmatch(name):
            raise Refusal("bad-name")
        if name in (student.name for student in self.students.values()):
            raise Refusal("name-taken", 409, name=name)
        if len(self.students) >= STUDENTS_MAX:
            raise Refusal("class-full", 409, most=STUDENTS_MAX)
        self._wrong.pop(address, None)
        person = Person(secrets.token_hex(4), STUDENT, name, secrets.token_urlsafe(24))
        self.students[person.id] = person
        return person

    async def _think(self, address: str) -> None:
        wrong = self._wrong[address] = self._wrong.get(address, 0) + 1
        self._waiting[address] = self._waiting.get(address, 0) + 1
        try:
            await asyncio.sleep(min(WRONG_S * 2 ** (wrong - 1), WRONG_S_MAX))
        finally:
            self._waiting[address] -= 1

    def remove(self, id: str) -> Person | None:
        return self.students.pop(id, None)
