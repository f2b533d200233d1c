# SPDX-License-Identifier: MIT
"""
What AOSP's rules ask of a bootloader over TCP, in one session with an unlocked phone and one with a
locked one: replies, variables, sizes, what is refused - and that the phone stays in step after each.
Then the same phone, asked by each stock client that FASTBOOT_CLIENTS names.
"""

from __future__ import annotations

import os
import random
import re
import socket
import struct
from hashlib import sha256
from typing import Iterator, NamedTuple

import pytest
from conftest import CLOCK, HANG_S, beside
from test_fastboot import CLIENTS, MODE, connect, packet, read, wait_for

from lab.qemu import FASTBOOT, RunningPhone
from lab.store import NewPhone

KINDS = ("OKAY", "FAIL", "INFO", "TEXT", "DATA")
ENDS = ("OKAY", "FAIL", "DATA")
REPLY_MAX = 256
COMMAND_MAX = 4096
SIZES = (1, 2, 3, 4095, 4096, 4097, 65535, 65536, 1048577)
PIECES = (1, 7, 4096, 65537)
ZEROS = bytes(1 << 20)


class Answer(NamedTuple):
    end: str  # OKAY, FAIL or DATA
    text: str
    infos: list[str]


class Talk:
    """One connection, which every test of a phone shares: whoever breaks it breaks the next one."""

    def __init__(self, phone: RunningPhone) -> None:
        self.phone = phone
        self.sock = connect(phone)
        self.sock.sendall(b"FB01")
        assert read(self.sock, 4) == b"FB01"

    def send(self, data: bytes) -> None:
        self.sock.sendall(packet(data))

    def answer(self) -> Answer:
        infos = []
        while True:
            (length,) = struct.unpack(">Q", read(self.sock, 8))
            assert 4 <= length <= REPLY_MAX, f"a reply of {length} bytes"
            reply = read(self.sock, length).decode("ascii")
            assert reply[:4] in KINDS, reply
            assert reply.isprintable(), reply
            self.phone.pump(0)
            if reply[:4] in ENDS:
                return Answer(reply[:4], reply[4:], infos)
            infos.append(reply[4:])

    def ask(self, command: str | bytes) -> Answer:
        self.send(command.encode() if isinstance(command, str) else command)
        return self.answer()

    def says(self, command: str) -> str:
        got = self.ask(command)
        assert got.end == "OKAY", (command, got)
        return got.text

    def refuses(self, command: str | bytes) -> str:
        """In words; and the next command is understood."""
        got = self.ask(command)
        assert got.end == "FAIL" and got.text, (command[:60], got)
        self.in_step()
        return got.text

    def in_step(self) -> None:
        assert self.says("getvar:product") == "whyred"

    def is_silent(self) -> bool:
        """Nothing more is on the way."""
        self.sock.settimeout(0.2)
        try:
            return self.sock.recv(1) == b"never"
        except socket.timeout:
            return True
        finally:
            self.sock.settimeout(HANG_S)

    def close(self) -> None:
        self.sock.close()


def talk_to(build, lock: str) -> Iterator[Talk]:
    new = NewPhone(model="whyred", region="cn", rom="cn", lock=lock, policy="announced",
                   serial="e2e00001", tag="test")  # fmt: skip
    with new, RunningPhone(new.folder, rtc=CLOCK, lab=MODE) as phone:
        wait_for(phone, "fastboot keys")
        talk = Talk(phone)
        yield talk
        talk.close()


@pytest.fixture(scope="module")
def talk(build) -> Iterator[Talk]:
    yield from talk_to(build, "unlocked")


@pytest.fixture(scope="module")
def locked(build) -> Iterator[Talk]:
    yield from talk_to(build, "locked")


def variables(talk: Talk) -> list[tuple[str, str]]:
    got = talk.ask("getvar:all")
    assert got.end == "OKAY"
    found = []
    for line in got.infos:
        name, colon, value = line.rpartition(": " if ": " in line else ":")
        assert colon and name, line
        found.append((name, value.strip()))
    return found


def test_every_variable_also_alone_and_not_empty(talk):
    listed = variables(talk)
    names = [name for name, _ in listed]
    assert len(names) > 60 and len(set(names)) == len(names)
    for name, value in listed:
        assert value, f"{name} is empty"
        alone = talk.says(f"getvar:{name}")
        if name != "token":  # a new one each time
            assert alone == value, name


def test_what_every_client_asks(talk):
    assert talk.says("getvar:version") == "0.4"
    assert talk.says("getvar:is-userspace") == "no"
    assert talk.says("getvar:secure") in ("yes", "no")
    assert talk.says("getvar:unlocked") == "yes"
    assert talk.says("getvar:slot-count") == "0"
    assert re.fullmatch("0x[0-9a-f]+", talk.says("getvar:max-download-size"))
    for name in ("erase-block-size", "logical-block-size"):
        size = int(talk.says(f"getvar:{name}"), 16)
        assert size and size & (size - 1) == 0
    for name in ("boot", "system", "userdata"):
        assert int(talk.says(f"getvar:partition-size:{name}"), 16) > 0
        assert talk.says(f"getvar:has-slot:{name}") == "no"
        assert talk.says(f"getvar:is-logical:{name}") == "no"
    assert talk.says("getvar:partition-type:userdata") == "ext4"


@pytest.mark.parametrize("name", ["nothing", "product ", " product", "PRODUCT", "product:boot", "all ",
                                  "partition-size", "partition-size:", "partition-size:nowhere",
                                  "partition-type:", "has-slot:", "has-slot:nowhere", "%s%n", "..",
                                  "x" * 500, "partition-size:" + "b" * 4000])  # fmt: skip
def test_variables_that_are_not_there(talk, name):
    talk.refuses(f"getvar:{name}")


@pytest.mark.parametrize("command", ["", " ", "nonsense", "GETVAR:product", "Reboot", "getvar", "getvar:",
                                     "flash", "flash:", "flash:nowhere", "erase", "erase:",
                                     "erase:nowhere", "set_active", "set_active:", "set_active:a",
                                     "set_active:z", "oem", "oem ", "oem nonsense", "flashing",
                                     "flashing nonsense", "flashing unlock now", "download",
                                     "upload:x", "boot:x", "continue ", "reboot-nowhere",
                                     "snapshot-update:cancel", "fetch:boot", "resize-logical-partition:a:1",
                                     "create-logical-partition:a:1", "update-super:super"])  # fmt: skip
def test_commands_that_are_not_there(talk, command):
    talk.refuses(command)


@pytest.mark.parametrize("length", [65, 255, 256, 257, 4095, COMMAND_MAX])
@pytest.mark.parametrize("begins", ["", "getvar:", "flash:", "oem "])
def test_long_commands(talk, begins, length):
    talk.refuses(begins + "a" * (length - len(begins)))


@pytest.mark.parametrize("command", [b"\0", b"getvar:product\0", b"\xff\xfe\xfd", b"getvar:\x80",
                                     b"oem \x1b[2J", b"flash:boot\n", b"getvar:product\r\n"])
def test_bytes_that_are_no_text(talk, command):
    talk.refuses(command)


def test_any_bytes_are_answered(talk):
    for seed in range(100):
        chosen = random.Random(seed)
        length = chosen.randrange(1, 300)
        got = talk.ask(b"\x01" + chosen.randbytes(length))
        assert got.end == "FAIL" and got.text
    talk.in_step()


@pytest.mark.parametrize("size", ["", "0", "1", "00000000", "0000000g", "-0000001", "+0000001", "0x000010",
                                  " 0000010", "00000010 ", "0000010", "000000010", "00000010:1",
                                  "ffffffff", "80000000"])  # fmt: skip
def test_downloads_of_no_size(talk, size):
    talk.refuses(f"download:{size}")


def test_the_bounds_of_a_download(talk):
    most = int(talk.says("getvar:max-download-size"), 16)
    talk.refuses(f"download:{most + 1:08x}")
    got = talk.ask(f"download:{most:08x}")
    assert (got.end, got.text) == ("DATA", f"{most:08x}")
    piece = bytes(1 << 20)
    sent = 0
    while sent < most:
        step = piece[: min(len(piece), most - sent)]
        talk.send(step)
        sent += len(step)
    assert talk.answer().end == "OKAY"
    talk.in_step()


@pytest.mark.parametrize("size", SIZES)
def test_downloads_of_odd_sizes(talk, size):
    """What was sent is what is there: written to a (small) partition, and hashed by the phone."""
    data = random.Random(size).randbytes(size)
    for piece in PIECES:
        if size // piece > 5000:
            continue
        got = talk.ask(f"download:{size:08X}")
        assert (got.end, int(got.text, 16)) == ("DATA", size)
        for at in range(0, size, piece):
            talk.send(data[at : at + piece])
        assert talk.answer().end == "OKAY"
    assert talk.ask("erase:fsg").end == "OKAY"
    assert talk.ask(f"download:{size:08x}").end == "DATA"
    talk.send(data)
    assert talk.answer().end == "OKAY"
    assert talk.ask("flash:fsg").end == "OKAY"
    whole = int(talk.says("getvar:partition-size:fsg"), 16)
    got = talk.ask("oem sha256:fsg")
    said = " ".join([*got.infos, got.text])
    wanted = sha256(data)
    for at in range(size, whole, len(ZEROS)):
        wanted.update(ZEROS[: whole - at])
    assert got.end == "OKAY" and wanted.hexdigest() in said


def test_more_than_was_announced_is_refused(talk):
    assert talk.ask("download:00000010").end == "DATA"
    talk.send(bytes(17))
    assert talk.answer().end == "FAIL"
    talk.in_step()
    talk.refuses("flash:cache")  # nothing of it is kept


def test_nothing_is_flashed_twice(talk):
    assert talk.ask("download:00000010").end == "DATA"
    talk.send(bytes(16))
    assert talk.answer().end == "OKAY"
    assert talk.ask("flash:cache").end == "OKAY"
    talk.refuses("download:0")
    talk.refuses("flash:cache")


def test_an_upload_without_anything_staged(talk):
    talk.refuses("upload")


def test_names_are_lower_case_as_the_client_sends_them(talk):
    assert talk.ask("flash:BOOT").end == "FAIL"
    assert talk.ask("getvar:Partition-Size:boot").end == "FAIL"
    talk.in_step()


def test_every_command_that_the_phone_names_is_one(talk):
    """`oem help` lists them; each is refused or done without its argument, and never unknown."""
    got = talk.ask("oem help")
    assert got.end == "OKAY" and len(got.infos) > 20
    assert all(len(line) <= REPLY_MAX - 4 for line in got.infos)


def test_no_more_than_one_end_to_a_command(talk):
    assert talk.is_silent()
    talk.send(b"getvar:product")
    talk.send(b"getvar:version")
    assert [talk.answer().text for _ in range(2)] == ["whyred", "0.4"]
    assert talk.is_silent()


@pytest.mark.parametrize("command", ["flash:boot", "flash:system", "erase:boot", "erase:userdata",
                                     "boot", "set_active:a", "oem sha256:boot",
                                     "flashing lock", "oem lock"])  # fmt: skip
def test_a_locked_phone_refuses_with_a_reason(locked, command):
    assert locked.ask("download:00001000").end == "DATA"
    locked.send(bytes(4096))
    assert locked.answer().end == "OKAY"
    assert len(locked.refuses(command)) > 8


def test_a_locked_phone_answers_questions(locked):
    assert locked.says("getvar:unlocked") == "no"
    assert all(value for _, value in variables(locked))
    assert locked.ask("oem device-info").end == "OKAY"
    assert locked.ask("flashing get_unlock_ability").end == "OKAY"


@pytest.mark.parametrize("program", CLIENTS)
def test_with_a_stock_client(talk, program, tmp_path):
    """The same, as it sends it: the session steps aside for a moment."""
    talk.close()
    image = tmp_path / "splash.img"
    image.write_bytes(os.urandom(1000001))

    def run(*words: str) -> tuple[int, str]:
        at = f"tcp:127.0.0.1:{talk.phone.ports[FASTBOOT]}"
        done = beside(talk.phone, [program, "-s", at, *words])
        return done.returncode, done.stdout

    try:
        code, said = run("getvar", "all")
        assert code == 0 and said.count("(bootloader) ") > 60
        assert "FAILED" in run("getvar", "nothing")[1]  # that of Debian 12 ends with 0 all the same
        for words, works in ((["flash", "cache", str(image)], True), (["erase", "cache"], True),
                             (["flash", "nowhere", str(image)], False), (["oem", "nonsense"], False),
                             (["flashing", "nonsense"], False), (["set_active", "a"], False),
                             (["getvar", "product"], True)):  # fmt: skip
            code, said = run(*words)
            assert (code == 0) == works, (words, said)
    finally:
        talk.__init__(talk.phone)
    talk.in_step()
