# SPDX-License-Identifier: MIT
"""The trace's schema, its page and its words; what real runs say is checked where they run."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import ROOT

from lab import schema

SCHEMA = schema.Schema()
REGION = {
    "t_us": 1,
    "stage": "policy",
    "event": "region",
    "made_for": "cn",
    "rom": "global",
    "result": "refuse",
}


def change(**fields):
    return {key: value for key, value in {**REGION, **fields}.items() if value is not None}


@pytest.mark.parametrize(
    "event, wrong",
    [
        (REGION, None),
        (change(event="regions"), "unknown event policy/regions"),
        (change(stage=None), "unknown event None/region"),
        (change(made_for=None), "made_for is missing"),
        (change(t_us=None), "t_us is missing"),
        (change(t_us=-1), "t_us is -1"),
        (change(t_us=True), "t_us is True"),
        (change(t_us="1"), "t_us is '1'"),
        (change(made_for="eu"), "made_for is 'eu'"),
        (change(more=1), "unknown field more"),
    ],
)
def test_the_schema_sees_what_is_wrong(event, wrong):
    problems = SCHEMA.problems(event)
    assert problems == [] if wrong is None else any(wrong in problem for problem in problems)


def test_every_event_says_what_its_fields_mean():
    for name, entry in SCHEMA.events.items():
        for field in entry.get("fields") or {}:
            assert f"`{field.rstrip('?')}`" in entry["page"], f"{name}: {field}"


def test_the_page_is_made_from_the_schema():
    """Whole: a row that is missing, there twice or another is a difference."""
    page = ROOT / "docs" / "trace.md"
    made = subprocess.check_output([ROOT / "docs" / "trace_page.py"], text=True)
    assert made == page.read_text(encoding="utf-8"), "docs/trace_page.py --write makes it"


def test_the_page_s_example_is_a_valid_line():
    examples = [
        line.strip()
        for line in (ROOT / "docs" / "trace.md").read_text().splitlines()
        if line.startswith("    {")
    ]
    assert examples
    for line in examples:
        assert SCHEMA.problems(json.loads(line)) == []


@pytest.mark.parametrize("name", sorted(SCHEMA.events))
def test_every_event_has_a_sentence_without_gaps(name):
    stage, event = name.split("/")
    entry = SCHEMA.events[name]
    choices = entry["say"] if isinstance(entry["say"], dict) else {"otherwise": entry["say"]}
    fields = {"t_us": 1, "stage": stage, "event": event}
    for field, kind in (entry.get("fields") or {}).items():
        fields[field.rstrip("?")] = {"text": "T", "number": 7, "bool": True}.get(str(kind)) or kind[
            0
        ]
    for condition in choices:
        field, _, value = condition.partition("=")
        told = SCHEMA.sentence({**fields, **({field: value} if value else {})})
        assert "?" not in told.replace("? ", " ") and "{" not in told


def test_unknown_events_are_shown_as_they_are():
    assert (
        SCHEMA.sentence({"stage": "x", "event": "y", "a": 1})
        == '{"stage": "x", "event": "y", "a": 1}'
    )


def test_text_from_a_phone_cannot_steer_the_terminal():
    told = SCHEMA.sentence({"t_us": 1, "stage": "flow", "event": "panic", "text": "\x1b[2J{t_us}"})
    assert told.endswith("?[2J{t_us}")


def test_explaining_a_run_without_a_verdict():
    assert "no verdict" in "\n".join(schema.explain([REGION], SCHEMA))


def test_explain_tells_the_whole_story(fake):
    fake("brick", "run", "fake", "--headless")
    told = fake("brick", "explain", "fake").stdout
    for part in (
        "made for cn",
        "region-mismatch",
        "verdict: brick",
        "What could be done: go to fastboot mode (scripts/phone press fake volume-down+power)",
    ):
        assert part in told


def test_every_reason_has_an_advice():
    fates = SCHEMA.events["flow/verdict"]["fields"]["reason"]
    without = {"ok", "bad-state", "keys", "bcb", "command"}  # not reasons of a brick today
    for reason in set(fates) - without:
        assert SCHEMA.advice_for({"fate": "brick", "reason": reason, "made_for": "cn"})
