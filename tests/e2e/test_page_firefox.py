# SPDX-License-Identifier: MIT
"""The page in Firefox: brick, why, cure, home; a flash, the lock, and what is kept."""

from __future__ import annotations

from marionette import Firefox
from page_twin import site
from web_page import DOING, READY, WORDS, StaticServer
from workshop_page import WIDE, shot_file
from workshop_server import until


def test_brick_why_cure_home(build, tmp_path):
    with StaticServer(site()) as server, Firefox(tmp_path, (1280, 800)) as firefox:

        def comes(words: str) -> None:
            until(lambda: firefox.js(WORDS).startswith(words), f"{words}: {firefox.js(WORDS)}")

        def shoot(name: str) -> None:
            if file := shot_file(f"firefox-{name}"):
                firefox.screenshot(file)

        firefox.open(server.url)
        until(lambda: firefox.js(READY), "the page is there")
        firefox.js("document.getElementById('switch_on').click()")
        comes("brick region-mismatch made-for=cn rom=global")
        shoot("brick")
        stopped = firefox.js("return document.querySelector('[data-state=stopped]').textContent")
        assert "Policy" in stopped
        until(lambda: firefox.js("return document.querySelector('[data-next=next_cure]') !== null"), "a cure")
        firefox.js("document.querySelector('[data-next=next_cure]').click()")
        comes("home orange rom=cn")
        shoot("home")
        assert firefox.js(DOING) == "rom" and firefox.js(WIDE) is None
        firefox.open("about:blank")
        firefox.open(server.url)
        until(lambda: firefox.js(READY), "the page is there again")
        firefox.js("document.getElementById('switch_on').click()")
        comes("home orange rom=cn")
