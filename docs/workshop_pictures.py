#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The workshop's pictures, of a page that runs (make pictures; Debian's Chromium):

    docs/workshop_pictures.py FOLDER

    workshop-bench      the accident: the Global ROM on a China phone
    workshop-large      the same phone for the last row, in Chinese
    workshop-story      a question, and how a class votes
    workshop-class      the leader's wall
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "e2e"), str(ROOT / "scripts")]

from PIL import Image, ImageStat  # noqa: E402
from workshop_page import SIZES, Browser, Page  # noqa: E402
from workshop_server import Server, until  # noqa: E402

STUDENTS = ("Ann", "Ben", "Chiara", "Eva", "Jonas", "小明")


def keep(page: Page, folder: Path, name: str) -> None:
    """With few colours: a page has no more, and a repository likes small files."""
    file = folder / f"workshop-{name}.png"
    until(lambda: page.driver.save_screenshot(str(file)), "a picture")
    Image.open(file).convert("RGB").quantize(128).save(file, optimize=True)
    print(file, file.stat().st_size // 1024, "KiB")


def drawn(page: Page, within: str) -> bool:
    """Has the phone's screen come? A canvas is black at first."""
    canvas = page.canvas(within)
    return canvas is not None and canvas.convert("L").getextrema()[1] > 0


def is_home(page: Page, within: str) -> bool:
    """The logo before it is small, on black."""
    canvas = page.canvas(within)
    return canvas is not None and ImageStat.Stat(canvas.convert("L")).mean[0] > 30


def bench(page: Page, folder: Path) -> None:
    page.click(page.card("anna") + " .power")
    page.drop("global", "bao")
    page.one(page.card("bao") + " .state[data-mood=bad]")
    page.one(page.card("anna") + " .state[data-mood=good]")
    for name in ("anna", "bao"):
        page.wait(lambda: drawn(page, page.card(name)), "its screen")
    page.one(".lines .ended")
    keep(page, folder, "bench")


def large(page: Page, folder: Path) -> None:
    page.click(".language", "中文")
    page.click(".top > button", "大屏显示")
    page.wait(lambda: drawn(page, ".large"), "its screen")
    page.one(".large .why-verdict", "变砖")
    keep(page, folder, "large")
    page.click(".large header button")
    page.click(".language", "English")


def story(page: Page, pages: list[Page], folder: Path) -> None:
    page.click("nav .tab", "Stories")
    page.click(".list li:nth-child(7) button", "Play on")
    for step, words in enumerate(("Begin", "Next", "Next"), 1):
        page.click(".story-buttons .main", words)
        page.one(".story .facts", f"Step {step} of")
    for number, student in enumerate(pages):
        student.click(f".poll .answer:nth-of-type({(1, 3, 3, 4, 1, 3)[number]})")
    page.one(".answer .votes", "3 votes")
    keep(page, folder, "story")
    page.click(".story-buttons .main", "Run it and see")
    page.one(".right")


def wall(page: Page, pages: list[Page], folder: Path) -> None:
    pages[0].click(".card .power")
    for number, rom in ((1, "China ROM"), (2, "Global ROM"), (3, "Global ROM"), (4, "China ROM")):
        pages[number].click(".rom", rom)
        pages[number].click("dialog button", "Flash everything")
    page.click("nav .tab", "Class")
    for number, mood in ((1, "good"), (2, "good"), (3, "bad"), (4, "bad"), (5, "good")):
        page.one(f".tile:nth-child({number}) .state[data-mood={mood}]")
        look = is_home if mood == "good" else drawn
        page.wait(lambda: look(page, f".tile:nth-child({number})"), "its screen")
    keep(page, folder, "class")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as work:
        with Server(Path(work) / "root", "--lan", "127.0.0.1", "--hurry") as server:
            with Browser() as browser:
                page = browser.page()
                page.open(server.url)
                pages = []
                for name in STUDENTS:
                    pages.append(browser.page(SIZES["projector"]))
                    pages[-1].driver.get(f"http://{server.host}/?join={server.code}")
                    pages[-1].one("input[name=name]").send_keys(name)
                    pages[-1].click("button.main", "Join")
                bench(page, folder)
                large(page, folder)
                story(page, pages, folder)
                wall(page, pages, folder)


if __name__ == "__main__":
    main()
