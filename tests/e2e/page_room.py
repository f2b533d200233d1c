# SPDX-License-Identifier: MIT
"""What the tests of `make page` share: the page, in the one Chromium that the workshop's tests have, too."""

from __future__ import annotations

from typing import Iterator

import pytest
from page_twin import site
from web_page import StaticServer, WebPage


@pytest.fixture(scope="session")
def web_page(build, chromium) -> Iterator[WebPage]:
    """The page of `make page`, in the window that the browser began with; each test opens it anew."""
    with StaticServer(site()) as server:
        yield WebPage(chromium.driver, server.url, chromium.first)
