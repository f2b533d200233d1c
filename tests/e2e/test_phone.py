# SPDX-License-Identifier: MIT
"""scripts/phone itself, with phones that misbehave: on the fake QEMU (fake_qemu.py)."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios
import time

import pytest
from conftest import HANG_S, PHONE, last_line, phone, processes_in, without_display

from lab import fuses, verdict
from lab.errors import LabError

BRICK = "verdict: brick region-mismatch made-for=cn rom=global"


def start(fake, story, *words):
    """scripts/phone run, not waited for."""
    return subprocess.Popen(
        [PHONE, "run", "fake", "--headless", *words],
        text=True,
        env={**without_display(), **fake.env(story)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_until(look, what):
    deadline = time.monotonic() + HANG_S
    while not look():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def left_behind(fake):
    there = {file.name for file in fake.phone_folder.iterdir()}
    known = "phone.json nor.img trace.jsonl log.txt screen.png lock arguments fuses.seen"
    return there - set(known.split())


@pytest.mark.parametrize(
    "story, words",
    [
        ("brick", "brick region-mismatch made-for=cn rom=global"),
        ("home", "home green rom=cn"),
        ("torn", "home green rom=cn"),
    ],
)
def test_the_last_line_is_the_verdict(fake, story, words):
    done = fake(story, "run", "fake", "--headless")
    assert (done.returncode, done.stdout) == (0, f"verdict: {words}\n"), done.stderr
    assert left_behind(fake) == set()


@pytest.mark.parametrize(
    "expected, code",
    [
        ("brick", 0),
        ("brick region-mismatch", 0),
        ("home", 1),
        ("brick rollback", 1),
        ("brick region", 1),
    ],
)
def test_an_expectation_decides_the_exit_code(fake, expected, code):
    done = fake("brick", "run", "fake", "--headless", "--expect", expected)
    assert done.returncode == code
    assert last_line(done) == BRICK


def test_a_phone_that_hangs_is_told_with_what_was_seen_last(fake):
    done = fake("hang", "run", "fake", "--headless", "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (3, "verdict: none timeout\n")
    assert "the phone hangs" in done.stderr and "the ROM's kernel is started" in done.stderr
    assert "{" not in done.stderr
    assert processes_in(fake.phone_folder) == [] and left_behind(fake) == set()


def test_a_silent_phone_hangs_too(fake):
    done = fake("silent", "run", "fake", "--headless", "--timeout", "0.5")
    assert done.returncode == 3 and "nothing was heard of it" in done.stderr


def test_a_qemu_that_will_not_end_is_ended(fake):
    done = fake("ignoring", "run", "fake", "--headless", "--timeout", "0.5")
    assert done.returncode == 3
    assert processes_in(fake.phone_folder) == []


def test_a_phone_that_goes_off_before_a_verdict(fake):
    done = fake("off", "run", "fake", "--headless")
    assert (done.returncode, done.stdout) == (1, "verdict: none off\n")
    assert "switched itself off before a verdict" in done.stderr


def test_what_qemu_says_is_passed_on(fake):
    done = fake("fails", "run", "fake", "--headless")
    assert (done.returncode, done.stdout) == (3, "verdict: none qemu\n")
    assert "flux capacitor" in done.stderr


@pytest.mark.parametrize(
    "story, kind", [("full", "disk-full"), ("halted", "disk-full"), ("killed", "killed")]
)
def test_the_lab_s_own_failures_are_told_apart(fake, story, kind):
    done = fake(story, "run", "fake", "--headless", "--timeout", "0.5")
    assert (done.returncode, last_line(done)) == (3, f"verdict: none {kind}"), done.stderr


def test_the_last_line_as_json_and_the_trace_in_a_file(fake):
    out = fake.folder / "boot.jsonl"
    words = ("--headless", "--json", "--trace", str(out))
    done = fake("brick", "run", "fake", *words, "--expect", "home")
    said = json.loads(done.stdout)
    assert (done.returncode, said["exit"], said["expected"]) == (1, 1, "home")
    assert f"verdict: {said['verdict']}" == BRICK and said["phone"]["model"] == "dipper"
    assert out.read_bytes() == (fake.phone_folder / "trace.jsonl").read_bytes() != b""
    done = fake("hang", "run", "fake", *words, "--timeout", "0.5")
    said = json.loads(done.stdout)
    assert (done.returncode, said["verdict"], said["exit"]) == (3, "none timeout", 3)
    assert "the phone hangs" in said["why"] and b"region-mismatch" not in out.read_bytes()
    done = fake("brick", "run", "fake", "--headless", "--trace", "/dev/full")
    assert done.returncode == 1 and done.stderr.endswith("--trace /dev/full: No space left on device\n")
    done = fake("brick", "run", "fake", "--headless", "--trace", str(fake.folder))
    assert done.returncode == 2 and "name a file" in done.stderr and not done.stdout


def test_a_phone_that_cannot_be_made_gives_no_verdict(fake):
    done = fake("brick", "run", "--fresh", "--headless")
    assert (done.returncode, last_line(done)) == (3, "verdict: none lab")
    assert "not built yet" in done.stderr


def test_a_missing_qemu_is_named(fake):
    (fake.folder / "qemu-system-aarch64").unlink()
    (fake.folder / "setpriv").symlink_to("/usr/bin/setpriv")
    done = phone("run", "fake", "--headless", env={**fake.env("brick"), "PATH": str(fake.folder)})
    assert done.returncode == 3 and "qemu-system-arm" in done.stderr
    assert left_behind(fake) == set()


def test_the_log_cannot_steer_the_terminal(fake):
    done = fake("escapes", "run", "fake", "--headless")
    assert "first [2Jline\u4e2d\n" in done.stderr and "\x1b" not in done.stderr
    assert (fake.phone_folder / "log.txt").read_bytes().startswith(b"first \x1b[2J")


def test_tampered_fuses_are_reported(fake):
    done = fake("tamper", "run", "fake", "--headless")
    assert done.returncode == 1
    assert "tampered with during the run: a burned fuse came back" in done.stderr


def test_fuses_edited_between_two_runs_are_reported_once(fake):
    nor = fake.phone_folder / "nor.img"

    def edit(value):
        with open(nor, "r+b") as file:
            file.seek(fuses.FUSES_OFFSET + fuses.ROLLBACK[0])
            file.write(bytes([value]))

    for value, code in ((0xF0, 0), (0xF0, 0), (0xE0, 0), (0xF0, 1), (0xF0, 0)):
        edit(value)
        done = fake("brick", "run", "fake", "--headless")
        assert done.returncode == code, f"{value:#x}"
        assert ("tampered with since the last run" in done.stderr) == (code == 1)


@pytest.mark.parametrize(
    "before, after, says",
    [
        ({}, {}, None),
        ({}, {132: 0xFE}, None),
        ({132: 0xFE}, {132: 0xFC, 133: 0}, None),
        ({132: 0xFC}, {132: 0xFE}, "came back"),
        ({0: 0x46}, {0: 0x40}, "record changed"),
        ({}, {140: 0xFE, 171: 0}, None),
        ({}, {131: 0xFE}, "record changed"),
        ({}, {172: 0xFE}, "record changed"),
        ({171: 0}, {171: 1}, "came back"),
    ],
)
def test_fuse_changes(before, after, says):
    def sector(changes):
        data = bytearray(b"\xff" * 256)
        for offset, value in changes.items():
            data[offset] = value
        return bytes(data)

    found = fuses.tampering(sector(before), sector(after))
    assert found is None if says is None else says in found


def test_fuses_are_compared_whatever_became_of_the_run(tmp_path):
    def edit(value: int) -> None:
        data = bytearray(fuses.FUSES_OFFSET + 4096)
        data[fuses.FUSES_OFFSET + fuses.ROLLBACK[0]] = value
        (tmp_path / "nor.img").write_bytes(data)

    edit(0xF0)
    with pytest.raises(LabError, match="tampered with during the run: a burned fuse came back"):
        with fuses.watched(tmp_path):
            edit(0xFC)
            raise OSError("QEMU failed")
    with pytest.raises(OSError, match="QEMU failed"):
        with fuses.watched(tmp_path):
            raise OSError("QEMU failed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(fake, number):
    running = start(fake, "hang")
    wait_until(
        lambda: (fake.phone_folder / "log.txt").exists()
        and (fake.phone_folder / "log.txt").stat().st_size > 0,
        "it never started",
    )
    running.send_signal(number)
    out, _ = running.communicate(timeout=HANG_S)
    assert (running.returncode, out) == (128 + number, "verdict: none interrupted\n")
    assert processes_in(fake.phone_folder) == [] and left_behind(fake) == set()


def test_qemu_dies_with_a_killed_script(fake):
    running = start(fake, "hang")
    wait_until(lambda: (fake.phone_folder / "qmp.sock").exists(), "it never started")
    assert fake("hang", "shot", "fake", "-o", str(fake.folder / "x.png")).returncode == 0
    assert len(processes_in(fake.phone_folder)) == 1
    running.kill()
    running.communicate(timeout=HANG_S)
    wait_until(lambda: not processes_in(fake.phone_folder), "QEMU outlived its script")
    assert fake("brick", "run", "fake", "--headless").returncode == 0


def test_a_running_phone_is_not_run_twice_nor_removed_but_shot(fake):
    running = start(fake, "brick", "--stay")
    try:
        assert running.stdout.readline() == BRICK + "\n"
        again = fake("brick", "run", "fake", "--headless")
        assert again.returncode == 3 and "already running" in again.stderr
        gone = fake("brick", "rm", "--yes", "fake")
        assert gone.returncode == 1 and "already running" in gone.stderr
        assert fake.phone_folder.is_dir()
        assert fake("brick", "list").stdout.startswith("fake  brick ")
        target = fake.folder / "now.png"
        shot = fake("brick", "shot", "fake", "-o", str(target))
        assert shot.returncode == 0 and "running" in shot.stderr, shot.stderr
        assert target.read_bytes().startswith(b"P6")
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=HANG_S)
    assert left_behind(fake) == set()


def test_shot_of_a_phone_that_is_off_says_so(fake):
    none = fake("brick", "shot", "fake", "-o", str(fake.folder / "x.png"))
    assert none.returncode == 1 and "no picture of it yet" in none.stderr
    fake("brick", "run", "fake", "--headless")
    shot = fake("brick", "shot", "fake", "-o", str(fake.folder / "x.png"))
    assert shot.returncode == 0 and "is off" in shot.stderr
    assert (fake.folder / "x.png").is_file()


def test_list_and_rm(fake):
    assert "fake" in fake("brick", "list").stdout
    asked = fake("brick", "rm", "fake")
    assert asked.returncode == 2 and "--yes" in asked.stderr and fake.phone_folder.is_dir()
    assert fake("brick", "rm", "--yes", "fake", "nobody").returncode == 2
    assert fake.phone_folder.is_dir()  # one wrong name, and none is removed
    assert fake("brick", "rm", "--yes", "fake").returncode == 0
    assert list(fake.phone_folder.parent.iterdir()) == []


@pytest.mark.parametrize(
    "words, says",
    [
        (
            ("run", "--fresh", "--model", "diper"),
            ("no MODEL 'diper'; did you mean dipper?", "Mi 8, 2018"),
        ),
        (("run", "--fresh", "--region", "eu"), ("no REGION 'eu'", "cn", "global")),
        (("run", "--fresh", "--rom", "chinese"), ("no ROM 'chinese'", "cn", "global", "reseller")),
        (("run", "--fresh", "--lock", "open"), ("no LOCK 'open'", "locked", "unlocked")),
        (
            ("run", "--fresh", "--policy", "all"),
            ("no POLICY 'all'", "announced", "shipped", "none"),
        ),
        (
            ("run", "--fresh", "--expect", "bricked"),
            ("no EXPECT 'bricked'; did you mean brick?", "dead"),
        ),
        (("run", "--fresh", "--model", "../dipper"), ("no MODEL",)),
        (("run",), ("which phone?",)),
        (("run", "fake", "--fresh"), ("either",)),
        (("run", "fake", "--rom", "cn"), ("--rom", "decided when it was made")),
        (("run", "fake", "--trace", "/nowhere/x.jsonl"), ("no such folder",)),
        (("run", "fakr"), ("no phone 'fakr'; did you mean fake?",)),
        (("run", "../fake"), ("cannot be a phone's name",)),
        (("new", "A Phone"), ("cannot be a phone's name",)),
        (("new", "fake"), ("a phone fake already",)),
        (("run", "--fresh", "--keep", "fake"), ("a phone fake already",)),
        (("explain", "nobody"), ("no phone 'nobody'",)),
        (("rm", "--yes", "nobody"), ("no phone 'nobody'",)),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(fake, words, says):
    done = fake("brick", *words)
    assert done.returncode == 2 and done.stdout == ""
    for part in says:
        assert part in done.stderr


def test_explain_needs_a_trace(fake):
    done = fake("brick", "explain", "fake")
    assert done.returncode == 1 and "no trace yet" in done.stderr


def test_an_option_is_a_whole_word():
    for words in (
        ["run", "--fresh", "--headl"],
        ["matrix", "a.yaml", "--li"],
        ["account", "bind", "a", "--acc"],
    ):
        done = phone(*words)
        assert done.returncode == 2
        assert done.stderr.startswith(f"phone: unrecognized arguments: {words[-1]}\n"), words


def test_who_mistypes_hears_what_was_meant_and_where_help_is():
    for words, says in (
        (["matirx", "a.yaml"], "there is no 'matirx'; did you mean matrix?\nhelp: scripts/phone --help\n"),
        (["account", "bnd", "a"], "did you mean bind?\nhelp: scripts/phone account --help\n"),
        (["power", "on", "a"], "there is no 'a' (one of: on, off, cut)\n"),
        ([], "help: scripts/phone --help\n"),
    ):
        done = phone(*words)
        assert done.returncode == 2 and done.stdout == "" and says in done.stderr, words
    assert phone("help", "power").stdout == phone("power", "--help").stdout


@pytest.mark.parametrize("command", ["new", "run", "shot", "explain", "list", "rm"])
def test_each_command_has_help_with_examples(command):
    done = phone(command, "--help")
    assert done.returncode == 0 and f"scripts/phone {command}" in done.stdout.split("examples:")[1]


def in_terminal(fake, **env):
    """What a person sees who runs it in a terminal: (exit code, all that was printed)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    os.set_blocking(ours, True)
    running = subprocess.Popen(
        [PHONE, "run", "fake"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**without_display(), **fake.env("brick"), **env},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            seen += os.read(ours, 65536)
        except OSError:  # the terminal's other end is closed
            break
    os.close(ours)
    return running.wait(HANG_S), seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "env, mark",
    [
        ({"TERM": "xterm-256color"}, "drawn: --animate=off --symbols=block --size=98x35 screen.png"),
        ({"TERM": "dumb"}, "not drawn"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "not drawn"),
    ],
)
def test_a_terminal_shows_log_screen_place_verdict_and_where_to_ask_why(fake, env, mark):
    chafa = fake.folder / "chafa"
    chafa.write_text('#!/bin/sh\necho "drawn: $1 $2 $3 $(basename "$4")"\n')
    chafa.chmod(0o755)
    code, seen = in_terminal(fake, **env)
    assert code == 0 and mark in seen
    assert seen.index("hello") < seen.index(mark) < seen.index("the screen as a picture")
    assert seen.endswith(f"screen.png\n{BRICK}\nwhy: scripts/phone explain fake\n")


def windowed(fake, story, windows):
    return fake(story, "run", "fake", env={"DISPLAY": ":97", "FAKE_WINDOWS": windows})


@pytest.mark.parametrize(
    "windows, option",
    [
        ("none\ngtk\nsdl", "gtk,zoom-to-fit=on"),
        ("sdl\nnone", "sdl"),
        ("none", "none"),
    ],
)
def test_a_display_opens_the_best_window_there_is(fake, windows, option):
    done = windowed(fake, "closed", windows)
    arguments = (fake.phone_folder / "arguments").read_text().split("\n")
    assert arguments[arguments.index("-display") + 1] == option
    assert (done.returncode, done.stdout) == (0, BRICK + "\n")
    assert ("qemu-system-gui" in done.stderr) == (option == "none")


@pytest.mark.parametrize(
    "windows, option, says",
    [
        ("none\ngtk\nsdl", "sdl,full-screen=on", "Ctrl-Alt-F"),
        ("none\ngtk", "gtk,zoom-to-fit=on", "keeps a phone's shape"),
    ],
)
def test_a_projector_is_filled_without_stretching_the_phone(fake, windows, option, says):
    env = {"DISPLAY": ":97", "FAKE_WINDOWS": windows, "FULL": "1"}
    done = fake("closed", "run", "fake", env=env)
    arguments = (fake.phone_folder / "arguments").read_text().split("\n")
    assert arguments[arguments.index("-display") + 1] == option
    assert says in done.stderr


def test_a_window_that_cannot_open_says_how_to_go_without(fake):
    done = windowed(fake, "fails", "gtk")
    assert done.returncode == 3 and "flux capacitor" in done.stderr and "HEADLESS=1" in done.stderr


def test_a_window_closed_before_the_verdict_is_no_failure(fake):
    done = windowed(fake, "off", "gtk")
    assert (done.returncode, done.stdout) == (0, "verdict: none off\n") and "before a verdict" in done.stderr


def test_an_expectation_is_of_whole_words():
    told = "home green rom=cn"
    assert verdict.meets(told, "home") and verdict.meets(told, "home  green")
    assert not verdict.meets(told, "home gr") and not verdict.meets(told, "ho")


def test_verdicts_from_events():
    flow = {"stage": "flow", "event": "verdict", "fate": "boot", "boot_state": "orange"}
    flow["rom"] = "reseller"
    home = {"stage": "rom", "event": "home", "rom": "whatever it says"}
    again = {"stage": "flow", "event": "verdict", "fate": "recovery", "reason": "bcb"}
    assert verdict.words([flow]) is None
    assert verdict.words([home]) is None
    assert verdict.words([flow, home]) == "home orange rom=reseller"
    menu = {"stage": "recovery", "event": "menu"}
    assert verdict.words([flow, home, again]) is None
    assert verdict.words([flow, home, again, menu]) == "recovery bcb"
    assert verdict.words([flow, home, {**again, "screen": "no-recovery"}]) == "recovery bcb"
