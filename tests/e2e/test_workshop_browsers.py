# SPDX-License-Identifier: MIT
"""
A class larger than the leader's computer: phones in the students' own browsers, behind the same
page; the wall shows what they tell; what they tell is a claim, and nothing else.
"""

from __future__ import annotations

import base64
import io
import re

import pytest
from accessible import rules_broken
from page_twin import site
from PIL import Image, ImageChops, ImageStat
from story import SCREENS
from workshop_page import CLIPPED, CONTROLS, FAINT, SIZES, WIDE
from workshop_room import join
from workshop_server import Caller, Server

POWER_ON = {"t_us": 1, "stage": "flow", "event": "power-on", "version": "0.1.0"}
BRICK = {"t_us": 9, "stage": "flow", "event": "verdict", "fate": "brick", "reason": "wrong-key",
         "made_for": "cn", "rom_region": "cn"}  # fmt: skip

STORY = {"kind": "story", "name": "07-classic", "number": 3, "phase": "shown"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    site()
    root = tmp_path_factory.mktemp("workshop") / "root"
    # Room for one phone: the first who joins gets it, the second one's runs in the browser.
    with Server(root, "--lan", "127.0.0.1", "--hurry", "--empty", "--cap", "1") as running:
        yield running


@pytest.fixture(scope="module")
def first(server, browser, leader):
    page = join(server, browser, "Ann")
    page.one(".card .state", "off")
    return page


@pytest.fixture(scope="module")
def student(server, browser, first):
    page = join(server, browser, "Ben")
    page.one(".card .live.here")
    return page


def test_who_finds_no_room_gets_a_phone_in_the_browser(leader, first, student):
    assert first.all(".card .live.here") == []
    leader.click("nav .tab", "Class")
    assert "in the student's browser" in leader.one(".tile:nth-child(2) .claim").text
    assert leader.all(".tile:nth-child(1) .claim") == []


def shown(page, within: str) -> Image.Image | None:
    """The picture that the page has loaded, as the browser shows it."""
    url = page.js(
        """
        const image = document.querySelector(arguments[0] + ' .claim-picture');
        if (!image || image.hidden || !image.complete || !image.naturalWidth) { return null; }
        const canvas = document.createElement('canvas');
        Object.assign(canvas, {width: image.naturalWidth, height: image.naturalHeight});
        canvas.getContext('2d').drawImage(image, 0, 0);
        return canvas.toDataURL();
        """,
        within,
    )
    return Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))) if url else None


def looks_like(picture: Image.Image | None, name: str) -> bool:
    """A small picture beside the reference one, made as small."""
    if picture is None:
        return False
    wanted = Image.open(SCREENS / f"{name}.png").convert("RGB").resize(picture.size, Image.BOX)
    apart = ImageChops.difference(picture.convert("RGB"), wanted)
    return max(ImageStat.Stat(apart).mean) < 12


def test_it_is_used_like_any_other(leader, student):
    """On, fastboot mode, a package dropped on it, why; and the wall follows."""
    student.click(".card .power", "Switch on")
    student.one(".card .state[data-mood=good]")
    student.wait(lambda: student.canvas(".card"), "its screen")
    leader.one(".tile:nth-child(2) .state[data-mood=good]", "It boots")
    student.drop("global", student.cards()[0])
    student.one(".card .state[data-mood=bad]", "made for China, but the ROM is for Global")
    tile = ".tile:nth-child(2)"
    leader.wait(lambda: looks_like(shown(leader, tile), "region-cn-global"), "its screen on the wall")
    assert "Region" in student.one(".panel .why-stage[data-state=stopped]").text
    leader.one(".tile:nth-child(2) .state[data-mood=bad]", "made for China")
    assert "in the student's browser" in leader.one(f"{tile} .claim-note").text
    leader.shoot("wall-browser")
    student.shoot("student-browser")
    leader.click(".tile:nth-child(2) .tile-screen")
    assert "made for China" in leader.one(".large .why-verdict").text
    leader.shoot("large-browser")
    leader.click(".large header button", "Close")
    box = student.one(".command input")
    box.send_keys("power on --hold volume-down\n")
    student.one(".lines", "verdict: fastboot keys")
    box.send_keys("fastboot getvar product\n")
    student.one(".lines", "product: dipper")


def test_a_reload_comes_back_to_the_same_phone(server, leader, student):
    student.driver.get(f"http://{server.host}/")
    student.one(".card .live.here")
    student.click(".card .power", "Switch on")
    student.one(".card .state[data-mood=bad]", "made for China")


def test_a_story_in_the_browser(leader, student):
    leader.click("nav .tab", "Stories")
    student.click("nav .tab", "Stories")
    student.click(".list li:nth-child(7) button", "Play on")
    for words in ("Begin", "Next", "Next"):
        student.click(".story-buttons .main", words)
    student.one(".cover", "?")
    student.click(".answer:nth-of-type(2)")
    student.one(".answer:nth-of-type(2) .votes", "1 vote")
    student.click(".story-buttons .main", "Run it and see")
    student.one(".answer:nth-of-type(3) .right", "right")
    leader.click("nav .tab", "Class")
    step = re.search(r"Step (\d+) of (\d+)", student.one(".story-head").text)
    leader.one(".tile:nth-child(2) .tile-story", f"{step[1]}/{step[2]}")
    student.one(".story-why .why-verdict", "can't be installed on this device")
    student.click(".story-buttons .main", "Next")
    student.one(".story-lines", "explain")
    student.click(".story-buttons .main", "Next")
    student.one(".story-words h2", "What this shows")
    student.click(".story-buttons .main", "End the story")
    leader.wait(lambda: leader.one(".tile:nth-child(2)").text.count("/") == 0, "no story any more")


def test_frozen_and_reset(leader, student):
    leader.click("nav .tab", "Class")
    leader.click(".class-bar button", "Freeze")
    student.click("nav .tab", "Bench")
    student.one(".frozen")
    student.click(".card .power")
    student.one(".notice", "stopped everything")
    leader.click(".class-bar button", "Let go on")
    leader.click(".tile:nth-child(2) .tile-buttons button", "Reset")
    student.one(".card .state", "off")
    student.click(".card .power", "Switch on")
    student.one(".card .state[data-mood=good]")


def test_an_exercise_is_solved_by_the_browsers_own_word(leader, student):
    """Cure this phone: not yet, cured, solved; and the wall says by whose word."""
    student.click("nav .tab", "Exercises")
    student.click(".list li:nth-child(1) button", "Start")
    student.click(".task button", "Check")
    student.one(".points li[data-met=false]", "brick region-mismatch")
    student.click(".rom", "China ROM")
    student.click("dialog button", "Flash everything")
    student.one(".card .state[data-mood=good]")
    student.click(".task button", "Check")
    student.one(".task .solved", "Solved")
    leader.one(".tile:nth-child(2) .facts", "1 solved")
    assert "by the browser's own word" in leader.one(".tile:nth-child(2) .facts").text
    broken = rules_broken(student)
    student.click(".task button", "Close")
    assert broken == []


def test_an_exercise_in_the_browser_gives_nothing_away(student):
    """Which is forged: packages a, b and c; neither the page nor what is typed says which is which."""
    student.click(".list li:nth-child(3) button", "Start")
    student.one(".task button", "Check")
    assert [rom.text.splitlines()[0] for rom in student.all(".rom")] == [
        "Package a", "Package b", "Package c"]  # fmt: skip
    student.click(".rom", "Package c")
    student.click("dialog button", "Flash everything")
    student.one(".lines", "flash_all c")
    student.one(".card .state[data-mood=good]")
    student.one(".command input").send_keys("power on --hold volume-down\n")
    student.one(".lines", "verdict: fastboot keys")
    student.one(".command input").send_keys("fastboot oem lock-check\n")
    student.one(".lines", "wrong-key")
    assert "reseller" not in student.one(".lines").text
    for answer, met in ((0, "false"), (2, "true")):
        student.js("document.querySelectorAll('.pick input')[arguments[0]].click()", answer)
        student.click(".task button", "Check")
        student.one(f".points li[data-met={met}]")
    student.one(".task .solved")
    student.click(".task button", "Close")


def test_the_resellers_rom_is_asked_what_it_is(student):
    """No shell runs there: the ROM's own code answers for its properties."""
    student.click(".list li:nth-child(5) button", "Start")
    student.one(".task button", "Check")
    box = student.one(".command input")
    box.send_keys("getprop ro.build.version.incremental\n")
    student.one(".lines", "V8.1.1.0.0.")
    box.send_keys("shell 'getprop ro.build.fingerprint; getprop ro.no.such'\n")
    student.one(".lines", "test-keys")
    box.send_keys("shell ls\n")
    student.one(".lines .error", "no Linux runs in this page")
    student.js("document.querySelectorAll('.pick input')[1].click()")
    student.click(".task button", "Check")
    student.one(".task .solved")
    student.click(".task button", "Close")


def test_what_needs_linux_is_refused_in_words(student):
    student.click(".list li:nth-child(7) button", "Start")
    student.one(".notice", "runs no Linux")
    student.click("nav .tab", "Bench")


@pytest.mark.parametrize("size", SIZES)
def test_it_is_whole_and_legible(student, size):
    student.resize(SIZES[size])
    assert student.js(WIDE) is None
    assert [html for html, name in student.js(CONTROLS) if not name] == []
    assert student.js(FAINT) == []
    student.shoot(f"student-browser-{size}")
    student.resize(SIZES["projector"])


def test_the_leader_chooses(server, leader, browser, student):
    leader.click("nav .tab", "Class")
    leader.click(".class-bar button", "New phones: on this computer")
    leader.one(".class-bar button[aria-pressed=true]", "in students' browsers")
    page = join(server, browser, "Chiara")
    page.one(".card .live.here")
    assert page.complaints() == []


# What a browser tells is a claim.


@pytest.fixture(scope="module")
def claimant(server, student):
    """A student without a browser, whose phone would run in one; (caller, the phone's name)."""
    caller = Caller(server)
    assert caller.join(server.code, "Mallory")[0] == 200
    return caller, caller.state()["you"]["phone"]


def claim(claimant, **more):
    caller, phone = claimant
    given = {"phone": phone, "state": "on", "generation": 1, "events": [POWER_ON, BRICK]}
    return caller.do("claim", **{**given, **more})


@pytest.mark.parametrize(
    "more, says",
    [
        ({"events": [POWER_ON] * 201}, "at most 200 events"),
        ({"events": ["flow"]}, "no event of a phone"),
        ({"events": [{"stage": "flow"}]}, "no event of a phone"),
        ({"events": [{**POWER_ON, "deep": {"a": [1]}}]}, "no event of a phone"),
        ({"events": [{**POWER_ON, "t_us": 1e300}]}, "no event of a phone"),
        ({"events": [{**POWER_ON, **{f"f{n}": n for n in range(30)}}]}, "no event of a phone"),
        ({"events": {"stage": "flow"}}, "at most 200 events"),
        ({"story": "07-classic"}, "plays nothing of that kind"),
        ({"story": {**STORY, "name": "../07-classic"}}, "plays nothing of that kind"),
        ({"story": {**STORY, "number": 99}}, "plays nothing of that kind"),
        ({"story": {**STORY, "number": True}}, "plays nothing of that kind"),
        ({"story": {**STORY, "phase": "<b>"}}, "plays nothing of that kind"),
        ({"state": "green"}, "state 'green' is not one"),
        ({"generation": 0}, "generation is a number"),
        ({"generation": 7}, "was reset meanwhile"),
    ],
)  # fmt: skip
def test_odd_claims(claimant, more, says):
    status, answer = claim(claimant, **more)
    assert status == 400 and says in answer["error"]["en"], answer


def test_a_claim_is_cleaned_and_bounded(claimant, leader):
    nasty = {**BRICK, "made_for": "cn\x1b[2J\u202e" + "A" * 5000}
    status, answer = claim(claimant, events=[POWER_ON, nasty])
    assert status == 200, answer
    leader.click("nav .tab", "Class")
    leader.one(".tile:last-child .claim[data-mood=bad]", "not signed by the phone's maker")
    told = leader.js("return document.querySelector('.tile:last-child').textContent")
    assert "\x1b" not in told and "\u202e" not in told and len(told) < 2000
    events = claimant[0].state()["phones"][claimant[1]]["events"]
    assert max(len(str(value)) for event in events for value in event.values()) <= 200


def picture(caller, phone, body, **headers):
    given = {"Content_Type": "image/png", **headers}
    return caller.call("POST", f"/phones/{phone}/picture", body, **given)[0]


def test_a_picture_is_bounded_and_the_owners(server, claimant, first, student):
    caller, phone = claimant
    small = io.BytesIO()
    Image.new("RGB", (90, 180), "red").save(small, "PNG")
    assert picture(caller, phone, b"<html>") == 400
    assert picture(caller, phone, small.getvalue()) == 200
    flood = (caller.call("POST", f"/phones/{phone}/picture", small.getvalue(),
                         Content_Type="image/png")[0] for _ in range(30))  # fmt: skip
    assert 429 in flood
    assert picture(caller, phone, small.getvalue(), Content_Type="text/html") == 413
    assert picture(caller, phone, bytes(70_000)) == 413
    for other in (student.cards()[0], first.cards()[0]):
        assert picture(caller, other, small.getvalue()) == 403
        assert caller.get(f"/phones/{other}/picture")[0] in (403, 404)
    leader = server.leader()
    assert picture(leader, phone, small.getvalue()) == 403, "not even by the leader"
    status, body = leader.get(f"/phones/{phone}/picture")
    assert status == 200 and leader.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(body)).getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize(
    "more, status",
    [
        ({"name": "01-cure", "events": [POWER_ON, BRICK]}, 200),
        ({"name": "01-cure", "kind": "story"}, 400),
        ({"name": "nothing"}, 400),
        ({"name": "06-keep-the-pictures", "seen": {"user_data": "<b>"}}, 400),
        ({"name": "08-leave-the-fuses", "seen": []}, 400),
        ({"name": "02-why", "answer": 9}, 400),
        ({"name": "02-why", "answer": 0}, 200),
        ({"name": "01-cure", "events": [1]}, 400),
    ],
)
def test_odd_checks(claimant, more, status):
    """What is not solved is not solved, and what makes no sense is refused."""
    caller, phone = claimant
    given = {"phone": phone, "kind": "exercise", "events": [], **more}
    got, answer = caller.do("check_claim", **given)
    assert got == status, answer
    if status == 200:
        assert answer["story"]["phase"] == "working" and answer["story"]["lesson"] is None
        question = answer["story"]["question"]
        assert question is None or question["right"] is None
    assert caller.state()["solved"] == []


def test_too_many_claims_at_once(claimant):
    caller, phone = claimant
    given = {"phone": phone, "state": "on", "generation": 1, "events": []}
    assert 400 in [caller.do("claim", **given)[0] for _ in range(20)]


def test_another_s_phone_cannot_be_claimed(server, claimant, first, student):
    for name in (student.cards()[0], first.cards()[0]):
        assert claim(claimant, phone=name)[0] == 403
    leader = server.leader()
    assert claim((leader, claimant[1]))[0] == 403, "not even by the leader"


def test_the_server_runs_nothing_for_it(claimant):
    caller, phone = claimant
    words = {"what": "on", "line": "help", "rom": "cn", "keys": "power", "name": "07-classic"}
    for verb in ("power", "command", "flash", "press", "story", "factory", "unlock", "rescue"):
        status, answer = caller.do(verb, phone=phone, **words)
        assert status == 400 and "own browser" in answer["error"]["en"], (verb, answer)
    assert caller.call("POST", f"/phones/{phone}/upload/boot.img", b"x")[0] == 400
    assert caller.get(f"/phones/{phone}/screen")[0] == 400


# A class of many: the last here, as a wall of many shows less of each.

# Each tile with another sentence that a verdict may have; what of it is not seen without scrolling.
SENTENCES = """
const done = arguments[arguments.length - 1];
import("/shared/verdict.js").then(({ SENTENCES }) => {
    const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    const states = [...document.querySelectorAll(".tile .state")];
    states.forEach((e, n) => {
        e.dataset.mood = "bad"; // in bold
        e.textContent = SENTENCES[n % SENTENCES.length][lang];
    });
    const seen = [...states, ...document.querySelectorAll(".tile, .tile-buttons")];
    done(seen.map((e) => e.getBoundingClientRect().bottom).filter((at) => at > innerHeight));
});
"""


def fill_the_wall(server, leader, count: int) -> None:
    leader.click("nav .tab", "Class")
    leader.one(".tile:nth-child(2)")
    for number in range(len(leader.all(".tile")), count):
        assert Caller(server).join(server.code, f"Kim {number}")[0] == 200
    leader.wait(lambda: len(leader.all(".tile")) == count, "all are there")


def check_seen_whole(leader, name: str, language: str) -> None:
    if language == "zh":
        leader.click(".language", "中文")
    below = leader.driver.execute_async_script(SENTENCES)
    leader.shoot(f"{name}-{language}")
    clipped = leader.js(CLIPPED)
    if language == "zh":
        leader.click(".language", "English")
    assert below == [] and clipped == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wall_of_two_rows_is_seen_whole(server, leader, student, language):
    """On a projector: whatever has become of fourteen phones, it is read without scrolling."""
    fill_the_wall(server, leader, 14)
    check_seen_whole(leader, "wall-14", language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", ["projector", "large"])
def test_a_wall_of_a_whole_class_is_seen_whole(server, leader, student, size, language):
    """Twenty, and one more: each verdict in a word; its sentence where somebody points, or Tab is."""
    fill_the_wall(server, leader, 21)
    leader.resize(SIZES[size])
    try:
        check_seen_whole(leader, f"wall-21-{size}", language)
        assert leader.one(".tile:nth-child(21) .word").text == "off"
        assert not leader.all(".tile:nth-child(21) .state")[0].is_displayed()
        leader.js("document.querySelector('.tile:nth-child(21) .tile-screen').focus()")
        assert leader.one(".tile:nth-child(21) .state").is_displayed()
        leader.js("document.activeElement.blur()")
        assert leader.js(FAINT) == []
    finally:
        leader.resize(SIZES["projector"])
