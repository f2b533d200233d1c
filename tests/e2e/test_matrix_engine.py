# SPDX-License-Identifier: MIT
"""scripts/phone matrix from its words to its exit status, with phones and computers that misbehave."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import HANG_S, phone, processes_in
from fake_pack import STEM, Matrix

BRICK = "brick region-mismatch"
QUICK = ("--timeout", "0.7")


def left_of_phones(matrix: Matrix) -> list[str]:
    phones = matrix.folder / "build" / "phones"
    return [path.name for path in phones.iterdir()] if phones.is_dir() else []


def wait_for_results(matrix: Matrix, count: int) -> None:
    deadline = time.monotonic() + HANG_S
    while not matrix.out.exists() or len(matrix.out.read_bytes().splitlines()) < count + 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_all_as_expected(tmp_path):
    matrix = Matrix(tmp_path, {"brick": BRICK, "home": "home green rom=cn"}, each=3)
    done = matrix.run("--jobs", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "matrix: 6 cells: 6 as expected, 0 differ"
    assert {record["result"] for record in matrix.records()} == {"as-expected"}
    assert {record["verdict"] for record in matrix.records()} == {
        f"{BRICK} made-for=cn rom=global",
        "home green rom=cn",
    }
    assert all(record["trace"][0]["event"] == "verdict" for record in matrix.records())
    assert "cells/s" in done.stderr and not matrix.out.with_suffix(".failures").exists()
    assert left_of_phones(matrix) == [] and processes_in(tmp_path) == []


def test_a_difference_is_named_and_its_files_are_kept(tmp_path):
    matrix = Matrix(tmp_path, {"brick": "home", "home": "home"}, each=1)
    done = matrix.run("--jobs", "1")
    assert done.returncode == 1
    name = "dipper/cn/brick/locked/announced"
    told = f"DIFFERS {name}: {BRICK} made-for=cn rom=global; expected home, by {STEM}.yaml:"
    assert re.search(re.escape(told) + r"\d+$", done.stdout, re.MULTILINE), done.stdout
    assert f"--only '{name}'" in done.stderr and ".failures/" in done.stderr
    assert "1 as expected, 1 differ" in done.stdout
    folder = matrix.out.with_suffix(".failures") / name.replace("/", ",")
    assert b"region-mismatch" in (folder / "trace.jsonl").read_bytes()
    assert (folder / "log.txt").read_bytes() == b"hello\n"
    assert (folder / "screen.png").read_bytes().startswith(b"P6")  # the fake knows no other


@pytest.mark.parametrize(
    "story, status, verdict, says",
    [
        ("hang", 3, "none timeout", "the phone hangs"),
        ("silent", 3, "none timeout", "nothing was heard of it"),
        ("killed", 3, "none killed", "ended by signal 9"),
        ("fails", 3, "none qemu", "flux capacitor"),
        ("full", 3, "none disk-full", "No space left on device"),
        ("halted", 3, "none disk-full", "no room on this computer"),
        ("off", 1, "none off", "switched itself off"),
        ("tamper", 1, "none tampered", "burned fuse came back"),
    ],
)
def test_the_lab_s_failures_are_told_from_the_phone_s(tmp_path, story, status, verdict, says):
    matrix = Matrix(tmp_path, {story: "brick", "brick": "brick"}, each=1)
    done = matrix.run("--jobs", "1", *QUICK)
    assert done.returncode == status, done.stderr
    record = next(record for record in matrix.records() if record["rom"] == story)
    assert record["verdict"] == verdict and says in record["why"]
    assert record["result"] == ("infra" if status == 3 else "differs")
    assert f"dipper/cn/{story}/locked/announced: {verdict}; expected brick" in done.stdout
    assert processes_in(tmp_path) == [] and left_of_phones(matrix) == []


def test_a_missing_qemu_fails_at_once_and_not_a_thousand_times(tmp_path):
    matrix = Matrix(tmp_path, {f"brick{n}": "brick" for n in range(5)}, each=6)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("setpriv",):
        (tools / tool).symlink_to(shutil.which(tool))
    done = matrix.run("--jobs", "2", env={"PATH": str(tools)})
    assert done.returncode == 3
    assert "qemu-system-arm" in done.stderr and "8 times one after the other" in done.stderr
    assert "dipper/cn/" in done.stderr and "22 not done" in done.stdout


def test_the_lab_s_failures_are_tried_again_when_asked(tmp_path):
    matrix = Matrix(tmp_path, {"hang": "brick"}, each=1)
    once = matrix.run(*QUICK)
    assert once.returncode == 3
    begun = time.monotonic()
    again = matrix.run("--retry-infra", "2", *QUICK)
    assert again.returncode == 3 and time.monotonic() - begun > 3 * 0.7
    assert len(matrix.records()) == 1


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with room for little."""
    where = tmp_path / "build"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield where
    subprocess.run(["umount", "-l", where], check=True)


def test_a_full_disk_is_the_lab_s_failure(tmp_path, small_disk):
    matrix = Matrix(tmp_path, {"brick": "brick", "home": "home"}, each=2)
    assert matrix.run("--jobs", "1").returncode == 0
    with open(small_disk / "filler", "wb", buffering=0) as filler:
        with pytest.raises(OSError):
            while True:
                filler.write(bytes(4096))
    done = matrix.run("--jobs", "1", "--out", str(tmp_path / "elsewhere.jsonl"))
    assert done.returncode == 3 and "No space left on device" in done.stderr
    there = matrix.records(tmp_path / "elsewhere.jsonl")
    assert all(record["verdict"] == "none disk-full" for record in there)
    done = matrix.run("--jobs", "1")
    assert done.returncode == 3 and "No space left on device" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_was_done_before_an_end_is_not_done_again(tmp_path, number):
    matrix = Matrix(tmp_path, {"brick": "brick", "hang": "brick"}, each=6)
    running = matrix.start("--jobs", "2", "--timeout", "60")
    wait_for_results(matrix, 6)
    out, err = matrix.end(running, number)
    assert running.returncode == (-9 if number == signal.SIGKILL else 128 + number)
    if number != signal.SIGKILL:
        assert "6 as expected, 0 differ, 6 not done" in out and "--resume goes on" in err
        assert left_of_phones(matrix) == []
    deadline = time.monotonic() + HANG_S
    while processes_in(tmp_path):
        assert time.monotonic() < deadline, "QEMU outlived the matrix"
        time.sleep(0.05)
    first = matrix.records()
    done = matrix.run("--resume", "--jobs", "2", *QUICK)
    assert done.returncode == 3 and "6 boots in" in done.stderr
    assert matrix.records()[:6] == first and len(matrix.records()) == 12
    done = matrix.run("--resume", "--jobs", "2", *QUICK)
    assert "6 boots in" in done.stderr  # the lab's failures once more


def test_a_signal_that_another_thread_takes_ends_it_as_well(tmp_path):
    """The main thread waits for news and is not woken by it; as by one that came just before the wait."""
    matrix = Matrix(tmp_path, {"brick": "brick", "hang": "brick"}, each=1)
    running = matrix.start("--jobs", "1", "--timeout", str(3 * HANG_S))
    wait_for_results(matrix, 1)
    threads = [int(task.name) for task in Path(f"/proc/{running.pid}/task").iterdir()]
    worker = next(thread for thread in threads if thread != running.pid)
    assert ctypes.CDLL(None).tgkill(running.pid, worker, signal.SIGTERM) == 0
    out, err = running.communicate(timeout=HANG_S)
    assert running.returncode == 128 + signal.SIGTERM, err
    assert "1 as expected, 0 differ, 1 not done" in out and left_of_phones(matrix) == []


def test_a_finished_matrix_resumes_to_nothing(tmp_path):
    matrix = Matrix(tmp_path, {"brick": "brick"})
    assert matrix.run().returncode == 0
    done = matrix.run("--resume")
    assert done.returncode == 0 and "nothing was left to do" in done.stderr


def test_shards_merged_are_the_whole(tmp_path):
    matrix = Matrix(tmp_path, {"brick": "brick", "home": "brick"}, each=5)
    assert matrix.run("--jobs", "2").returncode == 1
    files = []
    for number in ("1", "2", "3"):
        files.append(str(tmp_path / f"part{number}.jsonl"))
        env = {"CI_NODE_INDEX": number, "CI_NODE_TOTAL": "3"}
        matrix.run("--jobs", "2", "--out", files[-1], env=env)
    whole = tmp_path / "all.jsonl"
    done = phone("matrix", "merge", *files, "--out", str(whole))
    assert done.returncode == 1 and "matrix: 10 cells: 5 as expected, 5 differ" in done.stdout

    def said(out: Path) -> dict:
        return {r["cell"]: (r["verdict"], r["result"]) for r in matrix.records(out)}

    assert said(whole) == said(matrix.out) and len(said(whole)) == 10
    assert [r["cell"] for r in matrix.records(whole)] == [
        line.split()[0] for line in matrix.run("--list").stdout.splitlines()
    ]
    done = phone("matrix", "merge", files[0], files[2])
    assert done.returncode == 3 and "shard 2/3 is missing" in done.stderr


def test_a_pack_that_is_damaged_or_of_something_else(tmp_path):
    matrix = Matrix(tmp_path, {"brick": "brick"})
    nor = next((tmp_path / "pack" / "objects").glob("*.img.gz"))
    nor.write_bytes(nor.read_bytes()[:-1] + b"x")
    done = matrix.run()
    assert done.returncode == 3 and "is damaged: copy the pack again" in done.stderr
    index = tmp_path / "pack" / "pack.json"
    index.write_text(json.dumps({"disks": {}, "nors": {}, "payloads": {}}))
    done = matrix.run()
    assert done.returncode == 2 and "the pack in" in done.stderr and "has no disk" in done.stderr
    index.write_text("{")
    assert matrix.run().returncode == 2
    index.unlink()
    done = matrix.run()
    assert done.returncode == 2 and "has no pack.json" in done.stderr
