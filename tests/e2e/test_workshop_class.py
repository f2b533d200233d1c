# SPDX-License-Identifier: MIT
"""A leader and six students, each with a browser of their own; a story; exercises."""

from __future__ import annotations

import pytest
from accessible import check_dialog, check_focus_order, rules_broken
from workshop_page import CLIPPED, CONTROLS, ENGLISH, FAINT, LONGEST, SIZES, WIDE
from workshop_room import join
from workshop_server import Server, until

BEGINS_FIRST = True
NAMES = ("Ann", "Ben", "Chiara", "Đức", "Eva", "小明")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("workshop") / "root"
    with Server(root, "--lan", "127.0.0.1", "--hurry") as running:
        yield running


@pytest.fixture(scope="module")
def students(server, browser, leader):
    """Joined through the page, with the code that the leader's wall shows."""
    leader.click("nav .tab", "Class")
    assert leader.one(".code-large").text == server.code
    sizes = {"Ben": SIZES["telephone"]}
    pages = {
        name: join(server, browser, name, sizes.get(name, SIZES["projector"])) for name in NAMES
    }
    for page in pages.values():
        page.one(".card .state", "off")
    return pages


def phone_of(page):
    return page.cards()[0]


def test_each_has_a_phone_and_the_leader_sees_them_all(leader, students):
    assert sorted(who.text for who in leader.all(".tile .who")) == sorted(NAMES)
    phones = {phone_of(page) for page in students.values()}
    assert len(phones) == len(NAMES)
    for page in students.values():
        assert len(page.cards()) == 1
        assert "Class" not in page.one("nav").text


def test_one_switches_on_and_the_wall_shows_it_live(leader, students):
    students["Ann"].click(".card .power", "Switch on")
    tile = ".tile:nth-child(1)"
    leader.one(f"{tile} .state[data-mood=good]")
    leader.wait(lambda: leader.canvas(tile), "its screen on the wall")
    leader.click(f"{tile} .tile-screen")
    assert "It boots" in leader.one(".large .why-verdict").text
    leader.click(".large header button", "Close")
    assert leader.all(".large") == []


def test_one_who_drops_comes_back_to_the_same_phone_and_step(server, leader, students):
    page = students["Eva"]
    phone = phone_of(page)
    page.click("nav .tab", "Stories")
    page.click(".list li:nth-child(2) button", "Play on")
    page.click(".story-buttons .main", "Begin")
    page.one(".story[data-phase=shown] .facts", "Step 1 of")
    page.driver.get("about:blank")
    eva = f".tile:nth-child({NAMES.index('Eva') + 1})"
    leader.one(f"{eva}[data-away=true]")
    leader.one(f"{eva} .tile-story", "1/")
    page.driver.get(f"http://{server.host}/")
    page.click("nav .tab", "Stories")
    page.one(".story[data-phase=shown] .facts", "Step 1 of")
    assert phone in page.one(".story-head").text
    leader.one(f"{eva}[data-away=false]")
    page.click(".story-head button", "End")
    page.one(".list")


def test_the_class_votes_on_the_leaders_question(leader, students):
    """The classic accident, to its end: nobody sees the answer before it has run."""
    leader.click("nav .tab", "Stories")
    leader.click(".list li:nth-child(7) button", "Play on")
    for step, words in enumerate(("Begin", "Next", "Next"), 1):
        leader.click(".story-buttons .main", words)
        leader.one(".story .facts", f"Step {step} of")
    leader.one(".cover", "?")
    assert check_focus_order(leader) >= 10  # four answers among them
    assert rules_broken(leader) == []
    for number, page in enumerate(students.values()):
        page.click(f".poll .answer:nth-of-type({1 + number % 3})")
    for answer in (1, 2, 3):
        leader.one(f".answer:nth-of-type({answer}) .votes", "2 votes")
    leader.driver.refresh()  # in the middle of it: the same view, phone, question and votes
    for answer in (1, 2, 3):
        leader.one(f".answer:nth-of-type({answer}) .votes", "2 votes")
    assert leader.all(".right") == [] and leader.all(".story-why:not([hidden])") == []
    leader.click(".story-buttons .main", "Run it and see")
    leader.one(".answer:nth-of-type(3) .right", "right")
    students["Ben"].one(".poll .answer:nth-of-type(3) .right", "right")
    leader.one(".story-why .why-verdict", "can't be installed on this device")
    leader.click(".story-buttons .main", "Next")
    leader.one(".story-words h2", "What this shows")
    leader.click(".story-buttons .main", "End the story")
    leader.one(".list")
    students["Ben"].wait(lambda: not students["Ben"].all(".poll:not([hidden])"), "it is over")


def test_frozen(leader, students):
    leader.click("nav .tab", "Class")
    leader.click(".class-bar button", "Freeze")
    page = students["Ben"]
    page.one(".frozen")
    page.click(".card .power", "Switch on")
    page.one(".notice", "frozen")
    leader.click(".class-bar button", "Let go on")
    page.wait(lambda: not page.all(".frozen")[0].is_displayed(), "it goes on")


def test_an_exercise_is_sent_solved_and_seen(leader, students):
    """Cure this phone: sent to everybody, solved by one, with the shelf alone."""
    leader.click("nav .tab", "Exercises")
    leader.click(".list li:nth-child(1) button", "Send to everybody")
    leader.one(".notice", f"Sent to all {len(NAMES)} phones")
    page = students["小明"]
    page.one(".task h1", "Cure this phone")
    page.click(".task button", "Check")
    page.one(".points li[data-met=false]", "(wanted: home orange rom=cn)")
    assert check_focus_order(page) >= 12
    assert rules_broken(page) == []
    page.click(".rom", "China ROM")
    page.click("dialog button", "Flash everything")
    page.one(".card .state[data-mood=good]")
    page.click(".task button", "Check")
    page.one(".task .solved", "Solved")
    leader.click("nav .tab", "Class")
    last = f".tile:nth-child({len(NAMES)})"
    leader.one(f"{last} .solved", "1 solved")


def test_a_list_is_left_at_its_end_and_what_comes_begins_at_its_top(students):
    page = students["Ben"]  # a telephone
    page.click("nav .tab", "Bench")
    page.click("nav .tab", "Exercises")
    if page.all(".task"):
        page.click(".task button", "Close")
    page.one(".list li:nth-child(10)")
    page.js("scrollTo(0, document.body.scrollHeight)")
    assert page.js("return scrollY") > 0
    page.click(".list li:nth-child(9) button", "Start")
    page.one(".task h1", "Unlock it")
    page.wait(lambda: page.js("return scrollY") == 0, "its top")


def test_an_exercise_may_hide_the_reason(students):
    """Why did it brick, without the why panel: neither page nor command gives it away."""
    page = students["Ann"]
    page.click("nav .tab", "Exercises")
    if page.all(".task"):
        page.click(".task button", "Close")
    page.click(".list li:nth-child(2) button", "Start")
    page.one(".task button", "Check")
    assert page.one(".lines").text.startswith("Nothing was typed yet"), "what prepared it tells"
    page.one(".card .state", "for you to find out")
    assert not page.all(".panel .why-verdict")[0].is_displayed()
    page.click("nav .tab", "Bench")
    assert not page.all(".panel .why-verdict")[0].is_displayed(), "nor does the bench"
    page.click("nav .tab", "Exercises")
    page.one(".command input").send_keys("explain\n")
    page.one(".lines .error", "solved without it")
    page.js("document.querySelectorAll('.pick input')[0].click()")
    page.click(".task button", "Check")
    page.one(".points li[data-met=false]")
    page.js("document.querySelectorAll('.pick input')[2].click()")
    page.click(".task button", "Check")
    page.one(".task .solved")
    assert page.all(".panel .why-verdict")[0].is_displayed()


@pytest.mark.parametrize("view", ["Bench", "Stories", "Exercises", "Class"])
def test_every_view_is_whole_and_legible(leader, students, view):
    """In each size; and in Chinese nothing is left in English."""
    leader.click("nav .tab", view)
    for size in SIZES.values():
        leader.resize(size)
        assert leader.js(WIDE) is None
        assert [html for html, name in leader.js(CONTROLS) if not name] == []
        assert leader.js(FAINT) == []
    leader.resize(SIZES["projector"])
    leader.click(".language", "中文")
    assert leader.js(ENGLISH) == [] and leader.js(WIDE) is None
    leader.click(".language", "English")


def test_the_wall_by_the_keyboard(leader, students):
    leader.click("nav .tab", "Class")
    assert check_focus_order(leader) >= 8 + 3 * len(NAMES)  # large, reset and remove of each
    assert rules_broken(leader) == []
    check_dialog(leader, ".class-bar button", "Reset all")
    check_dialog(leader, ".tile:nth-child(2) .tile-buttons button", "Remove")
    check_dialog(leader, ".tile:nth-child(2) .tile-screen", dialog=".large")


def test_the_longest_verdict_is_whole_on_the_wall(leader, students):
    leader.click("nav .tab", "Class")
    leader.one(".tile .state")
    assert leader.driver.execute_async_script(LONGEST)
    assert leader.js(CLIPPED) == []
    leader.shoot("wall")
    leader.click("nav .tab", "Bench")
    leader.driver.execute_async_script(LONGEST)
    assert leader.js(CLIPPED) == []
    leader.shoot("bench")


def test_reset_gives_everybody_a_new_phone(leader, students):
    leader.click("nav .tab", "Class")
    leader.click(".class-bar button", "Reset all")
    leader.click("dialog button.danger", "Reset all")
    for page in students.values():
        page.click("nav .tab", "Bench")
        page.one(".card .state", "off")


def test_the_class_is_closed_to_a_wrong_code(server, browser):
    page = browser.page()
    page.driver.get(f"http://{server.host}/")
    page.one("input[name=code]")
    assert check_focus_order(page) == 4
    assert rules_broken(page) == []
    page.one("input[name=code]").send_keys("WRONGX")
    page.one("input[name=name]").send_keys("Eve")
    page.click("button.main", "Join")
    page.one(".wrong", "not the code")
    page.click("button.plain", "中文")
    assert page.js(ENGLISH) == []
    page.one("input[name=name]").send_keys("\n")
    page.one(".wrong", "代码不对")
    until(lambda: page.one("input[name=code]"), "still at the door")
