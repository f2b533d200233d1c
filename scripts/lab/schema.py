# SPDX-License-Identifier: MIT
"""
The trace's schema (trace.yaml, explained in docs/trace.md): checks a line, and says it in words.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Iterable

from . import outside, trace, verdict, why
from .trace import key, read as read_trace  # noqa: F401  (where programs look for them)

FILE = Path(__file__).with_name("trace.yaml")

TYPES = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "bool": lambda value: isinstance(value, bool),
}


@functools.lru_cache
def _table(file: Path) -> dict:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)


class Schema:
    """Every event that a phone may report, with its fields and its sentence."""

    def __init__(self, file: Path = FILE) -> None:
        table = _table(file)
        self.events: dict[str, dict] = table["events"]
        self.advice: dict[str, str] = table["advice"]
        self.advice_kept: dict[str, str] = table["advice_kept"]
        self.advice_zh: dict[str, str] = table["advice_zh"]

    def problems(self, event: dict) -> list[str]:
        """What is wrong with one line of a trace; nothing when it is as the schema says."""
        name = key(event)
        entry = self.events.get(name)
        if entry is None:
            return [f"unknown event {name}"]
        wrong = []
        fields = {"t_us": "number", "stage": "text", "event": "text", **(entry.get("fields") or {})}
        required = {field for field in fields if not field.endswith("?")}
        known = {field.rstrip("?"): kind for field, kind in fields.items()}
        wrong += [f"{name}: {field} is missing" for field in sorted(required - event.keys())]
        for field, value in event.items():
            if field not in known:
                wrong.append(f"{name}: unknown field {field}")
            elif not _fits(value, known[field]):
                wrong.append(f"{name}: {field} is {value!r}, not {known[field]}")
        return wrong

    def sentence(self, event: dict) -> str:
        """One event for a person; as it is when it has no sentence."""
        entry = self.events.get(key(event)) or {}
        say = entry.get("say")
        if isinstance(say, dict):
            say = _choose(say, event)
        raw = outside.clean(json.dumps(event, ensure_ascii=False))
        if say is None:
            return raw
        try:
            return str(say).format_map(_Words(event))
        except (ValueError, IndexError, AttributeError, KeyError):
            return raw

    def advice_for(
        self, event: dict, words: str = "", phone: dict | None = None, language: str = "en"
    ) -> str | None:
        """
        What could be done now: by the screen, where that says more than the reason; by the first two
        of the verdict's words, which the ROM and the recovery have a say in; then by the
        bootloader's "fate reason", else by its fate. `phone` has what is known of one that is kept.
        """
        fate, reason, screen = (event.get(field) for field in ("fate", "reason", "screen"))
        keys = (f"{fate} {screen}", " ".join(words.split()[:2]), f"{fate} {reason}", str(fate))
        key_of = next((key for key in keys if key in self.advice), None)
        if key_of is None:
            return None
        advice = self.advice[key_of]
        if language == "zh":
            advice = self.advice_zh.get(key_of, advice)
        elif phone:
            advice = self.advice_kept.get(key_of, advice)
        return advice.format_map(_Words({"phone": "NAME", **event, **(phone or {})}))


class _Words(dict):
    """The event's fields as words; a field that is not there is a question mark."""

    def __init__(self, event: dict) -> None:
        super().__init__({field: printable(value) for field, value in event.items()})

    def __missing__(self, field: str) -> str:
        return "?"


def printable(value: object) -> str:
    """A value for a person's eyes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return outside.clean(str(value)) or "(nothing)"


def _fits(value: object, kind: object) -> bool:
    if isinstance(kind, list):
        return value in kind and not isinstance(value, bool)
    return TYPES[str(kind)](value)


def _choose(say: dict, event: dict) -> str | None:
    """
    The sentence whose "field=value" is so in the event - all of them, where there are several -, in
    the table's order; else "otherwise".
    """
    for condition, sentence in say.items():
        pairs = [pair.partition("=") for pair in condition.split()]
        met = (str(event.get(field, "")).lower() == value for field, _, value in pairs)
        if condition != "otherwise" and all(met):
            return sentence
    return say.get("otherwise")


WORDS = {
    "en": {
        "claimed": "(the ROM claims) ",
        "ended": "There is no verdict: the run ended before one.",
        "still on": "There is no verdict yet.",
        "advice": "What could be done: ",
    },
    "zh": {
        "claimed": "（系统自称）",
        "ended": "没有结果：运行提前结束了。",
        "still on": "还没有结果。",
        "advice": "可以这样做：",
    },
}


def explain(
    events: Iterable[dict],
    schema: Schema,
    phone: dict | None = None,
    is_on: bool = False,
    language: str = "en",
) -> list[str]:
    """
    The trace as numbered steps with their times, then the verdict and what could be done; `phone`
    has what is known of one that is kept.
    """
    events, say = list(events), WORDS[language]
    lines = []
    for number, event in enumerate(events, 1):
        at = event.get("t_us")
        when = f"{at / 1000:9.1f} ms" if TYPES["number"](at) else " " * 12
        claimed = say["claimed"] if event.get("stage") in trace.CLAIMANTS else ""
        lines.append(f"{number:3}. {when}  {claimed}{_meaning(event, schema, language)}")
    words = verdict.words(events)
    last = next((event for event in reversed(events) if verdict.is_verdict(event)), None)
    lines.append("")
    lines.append(f"verdict: {words}" if words else say["still on" if is_on else "ended"])
    advice = schema.advice_for(last, words, phone, language) if last and words else None
    if advice:
        lines.append(say["advice"] + advice)
    return lines


def _meaning(event: dict, schema: Schema, language: str) -> str:
    """In English in full; in Chinese as the why panel says it, or the event as it is."""
    if language == "en":
        return schema.sentence(event)
    values = (f"{k}={printable(v)}" for k, v in event.items() if k not in ("t_us", "stage", "event"))
    return why.sentence(event, language) or " ".join([str(key(event)), *values])
