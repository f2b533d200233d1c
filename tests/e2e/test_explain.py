# SPDX-License-Identifier: MIT
"""`phone explain` has words for every verdict and every event, and advice for every verdict."""

from __future__ import annotations

import itertools
import json
import re
import subprocess

import pytest

from lab import language, schema, why

SCHEMA = schema.Schema()
FIELDS = SCHEMA.events["flow/verdict"]["fields"]
VERDICTS = list(itertools.product(FIELDS["fate"], FIELDS["reason"]))


def example(kind):
    """A value of a field's type."""
    if isinstance(kind, list):
        return kind[0]
    return {"text": "words", "number": 7, "bool": True}[kind]


def an_event(name, **values):
    stage, event = name.split("/")
    fields = SCHEMA.events[name]["fields"] or {}
    filled = {field.rstrip("?"): example(kind) for field, kind in fields.items()}
    return {"t_us": 1, "stage": stage, "event": event, **filled, **values}


@pytest.mark.parametrize("fate, reason", VERDICTS)
def test_every_verdict_has_words_and_advice(fate, reason):
    event = an_event("flow/verdict", fate=fate, reason=reason)
    assert SCHEMA.problems(event) == []
    sentence, advice = SCHEMA.sentence(event), SCHEMA.advice_for(event)
    assert sentence and "{" not in sentence and sentence != json.dumps(event)
    assert advice and "{" not in advice and "?" not in advice


@pytest.mark.parametrize("name", SCHEMA.events)
def test_every_event_has_words_whatever_its_values(name):
    """Also those of its fields that have only some values: each of them has its sentence."""
    fields = SCHEMA.events[name]["fields"] or {}
    choices = {f.rstrip("?"): kind for f, kind in fields.items() if isinstance(kind, list)}
    for field, values in choices.items() or [("", [""])]:
        for value in values:
            event = an_event(name, **({field: value} if field else {}))
            sentence = SCHEMA.sentence(event)
            assert sentence != json.dumps(event, ensure_ascii=False), f"{name} {field}={value}"
            assert "{" not in sentence


@pytest.mark.parametrize("name", SCHEMA.events)
def test_every_event_has_chinese_words_too(name):
    """Each with fields that the event has, and no word of the trace that people call otherwise."""
    fields = SCHEMA.events[name]["fields"] or {}
    choices = {f.rstrip("?"): kind for f, kind in fields.items() if isinstance(kind, list)}
    for field, values in choices.items() or [("", [""])]:
        for value in values:
            said = why.sentence(an_event(name, **({field: value} if field else {})), "zh")
            assert re.search("[\u4e00-\u9fff]", said), f"{name} {field}={value}: {said!r}"
            assert "{" not in said and "?" not in said.replace("命令 ?", "")
            assert not re.search(r"\b(global|locked|unlocked|bad-\w+)\b", said), said


def test_python_and_javascript_read_the_same_tables():
    """The why panel's words are JavaScript; explain reads them as YAML."""
    tables = {"names": ["NAMES"], "why-rules": ["RULES", "COMPARED"]}
    for file, names in tables.items():
        path = why.SHARED / f"{file}.js"
        values = ", ".join(f"it.{name}" for name in names)
        line = f"import({str(path)!r}).then((it) => console.log(JSON.stringify([{values}])))"
        told = subprocess.run(["node", "-e", line], capture_output=True, text=True, check=True)
        assert json.loads(told.stdout) == [why.table(path, name) for name in names]


def test_a_text_in_both_languages_is_told_line_by_line(monkeypatch):
    monkeypatch.setenv(language.VARIABLE, language.BOTH)
    told = language.pick("one\ntwo", "一")
    assert [language.sides(line) for line in told.split("\n")] == [
        {"en": "one", "zh": "一"},
        {"en": "two", "zh": ""},
    ]
    assert language.pick("what a client says") == "what a client says"
    monkeypatch.setenv(language.VARIABLE, "zh")
    assert (language.pick("one", "一"), language.pick("one")) == ("一", "one")


def test_what_was_asked_for_is_not_called_a_refusal():
    for fate, reason in itertools.product(("fastboot", "recovery"), ("keys", "bcb", "command")):
        assert "asked for it" in SCHEMA.sentence(an_event("flow/verdict", fate=fate, reason=reason))
    dark = SCHEMA.sentence(an_event("flow/verdict", fate="dead", reason="command"))
    assert "asked for" in dark and dark != SCHEMA.sentence(
        an_event("flow/verdict", fate="dead", reason="rollback")
    )


def test_a_recovery_that_runs_is_not_to_be_flashed():
    """Only where the screen says that there is none."""
    there = SCHEMA.advice_for(an_event("flow/verdict", fate="recovery", reason="keys"), "recovery keys")
    assert "Reboot" in there and "flash" not in there
    missing = an_event("flow/verdict", fate="recovery", reason="keys", screen="no-recovery")
    assert "flash a recovery" in SCHEMA.advice_for(missing, "recovery keys")


def test_several_conditions_must_all_hold():
    say = {"a=1 b=2": "both", "a=1": "one", "otherwise": "none"}
    assert schema._choose(say, {"a": 1, "b": 2}) == "both"
    assert schema._choose(say, {"a": 1, "b": 3}) == "one"
    assert schema._choose(say, {"b": 2}) == "none"
    assert schema._choose({"a=1": "one"}, {"b": 2}) is None
