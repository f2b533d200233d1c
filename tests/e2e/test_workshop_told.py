# SPDX-License-Identifier: MIT
"""
Stories as the workshop's server tells them: its own phones, on and off in its own process. That the
stories themselves are true is tested in test_scenarios.py.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import Iterator

import pytest
from workshop_server import Server

from lab.story import source
from workshop.story_bench import PHONE

BEGINS_FIRST = True
# All twenty are played as a person would type them in test_scenarios.py. These few do here whatever
# any story asks of the server's own phones (ways_of); the others are told here in `make soak`.
TOLD = ("02-locked-flash", "03-locked-sideload", "05-unlock", "13-global-with-china-rom",
        "16-hard-brick", "20-locked-with-own-image")  # fmt: skip
EACH = [
    pytest.param(file.stem, marks=() if file.stem in TOLD else pytest.mark.soak)
    for file in source.files()
]


def ways_of(story: source.Story) -> set[tuple[str, ...]]:
    """How a story reaches a phone: kinds of steps, and the commands that story_bench.py tells apart."""
    return {way for step in story.steps for way in _ways_of(step)}


def _ways_of(step: source.Step) -> list[tuple[str, ...]]:
    if step.kind != "type":
        return [(step.kind,)]
    program, *words = str(step.what).split()
    if program != PHONE:
        return [(program.partition("}")[2] and "a script" or program,)]
    if words[0] != "power":
        return [(PHONE,)]
    return [(PHONE, "power", words[2]), (PHONE, "power", *words[3:4])]


@pytest.fixture(scope="module")
def leader(build, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("workshop") / "root", "--hurry") as server:
        caller = server.leader()
        caller.ready("anna")
        yield caller


def halts(news: Iterator[dict], phone: str) -> Iterator[dict]:
    """The story's state, each time that it waits for somebody, and at its end."""
    seen = set()
    for told in news:
        story = told["story"] if (told["kind"], told.get("phone")) == ("story", phone) else None
        at = story and (story["number"], story["phase"])
        if story and story["phase"] in ("shown", "asking", "done", "failed") and at not in seen:
            seen.add(at)
            yield story


def tell(leader, name: str, phone: str = "anna") -> dict:
    """From its beginning to its end; gives the last state."""
    with closing(leader.news()) as news:
        assert leader.do("story", phone=phone, kind="story", name=name)[0] == 200
        return tell_on(leader, news, phone)


def tell_on(leader, news: Iterator[dict], phone: str = "anna") -> dict:
    for story in halts(news, phone):
        if story["phase"] in ("done", "failed"):
            return story
        if story["phase"] == "asking":
            assert story["question"]["right"] is None and story["question"]["after"] is None
            assert leader.do("vote", phone=phone, answer=0)[0] == 200
        assert leader.do("next", phone=phone)[0] == 200
    raise AssertionError("the server hung up")


def test_the_few_reach_a_phone_in_every_way():
    ways = {file.stem: ways_of(source.load(file)) for file in source.files()}
    assert set().union(*ways.values()) - set().union(*(ways[name] for name in TOLD)) == set()


@pytest.mark.parametrize("name", EACH)
def test_it_comes_to_its_end(leader, name):
    story = tell(leader, name)
    assert story["phase"] == "done", story["error"]
    assert story["number"] == story["total"] and story["lesson"]["zh"]
    assert leader.do("end", phone="anna")[0] == 200
    assert leader.phone("anna")["label"]["busy"] is None


def test_one_that_comes_out_otherwise_says_where(leader):
    """Another lock than the story's: the page shows file, line, step, expected and seen."""
    with closing(leader.news()) as news:
        assert leader.do("story", phone="anna", kind="story", name="06-unlocked-flash")[0] == 200
        assert next(halts(news, "anna"))["number"] == 0
        leader.do("next", phone="anna")
        assert next(story for story in halts(news, "anna") if story["number"])["number"] == 1
        assert leader.do("cable", phone="anna", out=True)[0] == 200
        assert leader.do("press", phone="anna", keys="volume-down power")[0] == 200
        is_off = lambda: leader.phone("anna")["label"]["state"] == "off"  # noqa: E731
        leader.until(is_off, "its own keys switch it off")
        leader.do("next", phone="anna")
        story = tell_on(leader, news)
    assert story["phase"] == "failed"
    said = story["error"]
    where = re.match(r"tests/scenarios/06-unlocked-flash.yaml:\d+: step 2 \(type\): (.+)", said["en"])
    assert where and "is off" in where[1], said
    assert said["zh"].startswith("tests/scenarios/06-unlocked-flash.yaml:") and "第 2 步" in said["zh"]
    assert leader.do("end", phone="anna")[0] == 200


def test_a_story_can_be_left_at_any_time(leader):
    assert leader.do("story", phone="anna", kind="story", name="07-classic")[0] == 200
    assert leader.do("end", phone="anna")[0] == 200
    assert "anna" not in leader.state()["tellings"]
    assert leader.do("next", phone="anna")[0] == 400
    assert leader.do("vote", phone="anna", answer=0)[0] == 400
    leader.until(lambda: leader.phone("anna")["label"]["busy"] is None, "the phone is free")
