# SPDX-License-Identifier: MIT
"""
News to the open pages, as server-sent events. A page that does not read is hung up on: it comes
back by itself, and begins with a whole state, so nothing is lost and nothing piles up here.
"""

from __future__ import annotations

import asyncio
import json
from typing import Callable

from .people import Person

NEWS_MAX = 2000  # waiting for one page
PAGES_MAX = 12  # of one person


class Page:
    """One open page of a person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.news: asyncio.Queue[str | None] = asyncio.Queue(NEWS_MAX + 1)

    def put(self, message: str) -> None:
        if self.news.qsize() < NEWS_MAX:
            self.news.put_nowait(message)
        else:
            self.hang_up()

    def hang_up(self) -> None:
        while not self.news.empty():
            self.news.get_nowait()
        self.news.put_nowait(None)


class Hub:
    def __init__(self, on_presence: Callable[[Person], None]) -> None:
        self.pages: set[Page] = set()
        self._on_presence = on_presence

    def open(self, person: Person) -> Page:
        mine = [page for page in self.pages if page.person is person]
        if len(mine) >= PAGES_MAX:
            mine[0].hang_up()
            self.pages.discard(mine[0])
        page = Page(person)
        self.pages.add(page)
        self._tell_presence(person)
        return page

    def close(self, page: Page) -> None:
        self.pages.discard(page)
        self._tell_presence(page.person)

    def _tell_presence(self, person: Person) -> None:
        away = all(page.person is not person for page in self.pages)
        if away != person.away:
            person.away = away
            if not person.leads:
                self._on_presence(person)

    def tell(self, message: dict, may_see: Callable[[Person], bool]) -> None:
        text = json.dumps(message, ensure_ascii=False)
        for page in list(self.pages):
            if may_see(page.person):
                page.put(text)

    def leave(self, person: Person) -> None:
        for page in list(self.pages):
            if page.person is person:
                page.hang_up()

    def close_all(self) -> None:
        for page in self.pages:
            page.hang_up()
