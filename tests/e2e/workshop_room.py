# SPDX-License-Identifier: MIT
"""
What the workshop's browser tests share: one Chromium for all of them, and a leader's page. A module
has a `server` of its own; its pages are closed with it.
"""

from __future__ import annotations

from typing import Iterator

import pytest
from workshop_page import SIZES, Browser, Page
from workshop_server import Server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with Browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    yield chromium
    chromium.close_pages()


@pytest.fixture(scope="module")
def leader(server, browser) -> Iterator[Page]:
    page = browser.page()
    page.open(server.url)
    yield page
    assert page.complaints() == []


def join(server: Server, browser: Browser, name: str, size: tuple = SIZES["projector"]) -> Page:
    """A student, who joined through the page."""
    page = browser.page(size)
    page.driver.get(f"http://{server.host}/?join={server.code}")
    page.one("input[name=name]").send_keys(name)
    page.click("button.main", "Join")
    page.one(".card .state")
    return page
