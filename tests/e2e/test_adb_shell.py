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


def test_ask_and_restart(factory, adb):
    folder = factory("hermes", "cn", "reseller")

    def then(running):
        where = f"127.0.0.1:{running.ports[qemu.ADB]}"

        def connected():
            return "connected to" in adb("connect", where)[1] or None

        assert running.wait_for(connected, HANG_S)
        assert running.wait_for(lambda: f"{where}\tdevice" in adb("devices")[1] or None, HANG_S)
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
