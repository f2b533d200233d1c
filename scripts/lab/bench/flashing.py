# SPDX-License-Identifier: MIT
"""
The stock fastboot client and a phone, best of several rounds.

    port       what the bare virtserialport carries: a Linux guest (the ROM) takes the bytes from the
               same port and drops them
    flash      `fastboot flash cust` of the same bytes: the client's start to its end, written and flushed
    getvar     one question and its answer, of many in one connection
"""

from __future__ import annotations

import concurrent.futures
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, TypeVar

from .. import qemu, shell, store, verdict
from ..errors import LabError
from ..fastboot import client
from .peers import HANG_S
from .table import Row

IMAGE_MIB = 192
PARTITION = "cust"  # nothing that the ROM needs lies there, and it starts once more in each round
QUESTIONS = 300
CHUNK = 1 << 20
MODE = {"hold": "power,volume-down", "no-wait": "1"}
FACTS = {"model": "dipper", "region": "cn", "rom": "cn", "lock": "unlocked", "policy": "announced",
         "tag": "bench"}  # fmt: skip
DRAIN = (
    "for port in /sys/class/virtio-ports/*; do "
    f'if [ "$(cat $port/name)" = {qemu.FASTBOOT} ]; then '
    "dd if=/dev/${port##*/} of=/dev/null bs=64k iflag=fullblock count=%d; fi; done"
)
Result = TypeVar("Result")


def until(phone: qemu.RunningPhone, begins: str) -> None:
    def there() -> bool | None:
        return (verdict.words(phone.events) or "").startswith(begins) or None

    if not phone.wait_for(there, HANG_S):
        raise LabError(f"the phone did not come to '{begins}': {phone.events[-1:]}")


def meanwhile(phone: qemu.RunningPhone, act: Callable[[], Result]) -> Result:
    """Acts while the phone is listened to: nobody reads its lines, and all of QEMU waits."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(act)
        while not done.done():
            phone.pump(0.02)
        return done.result()


def connect(phone: qemu.RunningPhone) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", phone.ports[qemu.FASTBOOT]), timeout=HANG_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise LabError("the phone went away")
        data += more
    return data


def port_seconds(phone: qemu.RunningPhone, image: Path) -> float:
    """At the home screen: from the first byte to the guest's word that it has them all."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with connect(phone) as sock:
            started: list[float] = []

            def send() -> None:
                started.append(time.monotonic())
                with open(image, "rb") as file:
                    sock.sendfile(file)

            sent = pool.submit(send)
            said, code = shell.ask(phone, DRAIN % (image.stat().st_size >> 16))
            ended = time.monotonic()
            sent.result()
    if code != 0:
        raise LabError(f"the guest did not take the bytes: {said}")
    return ended - started[0]


def flash_seconds(phone: qemu.RunningPhone, image: Path, *options: str) -> float:
    address = f"tcp:127.0.0.1:{phone.ports[qemu.FASTBOOT]}"

    def flash() -> float:
        begun = time.monotonic()
        done = subprocess.run(
            [client(), "-s", address, *options, "flash", PARTITION, image],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise LabError(f"fastboot flash failed: {done.stderr}")
        return time.monotonic() - begun

    return meanwhile(phone, flash)


def question_seconds(phone: qemu.RunningPhone) -> list[float]:
    question = b"getvar:product"

    def ask() -> list[float]:
        taken = []
        with connect(phone) as sock:
            sock.sendall(b"FB01")
            read(sock, 4)
            for _ in range(QUESTIONS):
                begun = time.monotonic()
                sock.sendall(struct.pack(">Q", len(question)) + question)
                read(sock, struct.unpack(">Q", read(sock, 8))[0])
                taken.append(time.monotonic() - begun)
        return taken

    return meanwhile(phone, ask)


def measure(rounds: int) -> dict[str, float]:
    best: dict[str, float] = {"port": HANG_S, "flash": HANG_S, "getvar": HANG_S}
    with store.NewPhone(**FACTS) as new, tempfile.TemporaryDirectory() as work:
        image = Path(work) / "random.img"
        image.write_bytes(os.urandom(IMAGE_MIB << 20))
        for number in range(rounds):
            with qemu.RunningPhone(new.folder, lab={"no-wait": "1"}) as phone:
                until(phone, "home")
                phone.settle(0.5)
                best["port"] = min(best["port"], port_seconds(phone, image))
            with qemu.RunningPhone(new.folder, lab=MODE) as phone:
                until(phone, "fastboot")
                best["getvar"] = min(best["getvar"], statistics.median(question_seconds(phone)))
                best["flash"] = min(best["flash"], flash_seconds(phone, image))
            print(f"flashing: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return best


def rows(rounds: int) -> Iterator[Row]:
    best = measure(min(rounds, 5))
    rate = {key: IMAGE_MIB / best[key] for key in ("port", "flash")}
    yield Row(
        f"fastboot flash, {IMAGE_MIB} MiB",
        f"{rate['flash']:.0f} MiB/s",
        f"bare port {rate['port']:.0f} MiB/s",
        rate["flash"] / rate["port"],
        least=0.8,
    )
    yield Row("getvar, there and back", f"{best['getvar'] * 1e6:.0f} us")
