# SPDX-License-Identifier: MIT
"""
Bad files for the lab's own Python: what it reads of a phone's folder, specifications, stories,
exercises, traces. Each is refused by a LabError with words (or, a line of a trace, is no event),
and by nothing else.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

import yaml
from bad_files import DAMAGE

from lab import account, paths, store
from lab.matrix import pack, results, spec
from lab.story import exercise, kinds, source


class BadCall(NamedTuple):
    kind: str
    name: str
    file: str
    data: bytes
    words: str
    read: Callable[[Path], object]


# JSON.

JSON_DAMAGE = (
    ("empty", b""),
    ("no JSON", b"hello"),
    ("cut", b'{"model": "dipper", "reg'),
    ("two values", b"{}{}"),
    ("deep lists", b"[" * 100_000),
    ("deep maps", b'{"a":' * 100_000),
    ("a number without measure", b'{"model": ' + b"9" * 5000 + b"}"),
    ("NaN", b'{"model": NaN}'),
    ("not UTF-8", b'{"model": "\xff\xfe"}'),
    ("NUL", b'{"model": "a\0b"}'),
    ("UTF-16", '{"model": "a"}'.encode("utf-16")),
    ("too large", b'{"model": "' + b"x" * (1 << 20) + b'"}'),
    ("a list", b"[1, 2]"),
    ("a text", b'"phone"'),
    ("nothing", b"null"),
)
FACTS = {
    "model": "dipper",
    "region": "cn",
    "rom": "cn",
    "lock": "locked",
    "policy": "announced",
    "serial": "f",
}
ODD_WORDS = (
    "",
    " ",
    "../..",
    "/etc/passwd",
    "a b",
    "a\nverdict: home green",
    "\x1b[31m",
    "x" * 65,
    "\ud800",
    "a;b",
    "$(id)",
    7,
    None,
    True,
    [],
    {"a": 1},
    1.5,
)
BINDING = {
    "account": "me",
    "serial": "f",
    "bound_at_s": 1.0,
    "wait_hours": 72,
    "clock_ahead_s": 0.0,
}


def folders() -> Iterator[BadCall]:
    def facts(file: Path) -> object:
        return store.facts(file.parent)

    def binding(file: Path) -> object:
        return account.load(file.parent)

    for name, data in JSON_DAMAGE:
        yield BadCall(f"phone.json: {name}", name, "phone.json", data, "phone.json", facts)
        yield BadCall(f"account.json: {name}", name, "account.json", data, "account.json", binding)
    for key in FACTS:
        for odd in ODD_WORDS:
            data = json.dumps({**FACTS, key: odd}).encode()
            yield BadCall(
                f"phone.json: {key}",
                repr(odd)[:30],
                "phone.json",
                data,
                f"phone.json: {key}",
                facts,
            )
    for key in ("model", "region", "serial"):
        less = {name: value for name, value in FACTS.items() if name != key}
        yield BadCall(
            "phone.json: a key is missing", key, "phone.json", json.dumps(less).encode(), key, facts
        )
    for key in ("bound_at_s", "clock_ahead_s", "wait_hours"):
        for odd in ("soon", None, [], 1e999):
            data = json.dumps({**BINDING, key: odd}).encode()
            yield BadCall(
                f"account.json: {key}", repr(odd), "account.json", data, "account.json", binding
            )
    yield BadCall(
        "account.json: unknown key",
        "x",
        "account.json",
        json.dumps({**BINDING, "x": 1}).encode(),
        "account.json",
        binding,
    )


HEAD = {"matrix": "m", "spec": "0" * 16, "shard": "1/1", "cells": ["a", "b"]}
RESULT = {"cell": "a", "result": "as-expected"}


def matrices() -> Iterator[BadCall]:
    """Results that were brought from another computer, and a pack's list of what is in it."""

    def pack_index(file: Path) -> object:
        return pack.Pack(None, file.parent)  # type: ignore[arg-type]

    head = json.dumps(HEAD).encode() + b"\n"
    for name, data in JSON_DAMAGE:
        yield BadCall(f"pack.json: {name}", name, "pack.json", data, "pack.json", pack_index)
        if name not in ("too large",):
            yield BadCall(
                f"results: {name}", name, "r.jsonl", head + data + b"\n", "r.jsonl:2", results.read
            )
            yield BadCall(
                f"results' head: {name}", name, "r.jsonl", data + b"\n", "r.jsonl:1", results.read
            )
    for key in ("disks", "nors", "payloads"):
        index = {"disks": {}, "nors": {}, "payloads": {}, key: 7}
        yield BadCall(
            "pack.json: no map",
            key,
            "pack.json",
            json.dumps(index).encode(),
            "pack.json",
            pack_index,
        )
    for key in HEAD:
        for odd in (None, [], {}, [1], "0/0", "9/3"):
            if key == "shard" or key == "cells" and odd in (None, [1]):
                data = json.dumps({**HEAD, key: odd}).encode() + b"\n"
                yield BadCall(
                    f"results' head: {key}", repr(odd), "r.jsonl", data, "r.jsonl:1", results.read
                )
    for key in RESULT:
        for odd in ("", "c", None, 7, [], {}, ["a"]):
            line = json.dumps({**RESULT, key: odd}).encode() + b"\n"
            yield BadCall(
                f"results: {key}", repr(odd), "r.jsonl", head + line, "r.jsonl:2", results.read
            )


# YAML.


def damaged(kind: str, good: str, read: Callable[[Path], object]) -> Iterator[BadCall]:
    for name, change, _ in DAMAGE:
        if name == "unknown key":
            words = "colour"
        else:
            words = "x.yaml"
        data = change(good).encode("utf-8", "surrogateescape")
        yield BadCall(f"{kind}: {name}", name, "x.yaml", data, words, read)


SPEC = """title: t
matrix: {model: dipper, region: cn, rom: cn}
expect:
  - verdict: home
"""
SPEC_VALUES = {
    "matrix": (
        "[]",
        "dipper",
        "{}",
        "{modle: dipper}",
        "{model: diper}",
        "{model: []}",
        "{model: [dipper, dipper]}",
        "{model: dipper, region: us, rom: cn}",
        "{model: dipper, region: cn, rom: cn, lock: open}",
        "{model: {a: b}}",
        "{model: dipper, region: cn, rom: ../cn}",
        "{model: dipper, region: cn, rom: cn, policy: 1}",
    ),
    "roms": (
        "[a]",
        "{cn: {like: global}}",
        "{'a b': {like: cn}}",
        "{all: {like: cn}}",
        "{x: {like: nothing}}",
        "{x: 7}",
        "{x: {like: cn, images: {boot: /nowhere.img}}}",
        "{x: {like: cn, colour: red}}",
    ),
    "tampers": ("[a]", "{x: 7}", "{flip-boot: {}}", "{x: {colour: red}}"),
    "exclude": ("7", "[7]", "[{model: diper}]", "[{colour: red}]"),
    "include": (
        "7",
        "[7]",
        "[{model: dipper}]",
        "[{model: dipper, region: cn, rom: cn, verdict: home}]",
    ),
    "wait": ("maybe", "[true]", "7"),
    "expect": (
        "[]",
        "7",
        "[7]",
        "[{verdict: ''}]",
        "[{when: {colour: red}, verdict: home}]",
        "[{columns: [a], rows: []}]",
        "[{columns: [region, rom], rows: [[cn, global]]}]",
        "[{verdict: hom}]",
        "[{when: {region: us}, verdict: home}]",
    ),
}


def specifications() -> Iterator[BadCall]:
    yield from damaged("specification", SPEC, spec.read)
    for key, odd in SPEC_VALUES.items():
        rest = re.sub(rf"^{key}:.*(\n  .*)*\n", "", SPEC, flags=re.M)
        for value in odd:
            yield BadCall(
                f"specification: {key}",
                value[:50],
                "x.yaml",
                f"{rest}{key}: {value}\n".encode(),
                "x.yaml:",
                spec.read,
            )


ODD_STEPS = (
    ("says", 7),
    ("says", {"a": "b"}),
    ("type", ["adb"]),
    ("phone", "anna"),
    ("event", "home"),
    ("event", {"region": "cn"}),
    ("user_data", "burnt"),
    ("fuses", "many"),
)


def stories() -> Iterator[BadCall]:
    for kind, folder, read in (
        ("story", paths.ROOT / "tests" / "scenarios", source.load),
        ("exercise", paths.ROOT / "tests" / "exercises", exercise.load),
    ):
        good = sorted(folder.glob("0*.yaml"))[0].read_text(encoding="utf-8")
        yield from damaged(kind, good, read)
        keys = sorted(set(re.findall(r"^(\w+):", good, re.M)) - {"hints"})
        optional = {"needs", "setup", "phone" if kind == "story" else "setup"}
        for key in keys:
            rest = re.sub(rf"^{key}:.*\n((?:  |- ).*\n)*", "", good, count=1, flags=re.M)
            if key not in optional:
                yield BadCall(
                    f"{kind}: a key is missing", key, "x.yaml", rest.encode(), "x.yaml", read
                )
            for value in ("7", "''", "[7]", "[[7]]", "{a: b}", "null"):
                yield BadCall(
                    f"{kind}: {key}",
                    value,
                    "x.yaml",
                    f"{rest}{key}: {value}\n".encode(),
                    "x.yaml",
                    read,
                )
    story = yaml.safe_load(source.files()[0].read_text(encoding="utf-8"))
    for key, value in ODD_STEPS:
        step = {"why": story["title"], "remember": "disk", key: value}
        if key in kinds.KINDS:
            del step["remember"]
        data = yaml.safe_dump({**story, "steps": [step]}).encode()
        yield BadCall(f"story: a step's {key}", repr(value), "x.yaml", data, "x.yaml:", source.load)


# Lines of a ROM.

ODD_LINES = {
    "no JSON": (
        b"",
        b"hello",
        b"{",
        b"}",
        b'{"a":}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b"\x00",
        b"\xff\xfe",
        b'{"a" 1}',
    ),
    "no object": (b"1", b"null", b'"text"', b"[]", b'[{"a": 1}]', b"true"),
    "nested": (
        b'{"a": {}}',
        b'{"a": []}',
        b'{"a": {"b": {"c": 1}}}',
        b"[" * 4000,
        b'{"a":' * 1600,
        b'{"a": [[[[1]]]]}',
    ),
    "numbers": (
        b'{"a": 1.5}',
        b'{"a": 1e999}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -1}',
        b'{"a": ' + b"9" * 400 + b"}",
        b'{"a": 18446744073709551616}',
        b'{"a": -0.0}',
        b'{"a": 01}',
        b'{"a": 0x10}',
    ),
    "nothing": (b'{"a": null}', b'{"a": nul}'),
    "too long": (b'{"a": "' + b"x" * 8192 + b'"}', b" " * 8193, b'{"a": 1}' + b" " * 8192),
    "two": (b"{}{}", b'{"a": 1} {"a": 2}', b'{"a": 1}\r{"a": 2}'),
}


def lines() -> Iterator[tuple[str, bytes]]:
    for kind, odd in ODD_LINES.items():
        for line in odd:
            yield kind, line


def for_the_lab() -> Iterator[BadCall]:
    for some in (folders, matrices, specifications, stories):
        yield from some()
