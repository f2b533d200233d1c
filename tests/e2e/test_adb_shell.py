# SPDX-License-Identifier: MIT
"""adb in the running ROM: enough to ask it what it is, and to send it into fastboot mode."""

from __future__ import annotations

import pytest
from conftest import HANG_S
from story import run
from test_sideload import Adb, pytestmark  # noqa: F401

from lab import qemu, verdict


@pytest.fixture
def adb(tmp_path):
    client = Adb(tmp_path)
    yield client
    client("kill-server")


def connect(running, adb) -> None:
    where = f"127.0.0.1:{running.ports[qemu.ADB]}"

    def connected():
        return "connected to" in adb("connect", where)[1] or None

    def state():
        return f"{where}\tdevice" in adb("devices")[1] or None

    assert running.wait_for(connected, HANG_S)
    assert running.wait_for(state, HANG_S)


# What a phone of the lab does not do is said at once, and nothing waits.
REFUSED = [
    ("push THERE /tmp/x", 1, "closed"),
    ("pull /default.prop THERE", 1, "closed"),
    ("install THERE", 255, "closed"),
    ("sideload THERE", 1, "closed"),
    ("logcat -d", 0, "logcat: not found"),
    ("root", 0, "adbd is already running as root"),
    ("unroot", 0, "always runs as root"),
    ("remount", 0, "The system is read-only"),
    ("disable-verity", 0, "The system is read-only"),
    ("tcpip 5555", 0, "one connection"),
    ("usb", 0, "one connection"),
]


def test_what_it_does_not_do(factory, adb, tmp_path):
    folder = factory("hermes", "cn", "cn")
    package = tmp_path / "some.apk"
    package.write_bytes(b"PK")

    def then(running):
        connect(running, adb)
        assert adb("get-state")[1] == "device\n"
        for words, code, text in REFUSED:
            ended, said = adb(*words.replace("THERE", str(package)).split())
            assert (ended, text in said) == (code, True), (words, ended, said)
        assert adb("shell", "echo still there")[1] == "still there\n"
        seen = len(running.events)
        adb("reboot", "recovery")
        words = running.wait_for(lambda: verdict.words(running.events[seen:]), HANG_S)
        assert words == "recovery bcb"

    assert run(folder, then, verdicts=2).words == "home unverified rom=cn"


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
