# SPDX-License-Identifier: MIT
"""
Bad inputs by the hundred (bad_inputs.py, bad_files.py, bad_calls.py): over the wire, each with the
words of its refusal, the phone answering the next question, and nothing on its disk changed at the
end; and given to every tool of the host.
"""

from __future__ import annotations

import concurrent.futures
import json
import random
import shutil
import socket
import struct
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Callable, Iterable, TypeVar

import bad_calls
import bad_files
import bad_inputs
import bad_rescue
import pytest
from bad_calls import BadCall
from bad_files import BadFile
from bad_images import Bad
from conftest import CLOCK, HANG_S
from romc_inputs import written

from lab import outside, rescue
from lab.errors import LabError
from lab.qemu import FASTBOOT, RESCUE_SOCKET, RunningPhone
from lab.qmp import connect
from lab.verdict import words

MODE = {"hold": "power,volume-down", "no-wait": "1"}
Result = TypeVar("Result")


class Wire:
    """A client that stays, and says exactly what it is told to."""

    def __init__(self, phone: RunningPhone) -> None:
        self.sock = socket.create_connection(("127.0.0.1", phone.ports[FASTBOOT]), timeout=HANG_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(b"FB01")
        assert self._read(4) == b"FB01"

    def ask(self, command: bytes) -> str:
        """The last reply, without what was said on the way."""
        self._send(command)
        while (reply := self._packet()).startswith("INFO"):
            pass
        return reply

    def download(self, data: bytes) -> None:
        assert self.ask(b"download:%08x" % len(data)) == f"DATA{len(data):08x}"
        self._send(data)
        assert self._packet() == "OKAY"

    def _send(self, data: bytes) -> None:
        self.sock.sendall(struct.pack(">Q", len(data)) + data)

    def _packet(self) -> str:
        (length,) = struct.unpack(">Q", self._read(8))
        return self._read(length).decode(errors="replace")

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            assert more, f"the phone hung up after {data!r}"
            data += more
        return data


def try_on(wire: Wire, bad: Bad) -> str | None:
    """None, or what was wrong with the answer."""
    if bad.download:
        wire.download(bad.download)
    reply = wire.ask(bad.command)
    after = wire.ask(b"getvar:product")
    if not reply.startswith("FAIL" + bad.words) or after != "OKAYdipper":
        return f"{bad.kind}, {bad.name}: {reply!r}, then {after!r}; expected {bad.words!r}"
    return None


def try_all(phone: RunningPhone, cases: Iterable[Bad]) -> Counter:
    """How many of each kind. All that was wrong is said at once."""
    wire, kinds = Wire(phone), Counter()
    wrong = []
    for bad in cases:
        kinds[bad.kind] += 1
        if complaint := try_on(wire, bad):
            wrong.append(complaint)
    wire.sock.close()
    assert not wrong, f"{len(wrong)} of {kinds.total()}:\n" + "\n".join(wrong)
    return kinds


def meanwhile(phone: RunningPhone, act: Callable[..., Result], *given: object) -> Result:
    """Does it while the phone's other channels are read: else all of QEMU waits."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(act, *given)
        while not done.done():
            phone.pump(0.02)
        return done.result()


def in_rescue(phone: RunningPhone) -> tuple[socket.socket, rescue.Rescue]:
    """A client that stays. One that comes while the phone changes its mode may be hung up on."""
    deadline = time.monotonic() + HANG_S
    while True:
        sock = connect(phone.folder, RESCUE_SOCKET)
        try:
            client = rescue.Rescue(sock, greeting_s=HANG_S)
            for _ in range(3):
                assert client.command("nop") == []
                time.sleep(0.1)
            return sock, client
        except LabError:
            sock.close()
            assert time.monotonic() < deadline


def try_rescue(phone: RunningPhone) -> Counter:
    wire, kinds = Wire(phone), Counter()
    assert wire.ask(b"oem edl") == "OKAY"
    wrong = []
    sock, client = in_rescue(phone)
    with sock:
        for bad in bad_rescue.for_rescue():
            kinds[bad.kind] += 1
            client._send(rescue.XML, bad.text)
            try:
                wrong.append(f"{bad.kind}, {bad.name}: taken, {client.answer()}")
            except rescue.Refused as refusal:
                if not str(refusal).endswith(f"({bad.code})"):
                    wrong.append(f"{bad.kind}, {bad.name}: {refusal}; expected {bad.code}")
        assert client.command("nop") == []
    assert not wrong, f"{len(wrong)} of {kinds.total()}:\n" + "\n".join(wrong)
    return kinds


def all_are_refused(folder: Path, *talks: Callable[[RunningPhone], Counter]) -> Counter:
    """One start for all talks; what was on the phone's disk and in its NOR is there afterwards."""
    before = written(folder / "disk.img")
    nor = (folder / "nor.img").read_bytes()
    kinds: Counter = Counter()

    def in_fastboot() -> bool | None:
        return (words(phone.events) or "").startswith("fastboot keys") or None

    with RunningPhone(folder, rtc=CLOCK, lab=MODE) as phone:
        assert phone.wait_for(in_fastboot, HANG_S), phone.complaint() or phone.events[-5:]
        for talk in talks:
            kinds += meanwhile(phone, talk, phone)
    assert written(folder / "disk.img") == before
    assert (folder / "nor.img").read_bytes() == nor
    return kinds


def try_unlocked(phone: RunningPhone) -> Counter:
    return try_all(phone, bad_inputs.for_an_unlocked_phone())


def try_locked(phone: RunningPhone) -> Counter:
    return try_all(phone, bad_inputs.for_a_locked_phone())


def test_an_unlocked_phone_refuses(factory):
    kinds = all_are_refused(factory(lock="unlocked"), try_unlocked)
    assert kinds.total() >= 450 and len(kinds) >= 55


@pytest.mark.soak
def test_rescue_mode_refuses(factory):
    kinds = all_are_refused(factory(lock="unlocked"), try_rescue)
    assert kinds.total() >= 90 and len(kinds) >= 10


def test_a_locked_phone_refuses(factory):
    kinds = all_are_refused(factory(), try_locked)
    assert kinds.total() >= 120 and len(kinds) >= 5


# The host.


def given_to_a_tool(bad: BadFile, folder: Path) -> str | None:
    """None, or what was wrong with what it said and left."""
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    for name in bad.beside:
        (inputs / name).write_bytes(b"x")
    file = inputs / bad.file
    file.write_bytes(bad.data)
    stand_for = {"FILE": file, "FOLDER": inputs, "OUT": folder / "out"}
    command = [str(stand_for.get(word, word)) for word in bad.command]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=HANG_S,
        check=False,
    )
    wanted = bad.words.replace("FILE", str(file))
    left = sorted(path.name for path in folder.iterdir() if path != inputs)
    if done.returncode not in (1, 2) or wanted not in done.stderr or done.stdout or left:
        said = f"{done.returncode}, {done.stderr[-300:]!r}, left {left}"
        return f"{bad.kind}, {bad.name}: {said}; expected {wanted!r}"
    return None


def test_the_tools_refuse(build, tmp_path):
    kinds, wrong = Counter(), []
    for number, bad in enumerate(bad_files.for_the_tools()):
        kinds[bad.kind] += 1
        wrong.append(given_to_a_tool(bad, tmp_path / str(number)))
        shutil.rmtree(tmp_path / str(number))
    complaints = [complaint for complaint in wrong if complaint]
    assert not complaints, f"{len(complaints)} of {kinds.total()}:\n" + "\n".join(complaints)
    assert kinds.total() >= 290 and len(kinds) >= 80


def read_by_the_lab(bad: BadCall, folder: Path) -> str | None:
    file = folder / bad.file
    file.write_bytes(bad.data)
    try:
        return f"{bad.kind}, {bad.name}: taken, {bad.read(file)!r}"[:300]
    except LabError as error:
        said = str(error)
    except Exception as error:  # what a person would see as a traceback
        return f"{bad.kind}, {bad.name}: {error!r}"
    return (
        None if bad.words in said else f"{bad.kind}, {bad.name}: {said!r}; expected {bad.words!r}"
    )


def test_the_lab_refuses(tmp_path):
    kinds, wrong = Counter(), []
    for bad in bad_calls.for_the_lab():
        kinds[bad.kind] += 1
        wrong.append(read_by_the_lab(bad, tmp_path))
    complaints = [complaint for complaint in wrong if complaint]
    assert not complaints, f"{len(complaints)} of {kinds.total()}:\n" + "\n".join(complaints)
    assert kinds.total() >= 320 and len(kinds) >= 110


def test_no_line_of_a_rom_is_more_than_it_is():
    tried = list(bad_calls.lines())
    assert [(kind, line) for kind, line in tried if outside.event(line) is not None] == []
    assert len(tried) >= 40


def test_lines_made_at_random_are_events_or_nothing():
    """Good lines with bytes changed and cut: never an exception, never more than is allowed."""
    rng = random.Random(20180914)
    good = [
        json.dumps(event).encode()
        for event in (
            {"stage": "rom", "event": "home", "region": "cn"},
            {"t_us": 1, "stage": "flow", "event": "verdict"},
            {"a": True, "b": "\u4e2d\u6587", "c": 18446744073709551615},
        )
    ]
    taken = 0
    for _ in range(20_000):
        line = bytearray(rng.choice(good))
        for _ in range(rng.randrange(4)):
            at = rng.randrange(len(line))
            line[at : at + rng.randrange(3)] = rng.choice(
                (b"", b"{", b'"', b"[", b"\\u", b"\xff", b"9" * 30, b"e9")
            )
            line = line or bytearray(b"{")
        event = outside.event(bytes(line))
        if event is not None:
            taken += 1
            assert all(isinstance(value, (str, int)) for value in event.values())
            json.dumps(event, ensure_ascii=False).encode("utf-8")
    assert taken > 1000
