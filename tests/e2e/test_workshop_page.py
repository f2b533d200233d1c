# SPDX-License-Identifier: MIT
"""The workshop's bench, in a real browser."""

from __future__ import annotations

import pytest
from accessible import axe_complaints, check_dialog, check_focus_order
from PIL import Image
from selenium.webdriver.common.keys import Keys
from story import BLOCK_PX, DIFFERENT_MAX, SCREENS, different_blocks
from workshop_page import CONTROLS, FAINT, SIZES, WIDE
from workshop_server import Server

BEGINS_FIRST = True
LIKE = 0.03  # of the blocks may differ: the clock, the serial number


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("workshop") / "root", "--hurry") as running:
        yield running


@pytest.fixture(scope="module")
def page(leader):
    return leader


@pytest.fixture(scope="module")
def bricked(server, page):
    """The accident: the Global ROM dropped on the China phone that is unlocked."""
    page.drop("global", "bao")
    page.one(page.card("bao") + " .state[data-mood=bad]", "but the ROM is for Global")
    return "bao"


def looks_like(image: Image.Image | None, name: str) -> bool:
    if image is None:
        return False
    wanted = Image.open(SCREENS / f"{name}.png")
    if image.size != wanted.size:
        return False
    blocks = (wanted.width // BLOCK_PX) * (wanted.height // BLOCK_PX)
    return different_blocks(image, wanted) < LIKE * blocks


def same(one: Image.Image | None, other: Image.Image | None) -> bool:
    return bool(one and other) and different_blocks(one, other) <= DIFFERENT_MAX


def test_it_opens_with_three_phones(page):
    assert [page.card(name) for name in ("anna", "bao", "chen")]
    assert page.cards() == ["anna", "bao", "chen"]
    assert "token" not in page.driver.current_url


def test_a_phone_boots_and_shows_its_home_screen(page):
    card = page.card("anna")
    page.click(f"{card} .power", "Switch on")
    assert page.one(f"{card} .state[data-mood=good]").text.startswith("It boots")
    page.wait(lambda: looks_like(page.canvas(card), "home-cn"), "the home screen on the canvas")


def test_a_dropped_rom_is_flashed_and_bricks(page, bricked):
    card = page.card(bricked)
    page.wait(lambda: looks_like(page.canvas(card), "region-cn-global"), "the brick's screen")
    page.one(".lines .typed", "flash_all.sh -s tcp:127.0.0.1:")
    page.one(".lines .ended[data-good=true]")


def test_the_output_stays_at_its_end(page, bricked):
    """Also after a look at another tab, and in the other language."""
    page.click(page.card(bricked) + " .card-head")
    for selector, text in ((".tab", "Log"), (".tab", "Typed"), (".language", "中文"), (".language", "English")):
        page.click(selector, text)
    page.wait(lambda: page.js("const e = document.querySelector('.lines');"
                              "return e.scrollTop > 0 && e.scrollTop + e.clientHeight > e.scrollHeight - 9"),
              "its end")  # fmt: skip


def test_somebody_who_types_is_not_disturbed(server, page, bricked):
    """Another phone comes, is chosen and goes: focus, place and what was typed stay."""
    page.click(page.card(bricked) + " .card-head")
    page.one(".command input").send_keys("getvar ")
    leader = server.leader()
    name = leader.do("add", lock="locked")[1]["phone"]
    page.card(name)
    leader.ready(name)
    assert leader.do("remove", phone=name)[0] == 200
    page.wait(lambda: name not in page.cards(), "it is gone")
    box = "const e = document.activeElement; return [e.className, e.tagName, e.value ?? '']"
    assert page.js(box) == ["", "INPUT", "getvar "]
    assert page.js("const e = document.querySelector('.lines'); return e.scrollTop > 0")
    page.js("document.activeElement.value = ''")


def test_the_why_panel_names_the_reason(page, bricked):
    page.click(page.card(bricked) + " .card-head")
    assert "made for China, but the ROM is for Global" in page.one(".panel .why-verdict").text
    stopped = page.one(".panel .why-stage[data-state=stopped]").text
    assert "Policy" in stopped and "made for China, the ROM is for Global" in stopped
    compared = page.one(".panel .why-compared[data-result=refuse]").text
    assert " ".join(compared.split()) == "Region? phone China ≠ ROM Global"
    passed = page.one(".panel .why-stage[data-stage=verify][data-state=passed]").text
    assert "The Global ROM V9.6" in passed


def test_a_word_explains_itself(page, bricked):
    word = page.one(".why-word", "fuses")
    page.js("arguments[0].focus()", word)
    assert "burned once" in page.one(".why-tip", "burned once").text


def test_reload_loses_nothing(page, bricked):
    typed = [line.text for line in page.all(".lines p")]
    assert len(typed) > 10
    page.driver.refresh()
    page.click(page.card(bricked) + " .card-head")
    page.one(page.card(bricked) + " .state[data-mood=bad]")
    page.wait(lambda: [line.text for line in page.all(".lines p")] == typed, "what was typed")
    page.one(".panel .why-stage[data-state=stopped]")
    page.wait(lambda: looks_like(page.canvas(page.card(bricked)), "region-cn-global"), "the screen")


def test_two_pages_see_the_same_phone(server, browser, page, bricked):
    other = browser.page(language="zh-CN")
    other.open(server.url)
    other.one(other.card(bricked) + " .state", "变砖")
    other.click(other.card(bricked) + " .card-head")
    other.one(".panel .why-stage[data-stage=verify]", "国际版系统 V9.6")
    other.click(other.card(bricked) + " .power", "关机")
    page.one(page.card(bricked) + " .power", "Switch on")
    other.click(other.card(bricked) + " .power", "开机")
    for each in (page, other):
        each.one(each.card(bricked) + " .state[data-mood=bad]")
    page.wait(lambda: looks_like(page.canvas(page.card(bricked)), "region-cn-global"), "the brick")
    screens = lambda: [p.canvas(p.card(bricked)) for p in (page, other)]  # noqa: E731
    page.wait(lambda: same(*screens()), "one screen")
    other.close()


def test_it_is_cured_by_the_keyboard_alone(page, bricked):
    """From the top of the page: Tab to the phone, Tab to the China ROM, Enter, and Enter again."""
    page.driver.refresh()
    page.card(bricked)

    def tab_to(look: str) -> None:
        for _ in range(60):
            page.driver.switch_to.active_element.send_keys(Keys.TAB)
            at = page.driver.switch_to.active_element
            if look in (at.get_attribute("aria-label") or at.text):
                return
        raise AssertionError(f"Tab never comes to {look}")

    tab_to(f"Select {bricked}")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    tab_to("China ROM")
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.one("dialog", f"on {bricked}?")
    assert page.driver.switch_to.active_element.text == "Flash everything"
    page.driver.switch_to.active_element.send_keys(Keys.ENTER)
    page.one(page.card(bricked) + " .state[data-mood=good]", "unlocked")


def test_the_phones_keys_from_the_keyboard(page):
    """Arrow keys and Enter are the phone's: in fastboot mode they choose, and switch it off."""
    card = page.card("chen")
    page.click(f"{card} .card-head")
    page.click(".tab", "Do more")
    page.click(".actions button", "To fastboot mode")
    page.one(f"{card} .state", "Fastboot mode")
    page.js("document.activeElement.blur()")
    body = page.driver.find_element("tag name", "body")
    body.send_keys(Keys.ARROW_DOWN)
    page.wait(lambda: page.canvas(card), "the screen")
    body.send_keys(Keys.ENTER)
    page.one(f"{card} .power", "Switch on")


def test_a_locked_phone_is_flashed_by_nobody(page):
    page.drop("global", "anna")
    page.one(".lines p", "Erase boot error")
    page.one(".lines .note", "The phone is locked")
    page.one(".lines .ended[data-good=false]")
    assert page.one(page.card("anna") + " [data-fact=rom]").text == "China ROM"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_size_and_language(page, bricked, language):
    """Nothing is cut off, every control has a name, and nothing is too faint."""
    if page.js("return document.documentElement.lang")[:2] != language:
        page.click(".language")
    page.click(page.card(bricked) + " .card-head")
    page.one(".panel .why-verdict")
    try:
        for name, size in SIZES.items():
            page.resize(size)
            assert page.js(WIDE) is None, name
            assert [html for html, words in page.js(CONTROLS) if not words] == [], name
            assert page.js(FAINT) == [], name
    finally:
        page.resize(SIZES["projector"])
        if language == "zh":
            page.click(".language")


VIEWS = {"Bench": 20, "Stories": 20, "Exercises": 10}  # and at least so many controls in each


@pytest.mark.parametrize("view", VIEWS)
def test_tab_comes_to_every_control_in_its_order(page, view):
    page.resize(SIZES["projector"])
    page.click("nav .tab", view)
    assert check_focus_order(page) >= VIEWS[view]


def test_every_dialog_keeps_the_focus_and_gives_it_back(page):
    page.click("nav .tab", "Bench")
    page.click(".panel .tab", "Do more")
    check_dialog(page, ".add")
    check_dialog(page, ".rom", "China ROM")
    check_dialog(page, ".actions button.danger", "Back to the factory")
    check_dialog(page, ".top > button", "Large view", dialog=".large")


@pytest.mark.parametrize("view", VIEWS)
def test_the_rules_of_axe(page, view):
    page.click("nav .tab", view)
    assert axe_complaints(page) == []
