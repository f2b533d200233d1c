# SPDX-License-Identifier: MIT
"""
The cable does not outlive the phone: a client over TCP is disconnected when the phone restarts, goes
off or leaves a mode; and who follows the phone is told what it is now.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import struct
import subprocess

import pytest
from conftest import HANG_S
from test_sideload import Adb

from lab import cable, verdict
from lab.qemu import ADB, CONTROL, FASTBOOT, RunningPhone
from lab.qmp import connect

FASTBOOT_MODE = {"hold": "power,volume-down", "no-wait": "1"}


@contextlib.contextmanager
def running(folder, **switches):
    with RunningPhone(folder, lab={"no-wait": "1", **switches}) as phone:
        yield phone


def wait_for_mode(phone: RunningPhone, mode: str) -> None:
    assert phone.wait_for(lambda: phone.cable.mode == mode or None, HANG_S), phone.cable.mode


class Client:
    """fastboot over TCP, as a socket that stays."""

    def __init__(self, phone: RunningPhone) -> None:
        self.phone = phone
        where = ("127.0.0.1", phone.ports[FASTBOOT])
        self.sock = socket.create_connection(where, timeout=HANG_S)
        self.sock.sendall(b"FB01")
        assert self.take(4) == b"FB01"

    def take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            assert more, "the phone hung up"
            data += more
        return data

    def ask(self, command: str) -> str:
        data = command.encode()
        self.sock.sendall(struct.pack(">Q", len(data)) + data)
        (size,) = struct.unpack(">Q", self.take(8))
        return self.take(size).decode()

    def hung_up(self) -> bool:
        """Does the phone's side hang up, while somebody watches the phone?"""
        self.sock.settimeout(0)

        def ended():
            try:
                return self.sock.recv(1) == b"" or None
            except BlockingIOError:
                return None
            except ConnectionResetError:
                return True

        return bool(self.phone.wait_for(ended, HANG_S))


@pytest.fixture
def in_fastboot(factory):
    with running(factory("hermes"), **FASTBOOT_MODE) as phone:
        wait_for_mode(phone, "fastboot")
        yield phone


@pytest.mark.parametrize("command", ["reboot-bootloader", "reboot", "continue"])
def test_a_fastboot_client_is_hung_up_when_the_phone_goes(in_fastboot, command):
    client = Client(in_fastboot)
    assert client.ask("getvar:product") == "OKAYhermes"
    assert client.ask(command) == "OKAY"
    assert client.hung_up()
    if command == "reboot-bootloader":
        wait_for_mode(in_fastboot, "fastboot")
        assert Client(in_fastboot).ask("getvar:product") == "OKAYhermes"
    elif command == "continue":  # as after a reboot
        wait_for_mode(in_fastboot, "adb")


def test_a_power_cut_hangs_up(in_fastboot):
    client = Client(in_fastboot)
    os.kill(in_fastboot._process.pid, signal.SIGKILL)
    assert client.hung_up()
    in_fastboot.wait_for(lambda: None, 0.5)
    assert in_fastboot.exit_code == -signal.SIGKILL


@contextlib.contextmanager
def late_news(phone: RunningPhone):
    """As on a busy computer: what QEMU tells of the phone is heard only afterwards."""
    control = phone._sockets[CONTROL].fileno()
    phone._poll.unregister(control)
    yield
    phone._poll.register(control, select.POLLIN)


def test_who_comes_after_a_restart_is_not_hung_up_for_it(in_fastboot):
    old = Client(in_fastboot)
    with late_news(in_fastboot):
        assert old.ask("reboot-bootloader") == "OKAY"
        old.sock.close()
        seen = len(in_fastboot.events)
        assert in_fastboot.wait_for(lambda: verdict.words(in_fastboot.events[seen:]), HANG_S)
        fresh = Client(in_fastboot)
    in_fastboot.settle(1.5)
    assert fresh.ask("getvar:product") == "OKAYhermes"


def test_who_was_there_before_a_restart_is_hung_up_however_late(in_fastboot):
    old = Client(in_fastboot)
    with late_news(in_fastboot):
        assert old.ask("reboot-bootloader") == "OKAY"
        seen = len(in_fastboot.events)
        assert in_fastboot.wait_for(lambda: verdict.words(in_fastboot.events[seen:]), HANG_S)
    assert old.hung_up()


def test_rescue_mode_hangs_up_too(in_fastboot):
    client = Client(in_fastboot)
    assert client.ask("oem edl") == "OKAY"
    assert client.hung_up()
    wait_for_mode(in_fastboot, "edl")
    with connect(in_fastboot.folder, "edl.sock") as sock:
        assert b"hello" in sock.recv(4096)
        in_fastboot.qmp.command("system_reset")
        sock.setblocking(False)

        def ended():
            with contextlib.suppress(BlockingIOError):
                return sock.recv(4096) == b"" or None

        assert in_fastboot.wait_for(ended, HANG_S)


def test_who_waits_for_rescue_mode_is_served_when_it_comes(in_fastboot):
    with connect(in_fastboot.folder, "edl.sock") as sock:
        assert Client(in_fastboot).ask("oem edl") == "OKAY"
        wait_for_mode(in_fastboot, "edl")
        in_fastboot.settle(0.5)  # the news of fastboot's end may come last
        sock.settimeout(HANG_S)
        assert b"hello" in sock.recv(4096)


def test_adb_notices_a_restart(factory, tmp_path):
    """After a restart the stock adb server shows no device that is not there, and connects again."""
    adb = Adb(tmp_path)
    with running(factory("hermes")) as phone:
        where = f"127.0.0.1:{phone.ports[ADB]}"

        def ask(*words):
            """While somebody watches the phone: it is the keeper of the cable that hangs up."""
            client = adb.start(*words)
            assert phone.wait_for(lambda: None if client.poll() is None else True, HANG_S), words
            return client.stdout.read()

        def there():
            ask("connect", where)
            return f"{where}\tdevice" in ask("devices")

        def until(seen):
            for _ in range(100):
                if seen():
                    return True
                phone.settle(0.2)
            return False

        try:
            wait_for_mode(phone, "adb")
            assert until(there)
            phone.qmp.command("system_reset")
            wait_for_mode(phone, "off")
            assert until(lambda: f"{where}\tdevice" not in ask("devices")), ask("devices")
            wait_for_mode(phone, "adb")
            assert until(there)
            assert ask("shell", "echo here") == "here\n"
        finally:
            adb("kill-server")


def test_who_follows_is_told_each_mode(in_fastboot):
    with connect(in_fastboot.folder, cable.SOCKET) as follower:
        follower.setblocking(False)
        told = []

        def tells(*modes):
            with contextlib.suppress(BlockingIOError):
                told.extend(follower.recv(4096).decode().split())
            return told == list(modes) or None

        assert in_fastboot.wait_for(lambda: tells("fastboot"), HANG_S), told
        Client(in_fastboot).ask("reboot-bootloader")
        assert in_fastboot.wait_for(lambda: tells("fastboot", "off", "fastboot"), HANG_S), told
        Client(in_fastboot).ask("oem edl")
        # QEMU may tell of the one port's end after the other's beginning: then "off" is not seen.
        seen = ["fastboot", "off", "fastboot"]
        assert in_fastboot.wait_for(
            lambda: tells(*seen, "edl") or tells(*seen, "off", "edl"), HANG_S
        ), told
    in_fastboot.qmp.command("system_reset")  # nobody follows any more: nothing is hurt
    assert in_fastboot.wait_for(lambda: verdict.words(in_fastboot.events), HANG_S)


def test_stock_fastboot_finds_the_phone_after_each_restart(in_fastboot):
    for _ in range(3):
        for words in (["getvar", "product"], ["reboot", "bootloader"]):
            client = subprocess.Popen(
                ["fastboot", "-s", f"tcp:127.0.0.1:{in_fastboot.ports[FASTBOOT]}", *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert in_fastboot.wait_for(lambda: None if client.poll() is None else True, HANG_S)
            said = client.stdout.read()
            assert client.returncode == 0, said
            assert words[0] == "reboot" or re.search(r"^product: hermes$", said, re.MULTILINE)
        wait_for_mode(in_fastboot, "fastboot")
