# SPDX-License-Identifier: MIT
"""
Two clients at one port: the second waits while the first has something to say, and no longer. What
a minute is, these tests make shorter, where it is somebody's turn to give way.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
from typing import Iterator

import pytest
from conftest import CLOCK, HANG_S
from test_fastboot import MODE, wait_for

from lab import cable, qemu, tcp_info
from lab.qemu import RunningPhone

GREETING = b"FB01"


def test_who_is_served_and_who_waits():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert tcp_info.connections(port) == []
        with socket.create_connection(("127.0.0.1", port)) as first:
            taken, _ = server.accept()
            with taken, socket.create_connection(("127.0.0.1", port)) as second:
                waiting = sorted(client.waiting for client in tcp_info.connections(port))
                assert waiting == [False, True]
                second.sendall(GREETING)  # knocking is not being served
                first.sendall(GREETING)
                assert [c.waiting for c in tcp_info.connections(port)].count(True) == 1


@contextlib.contextmanager
def fastboot_mode(factory) -> Iterator[RunningPhone]:
    with RunningPhone(factory(), rtc=CLOCK, lab=MODE) as phone:
        wait_for(phone, "fastboot keys")
        yield phone


def come(phone: RunningPhone) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", phone.ports[qemu.FASTBOOT]))
    client.settimeout(HANG_S)
    return client


def greet(phone: RunningPhone, client: socket.socket) -> None:
    client.sendall(GREETING)
    phone.settle(0.1)
    assert client.recv(4) == GREETING


def ask(phone: RunningPhone, client: socket.socket, command: bytes) -> bytes:
    client.sendall(len(command).to_bytes(8, "big") + command)
    phone.settle(0.1)
    size = int.from_bytes(client.recv(8, socket.MSG_WAITALL), "big")
    return client.recv(size, socket.MSG_WAITALL)


def stock_client(phone: RunningPhone) -> subprocess.Popen:
    where = f"tcp:127.0.0.1:{phone.ports[qemu.FASTBOOT]}"
    return subprocess.Popen(["fastboot", "-s", where, "getvar", "product"], text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)  # fmt: skip


@pytest.mark.parametrize("greets", [False, True])
def test_an_idle_client_gives_way_to_one_that_knocks(factory, monkeypatch, greets):
    monkeypatch.setattr(cable, "GIVES_WAY_MS", 500)
    with fastboot_mode(factory) as phone, come(phone) as idle:
        if greets:
            greet(phone, idle)
        client = stock_client(phone)
        assert phone.wait_for(client.poll, HANG_S) == 0
        assert "product: dipper" in client.communicate()[0]
        assert idle.recv(1) == b""  # and it hears of it


def test_nobody_gives_way_to_nobody(factory, monkeypatch):
    monkeypatch.setattr(cable, "GIVES_WAY_MS", 0)
    with fastboot_mode(factory) as phone, come(phone) as alone:
        greet(phone, alone)
        phone.settle(3 * cable.KNOCK_S)
        assert ask(phone, alone, b"getvar:product") == b"OKAYdipper"


def test_a_client_that_speaks_is_not_cut_off(factory):
    with fastboot_mode(factory) as phone, come(phone) as first:
        greet(phone, first)
        second = stock_client(phone)
        for _ in range(3):
            phone.settle(cable.KNOCK_S)
            assert ask(phone, first, b"getvar:product") == b"OKAYdipper"
        assert second.poll() is None
        first.close()
        assert phone.wait_for(second.poll, HANG_S) == 0
