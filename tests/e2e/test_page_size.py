# SPDX-License-Identifier: MIT
"""How much the page is over the wire, as a web server sends it that packs with gzip, or with Brotli."""

from __future__ import annotations

from page_twin import site

from lab.bench import page

TOLD = 8


def biggest(parts: list[page.Part], size: str) -> str:
    found = sorted(parts, key=lambda part: getattr(part, size), reverse=True)[:TOLD]
    return "the biggest: " + ", ".join(f"{part.name} {getattr(part, size):.1f} KiB" for part in found)


def test_the_page_is_small():
    parts = page.parts(site())
    first, everything = page.sizes(parts)
    assert 0 < first <= page.FIRST_KIB, biggest(parts, "first_kib")
    assert first < everything <= page.ALL_KIB, biggest(parts, "kib")
