# SPDX-License-Identifier: MIT
"""
The stories on the page: every one that needs no Linux is played whole, in the page's own classes
under Node; and one in Chromium, with its questions, by the keyboard alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Iterator

import pytest
from conftest import HANG_S, ROOT
from page_twin import NODE_ENV, WEB, site
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from web_page import WebPage
from workshop_page import CONTROLS, FAINT, SIZES, WIDE
from lab.errors import LabError
from lab.story import exercise, source

sys.path.insert(0, str(WEB))
import stories as page_stories  # noqa: E402

PLAYER = ROOT / "tests" / "page" / "story.mjs"
IN_THE_LAB = ["03-locked-sideload", "11-sideload-cures", "21-boot-loop"]


def names() -> list[str]:
    return [file.stem for file in source.files() if file.stem not in IN_THE_LAB]


def play(*told: str, **more: str) -> list[dict]:
    done = subprocess.run(
        ["node", str(PLAYER), str(site()), *told],
        env={**NODE_ENV, **more}, text=True, capture_output=True, timeout=HANG_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_story_plays(language):
    """
    What they need is the same in both languages: no step may hang on the reader's. The last are
    played first: one of them waits for advertisements.
    """
    played = play(*reversed(names()), FLASHLAB_LANGUAGE=language)
    assert sorted(told["name"] for told in played) == names()
    for told in played:
        assert "failed" not in told, (told["failed"], told["output"][-6:])
        steps = source.load(source.FOLDER / f"{told['name']}.yaml").steps
        assert told["steps"] == len(steps)


def test_a_wrong_expectation_is_named():
    [told] = play("06-unlocked-flash", FLASHLAB_WRONG="1")
    step = source.load(source.FOLDER / "06-unlocked-flash.yaml").steps[2]
    where = f"tests/scenarios/06-unlocked-flash.yaml:{step.line}: step 3 (restarts)"
    assert told["failed"].startswith(f"{where}: expected off; seen: brick region-mismatch")


def test_what_is_left_to_the_lab():
    compiled = page_stories.compile_all()
    assert [story["name"] for story in compiled.elsewhere] == IN_THE_LAB
    assert [story["name"] for story in compiled.stories] == names()
    elsewhere = {"07-without-an-account"}
    tasks = {file.stem for file in source.files(exercise.FOLDER)}
    assert {task["name"] for task in compiled.exercises} == tasks - elsewhere


def test_a_line_that_the_page_does_not_know(tmp_path):
    text = (source.FOLDER / "01-reads-only.yaml").read_text(encoding="utf-8")
    file = tmp_path / "01-odd.yaml"
    file.write_text(text.replace("oem device-info", "oem {phone}"), encoding="utf-8")
    with pytest.raises(LabError, match=r"01-odd.yaml:\d+: the page has no words for: fastboot"):
        for step in source.load(file).steps:
            page_stories._step(step)


# In Chromium.


@pytest.fixture(scope="module")
def page(web_page) -> Iterator[WebPage]:
    web_page.resize(SIZES["projector"])
    web_page.open()
    web_page.wait(lambda: web_page.js("return !!flashlab.page.stories"), "the stories have come")
    web_page.complaints()
    yield web_page
    web_page.leave()


def press(page: WebPage, *keys: str) -> None:
    ActionChains(page.driver).send_keys(*keys).perform()


def step(page: WebPage) -> str:
    return page.js("return document.querySelector('.story-at')?.textContent ?? ''")


def go_on(page: WebPage, until: str) -> None:
    """Enter, on the button that has the focus by itself after the first press."""
    press(page, Keys.ENTER)
    page.wait(lambda: page.js(f"return !!document.querySelector({json.dumps(until)})"), until)


def test_a_story_by_the_keyboard(page):
    page.js("document.querySelector('[data-story=\"07-classic\"]').focus()")
    press(page, Keys.ENTER)
    page.wait(lambda: step(page) == "step 1 of 4", "it begins")
    page.js("document.querySelector('#story [data-key=go]').focus()")
    press(page, Keys.ENTER)
    page.wait(lambda: step(page) == "step 2 of 4", "fastboot mode")
    go_on(page, "#story .question")
    seen = page.js("return flashlab.phone.events.filter((e) => e.event === 'power-on').length")
    assert seen == 1, "the answer is not shown before it is asked for"
    page.js("document.querySelector('[data-key=answer-0]').focus()")
    press(page, Keys.SPACE)
    assert page.js("return document.activeElement.getAttribute('aria-pressed')") == "true"
    page.js("document.querySelector('#story [data-key=go]').focus()")
    go_on(page, "#story .story-after")
    page.verdict("recovery region-mismatch")
    assert page.js("return document.querySelectorAll('.answer[data-right=true]').length") == 1
    go_on(page, "#story .story-line")
    assert page.one(".story-line").text == "explain"
    go_on(page, "#story .story-lesson")
    go_on(page, "#story[hidden]")
    assert page.complaints() == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_how_a_question_looks(page, language):
    if page.js("return document.documentElement.lang")[:2] != language:
        page.js("document.getElementById('language').click()")
    page.js("return flashlab.page.stories.begin('13-global-with-china-rom')")
    page.js("document.querySelector('#story [data-key=go]').click()")
    page.wait(lambda: page.js("return !!document.querySelector('#story .question')"), "a question")
    for name, size in SIZES.items():
        page.resize(size)
        assert page.js(WIDE) is None, name
        assert [html for html, words in page.js(CONTROLS) if not words] == [], name
        assert page.js(FAINT) == [], name
        page.shoot(f"story-{name}-{language}")
    page.js("flashlab.page.stories.end()")


def test_another_phone_ends_the_story(page):
    page.js("return flashlab.page.stories.begin('01-reads-only')")
    page.js("return flashlab.phone.factoryNew({...flashlab.phone.scene, rom: 'global'})")
    assert page.js("return document.getElementById('story').hidden")


def test_a_dead_phone_is_cured(page):
    """What the page offers, when nothing is on the screen any more."""
    page.resize(SIZES["projector"])
    if page.js("return document.documentElement.lang") != "en":
        page.js("document.getElementById('language').click()")
    scene = "{model: 'dipper', made_for: 'cn', rom: 'cn', lock: 'locked'}"
    page.js(f"return flashlab.phone.factoryNew({scene})")
    assert "not in rescue mode: it is off" in page.type("rescue cn")
    page.type("power on --hold volume-down")
    assert "the phone is not in rescue mode" in page.type("rescue cn")
    page.type("fastboot oem edl")
    page.verdict("dead command")
    said = page.type("rescue cn --account plain")
    assert "only nop and sig tag can be recevied before authentication" in said
    assert "nothing was written" in said
    page.click("[data-next=next_rescue]", "Rescue mode")
    page.verdict("home green rom=cn")
