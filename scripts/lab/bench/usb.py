# SPDX-License-Identifier: MIT
"""
The phone on a cable beside the same phone over TCP, each with a client in Python that sends pieces of
1 MiB; the cable ends in a USB host without a kernel (USB/IP). Best of several rounds. And a cable that
ends in a virtual machine (usbredir), with the stock client there.

    download   64 MiB into the phone's memory: what the way carries
    flash      the same, and written to the disk
    getvar     one question and its answer, the median of many
    idle       the bridge's processor time while a host is attached and nothing happens
    machine    `fastboot flash` in an emulated arm64 machine: the client's start to its end
"""

from __future__ import annotations

import contextlib
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator

from .. import qemu, store
from ..errors import LabError
from ..usb import USBPHONE, qemu_version, qemu_words
from ..usb_guest import XHCI, Guest, is_fetched, make_initramfs
from ..usb_host import CHUNK, Fastboot, UsbHost
from .boots import cpu_of
from .flashing import FACTS, MODE, QUESTIONS, connect, meanwhile, read, until
from .peers import HANG_S
from .table import Row

SIZE_MIB = 64
IDLE_S = 5.0


class Tcp:
    """The same as usb_host.Fastboot, over TCP."""

    def __init__(self, phone: qemu.RunningPhone) -> None:
        self._sock = connect(phone)
        self._sock.sendall(b"FB01")
        read(self._sock, 4)

    def close(self) -> None:
        self._sock.close()

    def ask(self, command: str) -> list[str]:
        self._send(command.encode())
        return self._replies()

    def download(self, data: bytes) -> list[str]:
        self.ask(f"download:{len(data):08x}")
        for at in range(0, len(data), CHUNK):
            self._send(data[at : at + CHUNK])
        return self._replies()

    def _send(self, data: bytes) -> None:
        self._sock.sendall(struct.pack(">Q", len(data)) + data)

    def _replies(self) -> list[str]:
        said = [""]
        while said[-1][:4] not in ("OKAY", "FAIL", "DATA"):
            said.append(read(self._sock, struct.unpack(">Q", read(self._sock, 8))[0]).decode())
        return said[1:]


def seconds(client: Tcp | Fastboot, data: bytes) -> dict[str, float]:
    begun = time.monotonic()
    client.download(data)
    loaded = time.monotonic()
    said = client.ask("flash:system")
    ended = time.monotonic()
    if said[-1] != "OKAY":
        raise LabError(f"flash: {said[-1]}")
    asked = []
    for _ in range(QUESTIONS):
        before = time.monotonic()
        client.ask("getvar:product")
        asked.append(time.monotonic() - before)
    return {
        "download": loaded - begun,
        "flash": ended - begun,
        "getvar": statistics.median(asked),
    }


def by_tcp(phone: qemu.RunningPhone, data: bytes) -> dict[str, float]:
    client = Tcp(phone)
    try:
        return seconds(client, data)
    finally:
        client.close()


@contextlib.contextmanager
def bridge(phone: qemu.RunningPhone, way: str) -> Iterator[tuple[int, int]]:
    """Its port, and its process."""
    mode = f"fastboot 127.0.0.1:{phone.ports[qemu.FASTBOOT]}"
    process = subprocess.Popen(
        [USBPHONE, f"--{way}", "0", "--mode", mode], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield int(process.stdout.readline().rpartition(b":")[2]), process.pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def by_usb(phone: qemu.RunningPhone, data: bytes) -> dict[str, float]:
    with bridge(phone, "usbip") as (port, pid), UsbHost(port) as host:
        taken = seconds(Fastboot(host), data)
        before = cpu_of(pid)
        time.sleep(IDLE_S)
        return {**taken, "idle": cpu_of(pid) - before}


def in_machine(phone: qemu.RunningPhone, data: bytes) -> dict[str, float]:
    with bridge(phone, "redir") as (port, _), tempfile.TemporaryDirectory() as folder:
        initramfs = make_initramfs(Path(folder) / "initramfs", XHCI, {"root/image": data})
        with Guest(initramfs, qemu_words(port, qemu_version()).split()) as guest:
            guest.plugged("18d1:d00d")
            begun = time.monotonic()
            code, said = guest.run("fastboot flash system image")
            if code != 0:
                raise LabError(f"fastboot in the machine: {said}")
            return {"machine": time.monotonic() - begun}


WAYS = (("tcp", by_tcp), ("usb", by_usb), *((("usb", in_machine),) if is_fetched() else ()))


def measure(rounds: int) -> dict[str, dict[str, float]]:
    data = os.urandom(SIZE_MIB << 20)
    best: dict[str, dict[str, float]] = {"tcp": {}, "usb": {}}
    with store.NewPhone(**FACTS) as new:
        for number in range(rounds):
            with qemu.RunningPhone(new.folder, lab=MODE) as phone:
                until(phone, "fastboot")
                for way, run in WAYS:
                    for key, took in meanwhile(phone, lambda: run(phone, data)).items():
                        best[way][key] = min(best[way].get(key, HANG_S), took)
            print(f"usb: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return best


def rows(rounds: int) -> Iterator[Row]:
    best = measure(min(rounds, 5))
    tcp, usb = best["tcp"], best["usb"]
    for key in ("download", "flash"):
        yield Row(
            f"{key} through USB, {SIZE_MIB} MiB",
            f"{SIZE_MIB / usb[key]:.0f} MiB/s",
            f"over TCP {SIZE_MIB / tcp[key]:.0f} MiB/s",
            tcp[key] / usb[key],
            least=0.5,
        )
    yield Row(
        "getvar through USB",
        f"{usb['getvar'] * 1e6:.0f} us",
        f"target 2000 us; over TCP {tcp['getvar'] * 1e6:.0f} us",
        usb["getvar"] / 2e-3,
        most=1.0,
    )
    if "machine" in usb:
        over_tcp = tcp["download"] + tcp["flash"]
        yield Row(
            f"fastboot flash by usbredir, {SIZE_MIB} MiB",
            f"{SIZE_MIB / usb['machine']:.0f} MiB/s",
            f"over TCP, no machine {SIZE_MIB / over_tcp:.0f} MiB/s",
            over_tcp / usb["machine"],
        )
    else:
        print("usb: not by usbredir: scripts/fetch-usb-guest was not run", file=sys.stderr)
    yield Row(f"the bridge's processor in {IDLE_S:g} s idle", f"{usb['idle'] * 1e3:.0f} ms")
