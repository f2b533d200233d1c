# SPDX-License-Identifier: MIT
"""How much the page is over the wire, as a web server sends it that packs with gzip, or with Brotli."""

from __future__ import annotations

from page_twin import site

from lab.bench import page


def test_the_page_is_small():
    first, everything = page.sizes(site())
    assert 0 < first <= page.FIRST_KIB
    assert first < everything <= page.ALL_KIB
