# SPDX-License-Identifier: MIT
"""Result files: dealt out, torn, resumed, merged; every cell exactly once, or an error."""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

import pytest
from conftest import ROOT

from lab.errors import LAB_FAILED, WRONG_WORDS, LabError
from lab.matrix import report, results, shard, spec
from lab.matrix.boot import Outcome

POLICY = spec.read(ROOT / "tests" / "matrix" / "policy.yaml")


def outcome_of(cell: spec.Cell) -> Outcome:
    return Outcome(POLICY.expected[cell].verdict, seconds=0.1)


def written(path: Path, part: shard.Shard, outcome=outcome_of) -> Path:
    """The result file of a shard, as a run would leave it."""
    cells = part.part(POLICY.cells)
    writer = results.Writer.anew(path, results.header(POLICY, part, cells))
    for cell in random.Random(str(part)).sample(cells, len(cells)):
        writer.write(results.record(POLICY, cell, outcome(cell)))
    writer.close()
    return path


def merged(files) -> results.Table:
    return results.merge((file, results.read(file)) for file in files)


@pytest.mark.parametrize("count", range(1, 18))
def test_every_cell_is_in_exactly_one_shard_and_merging_gives_the_whole(tmp_path, count):
    parts = [shard.Shard(number, count) for number in range(1, count + 1)]
    dealt = list(itertools.chain.from_iterable(part.part(POLICY.cells) for part in parts))
    assert sorted(dealt) == sorted(POLICY.cells) and len(dealt) == len(POLICY.cells)
    files = [written(tmp_path / f"{part.number}.jsonl", part) for part in parts]
    whole = merged(reversed(files))
    assert whole.header.cells == tuple(cell.name for cell in POLICY.cells)
    assert whole.header == results.header(POLICY, shard.Shard(), POLICY.cells)
    assert set(whole.records) == set(whole.header.cells) and whole.exit_status() == 0
    results.write_whole(whole, tmp_path / "all.jsonl")
    again = results.read(tmp_path / "all.jsonl")
    assert list(again.records) == list(whole.header.cells) and again.header == whole.header


def test_more_shards_than_cells(tmp_path):
    few = POLICY._replace(cells=POLICY.cells[:2])
    assert [len(shard.Shard(n, 5).part(few.cells)) for n in range(1, 6)] == [1, 1, 0, 0, 0]


def test_a_missing_shard_and_a_missing_cell_are_errors_that_are_named(tmp_path):
    files = [written(tmp_path / f"{n}.jsonl", shard.Shard(n, 3)) for n in (1, 2, 3)]
    with pytest.raises(LabError, match="shard 2/3 is missing") as lacking:
        merged([files[0], files[2]])
    assert lacking.value.code == LAB_FAILED
    lines = files[1].read_bytes().splitlines(keepends=True)
    files[1].write_bytes(b"".join(lines[:-2]))
    with pytest.raises(LabError, match="2.jsonl has no result for .* and 1 more"):
        merged(files)
    gone = json.loads(lines[-1])["cell"]
    assert gone in results.read(files[1]).missing()
    assert results.read(files[1]).exit_status() == LAB_FAILED


def test_what_does_not_belong_together_is_not_merged(tmp_path):
    one = written(tmp_path / "1.jsonl", shard.Shard(1, 2))
    other = tmp_path / "2.jsonl"
    other.write_bytes(one.read_bytes())
    with pytest.raises(LabError, match="shard 1/2 comes twice"):
        merged([one, other])
    changed = json.loads(one.read_bytes().splitlines()[0])
    for key, value in (("spec", "0" * 16), ("shard", "2/3")):
        other.write_text(json.dumps({**changed, key: value}) + "\n")
        with pytest.raises(LabError, match="of another matrix"):
            merged([one, other])


@pytest.mark.parametrize(
    "line, says",
    [
        (b"nonsense\n", "3: not a JSON object"),
        (b"[1]\n", "3: not a JSON object"),
        (b'{"cell": "x", "result": "differs"}\n', "3: not a result of this matrix"),
        (b"{}\n", "3: not a result of this matrix"),
    ],
)
def test_a_damaged_line_is_named(tmp_path, line, says):
    file = written(tmp_path / "1.jsonl", shard.Shard(1, 100))
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + lines[1] + line + b"".join(lines[2:]))
    with pytest.raises(LabError, match=says) as refused:
        results.read(file)
    assert refused.value.code == WRONG_WORDS


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b'{"matrix":"a","spec":"b","shard":"0/1","cells":[]}\n', b"x\n"]
)
def test_a_file_that_does_not_begin_like_results(tmp_path, data):
    (tmp_path / "1.jsonl").write_bytes(data)
    with pytest.raises(LabError, match="1.jsonl:1: "):
        results.read(tmp_path / "1.jsonl")


@pytest.mark.parametrize("size", (results.LINE_BYTES_MAX, 1 << 40))
def test_a_line_without_end_is_not_read(tmp_path, size):
    file = written(tmp_path / "1.jsonl", shard.Shard(1, 100))
    lines = file.read_bytes().count(b"\n")
    os.truncate(file, file.stat().st_size + size)
    with pytest.raises(LabError, match=f":{lines + 1}: longer than any result"):
        results.read(file)


def test_what_is_no_file_is_no_results(tmp_path):
    (tmp_path / "1.jsonl").symlink_to("/dev/zero")
    with pytest.raises(LabError, match="it is no plain file"):
        results.read(tmp_path / "1.jsonl")


def test_resuming_does_what_is_not_there_and_what_the_lab_failed_at(tmp_path):
    part = shard.Shard(1, 40)
    head = results.header(POLICY, part, part.part(POLICY.cells))
    failed = head.cells[3]

    def outcome(cell):
        infra = cell.name == failed
        return Outcome("none timeout", why="it hangs", infra=True) if infra else outcome_of(cell)

    file = written(tmp_path / "1.jsonl", part, outcome)
    assert results.to_do(results.read(file), head, file) == [failed]
    data = file.read_bytes()
    last = json.loads(data.splitlines()[-1])["cell"]
    file.write_bytes(data[:-20])  # killed while it wrote
    left = results.to_do(results.read(file), head, file)
    assert set(left) == {failed, last}
    writer = results.Writer.again(file)
    for cell in POLICY.cells:
        if cell.name in left:
            writer.write(results.record(POLICY, cell, outcome_of(cell)))
    writer.close()
    assert results.read(file).exit_status() == 0 and not results.read(file).missing()
    with pytest.raises(LabError, match="of another matrix or shard"):
        results.to_do(results.read(file), head._replace(digest="other"), file)


def test_a_cut_at_every_byte_of_the_last_line_loses_that_line_alone(tmp_path):
    part = shard.Shard(1, 300)
    file = written(tmp_path / "1.jsonl", part)
    data = file.read_bytes()
    begin = data.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(begin, len(data)):
        file.write_bytes(data[:end])
        assert len(results.read(file).missing()) == 1
        results.Writer.again(file).close()
        assert file.read_bytes() == data[:begin]


@pytest.mark.parametrize(
    "outcome, status, line",
    [
        (Outcome("brick no-rom"), 1, "DIFFERS dipper"),
        (Outcome("none off", why="it went off"), 1, "DIFFERS dipper"),
        (Outcome("none disk-full", why="full", infra=True), 3, "LAB     dipper"),
    ],
)
def test_statuses_and_their_lines(tmp_path, outcome, status, line):
    cell = next(cell for cell in POLICY.cells if cell.model == "dipper")
    one = POLICY._replace(cells=[cell])
    writer = results.Writer.anew(tmp_path / "1.jsonl", results.header(one, shard.Shard(), [cell]))
    writer.write(results.record(one, cell, outcome))
    writer.close()
    table = results.read(tmp_path / "1.jsonl")
    assert table.exit_status() == status
    assert any(row.startswith(line) and cell.name in row for row in report.summary(table))


def test_a_verdict_cannot_steer_the_terminal():
    cell = POLICY.cells[0]
    record = results.record(POLICY, cell, Outcome("home green rom=\x1b[2J\n\x07", why="\x1b]0;x"))
    assert "\x1b" not in report.one_line(record) and "\n" not in report.one_line(record)


@pytest.mark.parametrize(
    "environment, expected",
    [
        ({}, "1/1"),
        ({"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "0"}, "1/4"),
        ({"SLURM_ARRAY_TASK_ID": "4", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "1"}, "4/4"),
        ({"JOB_COMPLETION_INDEX": "2", "JOB_COMPLETION_COUNT": "3"}, "3/3"),
        ({"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "6"}, "1/6"),
    ],
)  # fmt: skip
def test_engines_say_which_part_this_is(environment, expected):
    assert str(shard.of_environment(environment)) == expected


@pytest.mark.parametrize(
    "environment",
    [
        {"CI_NODE_INDEX": "1"},
        {"CI_NODE_INDEX": "x", "CI_NODE_TOTAL": "2"},
        {"CI_NODE_INDEX": "3", "CI_NODE_TOTAL": "2"},
        {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "0"},
    ],
)
def test_an_engine_that_says_half_of_it_is_an_error(environment):
    with pytest.raises(LabError, match="say --shard K/N"):
        shard.of_environment(environment)


@pytest.mark.parametrize("text", ["", "1", "0/1", "2/1", "-1/2", "1/2/3", "a/b", "1/9999999", "\u0661/2"])
def test_shards_that_are_none(text):
    with pytest.raises(LabError, match="say K/N"):
        shard.parse(text)
