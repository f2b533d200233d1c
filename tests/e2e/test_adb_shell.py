# SPDX-License-Identifier: MIT
"""adb in the running ROM: enough to ask it what it is, and to send it into fastboot mode."""

from __future__ import annotations

import os
import subprocess
from hashlib import md5
from typing import Iterator

import pytest
from conftest import CLOCK, HANG_S
from story import check_trace, run
from test_sideload import Adb, pytestmark  # noqa: F401

from lab import qemu, store, verdict


@pytest.fixture(scope="module")
def adb(tmp_path_factory) -> Iterator[Adb]:
    client = Adb(tmp_path_factory.mktemp("adb"))
    yield client
    client("kill-server")


@pytest.fixture(scope="module")
def at_home(build, adb) -> Iterator[qemu.RunningPhone]:
    """A phone that tests share; the last of them restarts it."""
    new = store.NewPhone(model="hermes", region="cn", rom="cn", lock="locked", policy="announced",
                         serial="e2e00001", tag="test")  # fmt: skip
    with new, qemu.RunningPhone(new.folder, rtc=CLOCK) as running:
        words = running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert words == "home unverified rom=cn", running.complaint() or running.events
        connect(running, adb)
        yield running
    check_trace(running, verdict.power_ons(running.events))


def connect(running, adb) -> None:
    adb("disconnect")  # only one phone is asked at a time
    where = f"127.0.0.1:{running.ports[qemu.ADB]}"

    def connected():
        return "connected to" in adb("connect", where)[1] or None

    def state():
        return f"{where}\tdevice" in adb("devices")[1] or None

    assert running.wait_for(connected, HANG_S)
    assert running.wait_for(state, HANG_S)


# What a phone of the lab does not do is said at once, and nothing waits.
REFUSED = [
    ("push THERE /tmp/x", 1, "files can be put below /data and /sdcard"),
    ("push THERE /data/../x", 1, "files can be put below /data and /sdcard"),
    ("pull /nowhere THERE", 1, "does not exist"),
    ("reverse tcp:1 tcp:2", 1, "this phone has no network"),
    ("reboot nowhere", 0, "bootloader, recovery, sideload"),
    ("sideload THERE", 1, "closed"),
    ("logcat -d", 127, "logcat: not found"),
    ("root", 0, "adbd is already running as root"),
    ("unroot", 0, "always runs as root"),
    ("remount", 0, "The system is read-only"),
    ("disable-verity", 0, "The system is read-only"),
    ("tcpip 5555", 0, "one connection"),
    ("usb", 0, "one connection"),
]


def test_what_it_does_not_do(at_home, adb, tmp_path):
    package = tmp_path / "some.apk"
    package.write_bytes(b"PK")
    assert adb("get-state")[1] == "device\n"
    wrong = []
    for words, code, text in REFUSED:
        ended, said = adb(*words.replace("THERE", str(package)).split())
        if (ended, text in said) != (code, True):
            wrong.append((words, ended, said))
    assert not wrong, wrong
    assert adb("shell", "echo still there")[1] == "still there\n"


def shell(adb, *words: str, typed: bytes | None = None) -> tuple[int, bytes, bytes]:
    """Its exit status, its output and its errors, apart."""
    done = subprocess.run(["adb", "shell", *words], env=adb.env, input=typed, capture_output=True,
                          stdin=subprocess.DEVNULL if typed is None else None, timeout=HANG_S,
                          check=False)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_exit_status_and_the_two_outputs(at_home, adb):
    assert shell(adb, "exit 7") == (7, b"", b"")
    assert shell(adb, "true") == (0, b"", b"")
    assert shell(adb, "echo out; echo err >&2; exit 3") == (3, b"out\n", b"err\n")
    assert shell(adb, "kill -9 $$")[0] == 137
    code, out, err = shell(adb, "no-such-command")
    assert (code, out) == (127, b"") and b"not found" in err
    # What is typed arrives whole, however slowly it is taken; without a terminal.
    typed = bytes(range(256)) * 3000
    assert shell(adb, "sleep 1; md5sum", typed=typed)[1].split()[0].decode() == md5(typed).hexdigest()
    assert shell(adb, typed=b"echo $((6 * 7))\nexit 4\n")[:2] == (4, b"42\n")
    # A command that closed its outputs and goes on is waited for.
    assert shell(adb, "exec >&- 2>&-; sleep 1; exit 5")[0] == 5
    # On a terminal, which is one: `-t -t` asks for it though there is none here.
    code, out, _ = shell(adb, "-tt", "tty; exit 6")
    assert (code, b"/dev/pts/" in out) == (6, True)


def test_push_and_pull(at_home, adb, tmp_path):
    sent = tmp_path / "sent"
    (sent / "below").mkdir(parents=True)
    for name, size in (("empty", 0), ("one", 1), ("below/more", 3_000_001)):
        (sent / name).write_bytes(os.urandom(size))
    code, said = adb("push", sent, "/data/local/tmp/there")
    assert code == 0 and "3 files pushed" in said, said
    assert adb("shell", "cat /data/local/tmp/there/below/more | wc -c")[1].strip() == "3000001"
    code, said = adb("pull", "/data/local/tmp/there", tmp_path / "back")
    assert code == 0, said
    for name in ("empty", "one", "below/more"):
        assert (tmp_path / "back" / name).read_bytes() == (sent / name).read_bytes()
    assert adb("push", sent / "one", "/sdcard/")[0] == 0
    assert adb("shell", "ls /sdcard")[1].strip() == "one"
    assert adb("pull", "/proc/version", tmp_path / "version")[0] == 0
    assert "Linux" in (tmp_path / "version").read_text()
    # More than there is room for is refused in words, and the room comes back.
    with open(tmp_path / "large", "wb") as large:
        large.truncate(200 << 20)
    code, said = adb("push", tmp_path / "large", "/data/local/tmp/large")
    assert code != 0 and "No space left" in said, said
    assert adb("push", sent / "below" / "more", "/data/local/tmp/again")[0] == 0


def test_reboot_recovery(at_home, adb):
    """The last one with the shared phone."""
    seen = len(at_home.events)
    adb("reboot", "recovery")

    def decided():
        return next(filter(verdict.is_verdict, at_home.events[seen:]), None)

    said = at_home.wait_for(decided, HANG_S)
    assert said and (said["fate"], said["reason"]) == ("recovery", "bcb"), at_home.events[-3:]


def test_reboot_sideload(factory, adb):
    def then(running):
        connect(running, adb)
        seen = len(running.events)
        adb("reboot", "sideload")

        def waiting():
            return any(e.get("page") == "waiting" for e in running.events[seen:]) or None

        assert running.wait_for(waiting, HANG_S), running.events[-5:]

    assert run(factory("hermes", "cn", "cn"), then, verdicts=2).words == "home unverified rom=cn"


def test_ask_and_restart(factory, adb):
    folder = factory("hermes", "cn", "reseller")

    def then(running):
        connect(running, adb)
        said = adb("shell", "getprop", "ro.build.version.incremental")[1]
        assert said.strip() == "V8.1.1.0.0.LHMMIDI"
        assert "test-keys" in adb("shell", "getprop")[1]
        # More than fits a pipe, and an end that the client sees.
        code, said = adb("shell", "seq 1 30000; echo the end")
        assert code == 0 and len(said.split()) == 30002 and said.endswith("the end\n")
        assert adb("shell", "no-such-command")[1].strip().endswith("not found")
        # One that never ends goes with its client, and others are served meanwhile.
        endless = adb.start("shell", "yes")
        assert adb("shell", "echo meanwhile")[1] == "meanwhile\n"
        endless.kill()
        endless.communicate()

        def gone():
            return None if "yes" in adb("shell", "ps")[1].split() else True

        assert running.wait_for(gone, HANG_S)
        seen = len(running.events)
        adb("reboot", "bootloader")
        assert running.wait_for(lambda: verdict.words(running.events[seen:]), HANG_S) == "fastboot bcb"

    assert run(folder, then, verdicts=2).words == "home unverified rom=reseller"
