# SPDX-License-Identifier: MIT
"""The runner of planted mistakes (tests/mutants): its tables, and what it does to a copy."""

from __future__ import annotations

import re
import subprocess
import sys
import threading

import pytest
from conftest import ROOT

HERE = ROOT / "tests" / "mutants"
sys.path.insert(0, str(HERE))

import pool  # noqa: E402
import report  # noqa: E402
import table  # noqa: E402
import tree  # noqa: E402

ROW = "- {name: n, file: README.md, find: '# Flashlab', instead: x, tests: [policy]}\n"


@pytest.mark.soak  # `make mutants` says it at once, too
def test_every_mistake_can_be_made():
    assert len(table.load()) >= 60


def test_every_test_that_a_row_names_is_there():
    words = set(re.findall(r"'(\w+)'", (ROOT / "tests" / "meson.build").read_text()))
    rows = [row for file in HERE.glob("*.yaml") for row in table.yaml.safe_load(file.read_text())]
    for test in {test for row in rows for test in row.get("tests", ())}:
        node = test.removesuffix(tree.PHONE).removesuffix(tree.PAGE)
        if ".py" not in node:
            assert node in words, test
            continue
        file, _, function = node.partition("::")
        text = (ROOT / "tests" / file).read_text()
        assert not function or f"def {function.partition('[')[0]}(" in text, test


@pytest.mark.parametrize("rows, says", [
    (ROW * 2, "another row called `n`"),
    (ROW.replace("# Flashlab", "no such words"), "0 times, not once"),
    (ROW.replace("README.md", "nowhere.c"), "is not there"),
    (ROW.replace("instead: x", "instead: '# Flashlab'"), "it changes nothing"),
    (ROW.replace(", tests: [policy]", ""), "either tests, or equivalent"),
    (ROW.replace("tests:", "equivalent: because, tests:"), "either tests, or equivalent"),
    (ROW.replace("name: n", "name: n, colour: red"), "no row has colour"),
    ("- 1\n", "a row has name, file, find and instead"),
], ids=lambda text: text[:30])  # fmt: skip
def test_rows_that_cannot_be_used(tmp_path, rows, says):
    (tmp_path / "bad.yaml").write_text(rows)
    with pytest.raises(table.TableError, match=re.escape(says)):
        table.load(tmp_path)


def test_a_mistake_is_made_and_taken_back(tmp_path):
    copy = tree.Tree()
    copy.root = tmp_path
    (tmp_path / "file.c").write_text("return OK;\n")
    mutant = table.Mutant("n", "file.c", "OK", "E", ("policy",), "")
    with pytest.raises(tree.TreeError, match="file.c: n: it does not build"):
        with copy.mistaken(mutant):
            assert (tmp_path / "file.c").read_text() == "return E;\n"
            raise tree.TreeError("it does not build")
    assert (tmp_path / "file.c").read_text() == "return OK;\n"


def test_what_lived_is_told_and_fails(capsys):
    mutants = [table.Mutant(name, "a/b.c", "", "", (), "") for name in "xyzb"]
    fates = ["killed", "lived", "equivalent", "broken"]
    outcomes = [report.Outcome(*both, "why") for both in zip(mutants, fates)]
    assert report.summary(outcomes, 1.0) == 1
    told = capsys.readouterr().out
    assert "lived: a/b.c: y" in told and "broken: a/b.c: b" in told
    assert "4 mutants: 1 killed, 1 lived, 1 equivalent; 50.0 % of those that matter" in told
    assert report.summary(outcomes[:3:2], 1.0) == 0
    assert report.summary(outcomes[3:], 1.0) == 1


def test_a_run_goes_on_where_it_was_broken_off_on_the_same_tree_only(tmp_path):
    mutants = [table.Mutant(name, "a/b.c", "", "", (), "") for name in "xy"]
    file = tmp_path / "mutants.jsonl"
    first = report.Record(file, "tree 1", False)
    first.add(report.Outcome(mutants[0], "killed", "why"))
    first.add(report.Outcome(mutants[1], "broken", "why"))
    again = report.Record(file, "tree 1", True).of(mutants)
    assert again == [report.Outcome(mutants[0], "killed", "why")]  # the broken row once more
    assert report.Record(file, "tree 2", True).of(mutants) == []
    first.add(again[0])
    assert report.Record(file, "tree 2", False).of(mutants) == []


class FakeTree:
    """What a pool asks of a tree; `made` knows all of them."""

    made: list["FakeTree"] = []

    def __init__(self) -> None:
        FakeTree.made.append(self)
        self.busy = self.gone = False
        self.stopped = threading.Event()

    def make(self) -> None:
        pass

    def stop(self) -> None:
        self.stopped.set()

    def remove(self) -> None:
        self.gone = True

    def work(self, both: threading.Barrier) -> None:
        assert not self.busy  # nobody else is in it
        self.busy = True
        both.wait(60)
        self.busy = False


@pytest.fixture
def trees(monkeypatch):
    monkeypatch.setattr(pool, "Tree", FakeTree)
    monkeypatch.setattr(FakeTree, "made", [])
    return FakeTree.made


def test_copies_work_side_by_side_and_each_row_has_one_to_itself(trees):
    both = threading.Barrier(2)
    with pool.Pool(2) as two:
        done = [what for what, _ in two.each(lambda tree, _: tree.work(both), range(8))]
    assert sorted(done) == list(range(8)) and len(trees) == 2 and all(tree.gone for tree in trees)


def test_an_interruption_ends_what_is_running_and_leaves_no_copy(trees):
    with pytest.raises(KeyboardInterrupt):
        with pool.Pool(2) as two:
            jobs = iter(two.each(lambda tree, first: first or tree.stopped.wait(60), [1] + [0] * 9))
            assert next(jobs) == (1, 1)
            raise KeyboardInterrupt
    assert all(tree.gone for tree in trees)


def test_words_that_fit_no_row_and_unknown_options():
    for words, says in ((["no such row"], "no mutant has"), (["--fast"], "unrecognized")):
        done = subprocess.run(
            ["/usr/bin/python3", HERE, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2 and says in done.stderr
