# SPDX-License-Identifier: MIT
"""What the tests of `make page` share: one Chromium with the page, for all of them."""

from __future__ import annotations

from typing import Iterator

import pytest
from page_twin import site
from web_page import StaticServer, WebPage


@pytest.fixture(scope="session")
def web_page(build) -> Iterator[WebPage]:
    """The page of `make page`; each test opens it anew."""
    with StaticServer(site()) as server, WebPage.start(server.url) as page:
        yield page
