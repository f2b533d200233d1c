# SPDX-License-Identifier: MIT
"""Specifications of matrices: what they come to, and what is wrong with bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, phone

from lab import catalog
from lab.errors import WRONG_WORDS, LabError
from lab.matrix import spec

GOOD = """\
title: two
matrix:
  model: dipper
  region: cn
  rom: [cn, global]
expect:
  - when: {rom: cn}
    verdict: home green rom={rom}
  - verdict: brick region-mismatch made-for={region} rom={rom}
"""


def read(folder: Path, text: str) -> spec.Spec:
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return spec.read(folder / "s.yaml")


def test_a_product_with_its_expectations(tmp_path):
    found = read(tmp_path, GOOD)
    assert [cell.name for cell in found.cells] == [
        "dipper/cn/cn/locked/announced",
        "dipper/cn/global/locked/announced",
    ]
    assert [str(found.expected[cell]) for cell in found.cells] == [
        "home green rom=cn",
        "brick region-mismatch made-for=cn rom=global",
    ]


def test_exclude_include_tables_and_the_first_rule_that_fits(tmp_path):
    found = read(
        tmp_path,
        """\
matrix: {model: [dipper, mido], region: [cn, global], rom: [cn, global], lock: [locked, unlocked]}
exclude: [{model: mido, lock: unlocked}, {model: mido, region: global}]
include:
  - {model: sirius, region: cn, rom: reseller, key: user, tamper: flip-boot, expect: brick}
expect:
  - columns: [model, region, rom]
    unless: {lock: unlocked}
    rows: [[mido, "*", "*", home], [dipper, cn, cn, home green]]
  - {when: {lock: unlocked}, unless: {region: cn, rom: cn}, verdict: dead}
  - {verdict: brick}
""",
    )
    words = {cell.name: str(found.expected[cell]) for cell in found.cells}
    assert len(words) == 8 + 2 + 1
    assert words["mido/cn/global/locked/announced"] == "home"
    assert words["dipper/cn/cn/locked/announced"] == "home green"
    assert words["dipper/cn/cn/unlocked/announced"] == "brick"
    assert words["dipper/cn/global/unlocked/announced"] == "dead"
    assert words["sirius/cn/reseller/locked/announced/user-key/flip-boot"] == "brick"


def test_all_regions_are_those_a_model_was_made_for(tmp_path):
    found = read(
        tmp_path, "matrix: {model: all, region: all, rom: cn}\nexpect: [{verdict: home}]\n"
    )
    there = {(cell.model, cell.region) for cell in found.cells}
    assert there == {(m, r) for m in catalog.models() for r in catalog.markets(m)}


def test_roms_and_tampers_of_one_s_own(tmp_path):
    (tmp_path / "boot.img").write_bytes(b"a")
    text = """\
matrix: {model: dipper, region: cn, rom: [mine, shop], tamper: [none, late]}
roms:
  mine: {like: cn, images: {boot: boot.img}, rollback: higher}
  shop: {like: global, sign-with: user, keys: {region: ~, version: V1}}
tampers:
  late: {flip: system, at: 0.75, sign-with: reseller}
expect: [{verdict: brick}]
"""
    found = read(tmp_path, text)
    mine, late = (found.variant(found.cells[i]) for i in (0, 3))
    assert mine.images == (("boot", tmp_path / "boot.img"),) and mine.rollback == "higher"
    assert (late.like, late.sign_with) == ("global", "reseller")
    assert late.keys == (("region", ""), ("version", "V1"))
    assert late.changes[0] == ("flip", "system", 0.75)
    before = found.digest
    (tmp_path / "boot.img").write_bytes(b"other")
    assert read(tmp_path, text).digest != before
    (tmp_path / "moved").mkdir()
    (tmp_path / "moved" / "boot.img").write_bytes(b"other")
    assert read(tmp_path / "moved", text).digest == read(tmp_path, text).digest


BAD = {
    "empty": ("", "1: there is nothing in it"),
    "no map": ("- a\n", "1: a specification must be a map"),
    "broken": ("matrix: [a\n", "2: "),
    "two documents": (GOOD + "---\na: b\n", "expected a single document"),
    "unknown key": (GOOD + "jobs: 2\n", "10: a specification has no 'jobs'"),
    "twice": (GOOD + "title: b\n", "10: title stands here twice (first in line 1)"),
    "key that is a list": ("? [a]\n: b\n", "1: a key must be a word"),
    "no cells": ("title: a\n", "1: there is no cell"),
    "no rom": ("matrix: {model: dipper, region: cn}\n", "1: the matrix needs rom:"),
    "unknown axis": (GOOD.replace("  rom:", "  colour: red\n  rom:"), "5: matrix has no 'colour'"),
    "model": (GOOD.replace("dipper", "diper"), "3: there is no model 'diper'; did you mean dipper"),
    "region": (GOOD.replace("region: cn", "region: eu"), "4: there is no region 'eu'"),
    "rom": (GOOD.replace("global]", "china]"), "5: there is no rom 'china'"),
    "twice the same": (GOOD.replace("[cn, global]", "[cn, cn]"), "5: rom has 'cn' twice"),
    "an empty list": (GOOD.replace("[cn, global]", "[]"), "5: rom is empty"),
    "a map for a word": (GOOD.replace("model: dipper", "model: {a: b}"), "3: model must be a list"),
    "a null": (GOOD.replace("region: cn", "region: ~"), "4: region must be a word"),
    "a market that never was": (
        GOOD.replace("dipper", "sirius").replace("region: cn", "region: global"),
        "sirius was made for cn only; exclude it",
    ),
    "lock": (GOOD.replace("  rom:", "  lock: open\n  rom:"), "5: there is no lock 'open'"),
    "policy": (GOOD.replace("  rom:", "  policy: [x]\n  rom:"), "5: there is no policy 'x'"),
    "path": (GOOD.replace("  rom:", "  path: usb\n  rom:"), "5: there is no path 'usb'"),
    "key": (GOOD.replace("  rom:", "  key: oem\n  rom:"), "5: there is no key 'oem'"),
    "tamper": (GOOD.replace("  rom:", "  tamper: flipboot\n  rom:"), "did you mean flip-boot"),
    "nothing fits": (GOOD.replace("  - verdict: b", "  - when: {rom: cn}\n    verdict: b"),
                     "no rule says what dipper/cn/global"),  # fmt: skip
    "a rule that never decides": (GOOD + "  - verdict: home\n", "10: this rule never decides"),
    "a value that no cell has": (GOOD.replace("{rom: cn}", "{rom: reseller}"), "no cell has rom"),
    "a condition on nothing": (GOOD.replace("{rom: cn}", "{roms: cn}"), "a condition has no 'roms'"),
    "a fate that is none": (GOOD.replace("home green", "fine"), "8: a verdict begins with home"),
    "braces": (GOOD.replace("{region}", "{market}"), "9: 'brick region-mismatch made-for={market}"),
    "an attribute in braces": (GOOD.replace("{region}", "{region.x}"), "9: "),
    "open braces": (GOOD.replace("{region}", "{region"), "9: "),
    "a rule without a verdict": (GOOD.replace("verdict: home", "flash: done #"), "needs verdict:"),
    "flash": (GOOD + "    flash: maybe\n", "10: flash is done or refused"),
    "expect is a word": (GOOD[: GOOD.index("expect:")] + "expect: home\n", "expect must be a list"),
    "short row": (GOOD + "  - {columns: [rom, lock], rows: [[cn, home]]}\n", "10: a row here has 2"),
    "a column that is none": (GOOD + "  - {columns: [size], rows: []}\n", "10: there is no axis"),
    "a table without rows": (GOOD + "  - {columns: [rom]}\n", "10: a table has columns: and rows:"),
    "excludes nothing": (GOOD + "exclude: [{rom: cn}, {rom: cn}]\n", "10: this excludes nothing"),
    "include lacks": (GOOD + "include: [{model: dipper, rom: cn}]\n", "10: the row needs region:"),
    "include again": (GOOD + "include: [{model: dipper, region: cn, rom: cn}]\n", "there already"),
    "include knows not": (GOOD + "include: [{model: dipper, os: miui}]\n", "10: a row has no 'os'"),
    "a ROM's key": (GOOD + "roms: {a: {like: cn, sign: x}}\n", "10: a ROM has no 'sign'"),
    "a ROM like none": (GOOD + "roms: {a: {like: eu}}\n", "10: there is no ROM 'eu'"),
    "a ROM of nothing": (GOOD + "roms: {a: {sign-with: oem}}\n", "10: a ROM needs like:"),
    "a ROM's name": (GOOD + "roms: {a/b: {like: cn}}\n", "10: 'a/b' cannot be a name"),
    "a name that is taken": (GOOD + "roms: {cn: {like: cn}}\n", "10: 'cn' is there already"),
    "a signer": (GOOD + "roms: {a: {like: cn, sign-with: me}}\n", "10: sign-with is one of"),
    "an index": (GOOD + "roms: {a: {like: cn, rollback: 65}}\n", "10: rollback is lower"),
    "a file that is not there": (GOOD + "roms: {a: {like: cn, images: {boot: no}}}\n", "no file"),
    "a package that is none": (GOOD + "roms: {a: {package: .}}\n", "it has no images/"),
    "a manifest's line": (GOOD + 'roms: {a: {like: cn, keys: {b: "c\\nd"}}}\n', "one word or line"),
    "a tamper's part": (GOOD + "tampers: {a: {flip: cust}}\n", "10: flip can be of boot"),
    "where": (GOOD + "tampers: {a: {flip: boot, at: 1}}\n", "10: at: says where"),
    "where, of nothing": (GOOD + "tampers: {a: {at: 0.5}}\n", "10: at: goes with flip or cut"),
    "a zip from the factory": (GOOD.replace("  rom:", "  tamper: flip-zip\n  rom:"),
                               "a zip is for the path sideload"),  # fmt: skip
    "an image by sideload": (
        GOOD.replace("  rom:", "  tamper: flip-boot\n  path: sideload\n  rom:"),
        "the zip is flipped or cut",
    ),
    "wait": (GOOD + "wait: long\n", "10: wait is true or false"),
    "too many": (
        "matrix: {model: all, region: all, rom: [%s]}\n" % ", ".join(f"r{i}" for i in range(9999))
        + "roms:\n" + "".join(f"  r{i}: {{like: cn}}\n" for i in range(9999)),
        "1: ",
    ),  # fmt: skip
    "deep": ("a: " + "[" * 40 + "]" * 40 + "\n", "too deep"),
    "a bomb": (
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)),
        "too many aliases",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_specification_is_refused_at_its_line(tmp_path, name):
    text, says = BAD[name]
    with pytest.raises(LabError) as refused:
        read(tmp_path, text)
    assert refused.value.code == WRONG_WORDS
    assert f"{tmp_path}/s.yaml:" in str(refused.value) and says in str(refused.value)


@pytest.mark.parametrize(
    "data, says", [(b"title: \xff\n", "not UTF-8"), (b"a: " + b"x" * (2 << 20), "larger than")]
)
def test_bytes_that_are_no_text(tmp_path, data, says):
    (tmp_path / "s.yaml").write_bytes(data)
    with pytest.raises(LabError, match=says):
        spec.read(tmp_path / "s.yaml")


def test_a_missing_file_and_unknown_names_on_the_command_line(tmp_path):
    for words, says in (
        (("nowhere.yaml",), "nowhere.yaml: No such file"),
        ((ROOT / "tests/matrix/policy.yaml", "--only", "x/*"), "no cell has such a name"),
        ((ROOT / "tests/matrix/policy.yaml", "--shard", "3/2"), "say K/N"),
        (("merge",), "no result files"),
        (("merge", "nowhere.jsonl"), "nowhere.jsonl: No such file"),
    ):
        done = phone("matrix", *map(str, words))
        assert done.returncode == 2 and says in done.stderr, done.stderr


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "matrix").glob("*.yaml")), ids=lambda f: f.stem)
def test_the_examples_are_good_and_listed(file):
    done = phone("matrix", str(file), "--list")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == len(spec.read(file).cells)


def test_the_policy_matrix_is_every_model_market_rom_lock_and_policy():
    found = spec.read(ROOT / "tests" / "matrix" / "policy.yaml")
    assert len(found.cells) > 600 and len(set(found.cells)) == len(found.cells)
    assert {cell.model for cell in found.cells} == set(catalog.models())
    assert {cell.rom for cell in found.cells} >= set(catalog.roms())
    combinations = {(cell.lock, cell.policy) for cell in found.cells}
    assert combinations == {(lk, p) for lk in catalog.LOCKS for p in catalog.POLICIES}
