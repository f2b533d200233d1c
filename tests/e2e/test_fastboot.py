# SPDX-License-Identifier: MIT
"""
Fastboot mode with the stock client: variables, flashing raw and sparse, boot, pictures, the oem
commands; and clients that do not behave.

FASTBOOT_CLIENTS names the clients to try, paths with colons between (scripts/fetch-fastboot).
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import random
import re
import socket
import struct
import subprocess
import time
from hashlib import sha256
from pathlib import Path
from typing import Iterator, NamedTuple

import pytest
from conftest import CLOCK, HANG_S, beside
from PIL import Image, ImageChops
from romc_inputs import written

from lab import disk, sparse
from lab.qemu import FASTBOOT, RunningPhone
from lab.verdict import decision, words

CLIENTS = os.environ.get("FASTBOOT_CLIENTS", "fastboot").split(":")
MODE = {"hold": "power,volume-down", "no-wait": "1"}
MIB = 1 << 20
ANSWER_S = 20.0  # a hang; that it is 2 s by the phone's own clock is test_session_pace's matter
SPARSE_MIB, BLOCK = 1536, 4096
DATA_AT_MIB = (0, 1, 511, 512, 700, 1024, 1535)  # of the large image; the rest is zeros

# As a locked phone lists them (docs name the model), then the lab's own.
FIRST_VARIABLES = """crc anti token hw-revision unlocked off-mode-charge charger-screen-enabled
battery-soc-ok battery-voltage version-baseband version-bootloader erase-block-size
logical-block-size variant partition-type""".split()


class Client:
    """The stock client, pointed at a phone."""

    def __init__(self, program: str, phone: RunningPhone) -> None:
        self.program = program
        self.phone = phone

    def run(self, *asked: str | Path) -> subprocess.CompletedProcess:
        at = f"tcp:127.0.0.1:{self.phone.ports[FASTBOOT]}"
        return beside(self.phone, [self.program, "-s", at, *asked])

    def says(self, *asked: str | Path) -> str:
        done = self.run(*asked)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def refuses(self, *asked: str | Path) -> str:
        done = self.run(*asked)
        assert done.returncode != 0, done.stdout
        return done.stdout


@contextlib.contextmanager
def fastboot_mode(folder: Path, program: str = "fastboot") -> Iterator[Client]:
    with RunningPhone(folder, rtc=CLOCK, lab=MODE) as phone:
        wait_for(phone, "fastboot keys")
        yield Client(program, phone)


def wait_for(phone: RunningPhone, begins: str, decided: bool = False) -> None:
    """`decided`: a ROM that the firmware starts is believed to get home."""
    says = decision if decided else words

    def there() -> bool | None:
        return (says(phone.events) or "").startswith(begins) or None

    assert phone.wait_for(there, HANG_S), phone.complaint() or phone.events[-5:]


@pytest.fixture(params=CLIENTS)
def program(request) -> str:
    return request.param


def random_mib(seed: int) -> bytes:
    """Different at every place, and the same each time."""
    block = b"".join(sha256(bytes([seed, i])).digest() for i in range(256)) * 128
    return bytes(block)


def sparse_chunks() -> Iterator[tuple[int, int, bytes]]:
    """Kind, MiB and content: data, and fills of zeros between, as img2simg makes them of holes."""
    end = 0
    for at in DATA_AT_MIB:
        if at > end:
            yield sparse.FILL, at - end, bytes(4)
        yield sparse.RAW, 1, random_mib(at % 251)
        end = at + 1
    if end < SPARSE_MIB:
        yield sparse.FILL, SPARSE_MIB - end, bytes(4)


@pytest.fixture(scope="session")
def large(tmp_path_factory) -> Path:
    """1.5 GiB, most of it zeros. (What img2simg itself makes is test_differential.py's.)"""
    image, chunks = tmp_path_factory.mktemp("large") / "system.simg", list(sparse_chunks())
    sizes = (sparse.HEADER.size, sparse.CHUNK.size, BLOCK, SPARSE_MIB * MIB // BLOCK)
    with open(image, "wb") as file:
        file.write(sparse.HEADER.pack(sparse.MAGIC, 1, 0, *sizes, len(chunks), 0))
        for kind, mib, content in chunks:
            size = sparse.CHUNK.size + len(content)
            file.write(sparse.CHUNK.pack(kind, 0, mib * MIB // BLOCK, size) + content)
    return image


def is_hole(file: int, begin: int, length: int) -> bool:
    """Reads as zeros, as nothing is there."""
    try:
        return os.lseek(file, begin, os.SEEK_DATA) >= begin + length
    except OSError:
        return True  # nothing to the end


def check_system(folder: Path) -> None:
    offset, _ = disk.partitions(folder / "disk.img")["system"]
    with open(folder / "disk.img", "rb") as file:
        for at in range(SPARSE_MIB):
            if at not in DATA_AT_MIB and is_hole(file.fileno(), offset + at * MIB, MIB):
                continue
            file.seek(offset + at * MIB)
            expected = random_mib(at % 251) if at in DATA_AT_MIB else bytes(MIB)
            assert file.read(MIB) == expected, f"MiB {at}"


def test_an_unlocked_phone(factory, program, large, tmp_path):
    folder = factory(lock="unlocked")
    boot = tmp_path / "boot.img"
    boot.write_bytes(disk.partition(folder / "disk.img", "boot"))
    raw = tmp_path / "raw.img"
    raw.write_bytes(b"".join(random_mib(i) for i in range(64)))
    with fastboot_mode(folder, program) as client:
        check_variables(client)
        check_questions(client)
        check_picture(client, tmp_path)

        client.says("flash", "logo", raw)
        digest = sha256(raw.read_bytes()).hexdigest()
        assert digest in client.says("oem", "sha256:logo")
        assert disk.partition(folder / "disk.img", "logo") == raw.read_bytes()

        client.says("flash", "system", large)
        check_system(folder)
        client.says("erase", "system")
        client.says("-S", "3M", "flash", "system", large)  # cut up by the client itself
        check_system(folder)

        assert "larger than the partition" in client.refuses("flash", "vbmeta", raw)
        assert "no such partition" in client.refuses("flash", "nowhere", raw)
        client.says("boot", boot)
        wait_for(client.phone, "home orange rom=cn")


def check_variables(client: Client) -> None:
    said = client.says("getvar", "all")
    names = [line.split(":")[0] for line in re.findall(r"\(bootloader\) (.*)", said)]
    assert names[: len(FIRST_VARIABLES)] == FIRST_VARIABLES
    for wanted in ("partition-size:boot:0x4000000", "max-download-size:0x20000000", "hwc:CN"):
        assert f"(bootloader) {wanted}\n" in said
    assert "product: dipper" in client.says("getvar", "product")
    assert "anti: 1" in client.says("getvar", "anti")
    assert "unknown variable" in client.run("getvar", "nonsense").stdout


def check_questions(client: Client) -> None:
    info = client.says("oem", "device-info")
    assert "Device unlocked: true" in info and "Verity mode: true" in info
    assert "it would boot" in client.says("oem", "lock-check")
    why = client.says("oem", "why")
    assert "last decision: fastboot" in why and "started now: boot" in why
    log = client.says("oem", "log")
    assert "flow: power-on" in log and "fate=fastboot" in log
    assert "(bootloader) oem screenshot" in client.says("oem", "help")
    assert "unknown command" in client.refuses("oem", "bogus")
    assert "Token Verify Failed" not in client.refuses("oem", "unlock")  # it is unlocked


def check_picture(client: Client, folder: Path) -> None:
    taken, shown = folder / "taken.bmp", folder / "shown.png"
    assert "nothing is staged" in client.refuses("get_staged", taken)
    client.says("oem", "screenshot")
    client.says("get_staged", taken)
    client.phone.shoot(shown)
    images = [Image.open(path).convert("RGB") for path in (taken, shown)]
    assert images[0].size == images[1].size
    assert ImageChops.difference(*images).getbbox() is None


def test_a_locked_phone(factory, program, tmp_path):
    folder = factory()
    before = written(folder / "disk.img")
    image = tmp_path / "image.img"
    image.write_bytes(random_mib(1))
    refusals = (
        (("flash", "boot", image), "Flashing is not allowed in Lock State"),
        (("flash", "persist", image), "Flashing is not allowed in Lock State"),
        (("erase", "userdata"), "Erase is not allowed in Lock State"),
        (("boot", image), "Boot Command is not allowed in Lock State"),
        (("oem", "lock"), "Device already : locked!"),
        (("oem", "unlock"), "Token Verify Failed"),
        (("flashing", "unlock"), "Token Verify Failed"),
    )
    with fastboot_mode(folder, program) as client:
        for asked, refusal in refusals:
            assert refusal in client.refuses(*asked)
        client.says("reboot", "bootloader")
        client.phone.settle(0.2)
        wait_for(client.phone, "fastboot")
        assert "unlocked: no" in client.says("getvar", "unlocked")
    assert written(folder / "disk.img") == before


class Talkative:
    """A phone that goes on only when somebody reads what it says."""

    running = True
    ports = {FASTBOOT: 1}

    def __init__(self, went_on: Path) -> None:
        self._went_on = went_on

    def pump(self, _timeout_s: float) -> None:
        self._went_on.touch()


def test_a_phone_is_listened_to_while_a_client_runs(tmp_path):
    went_on, program = tmp_path / "went-on", tmp_path / "client"
    program.write_text(f"#!/bin/sh\nuntil [ -e {went_on} ]; do sleep 0.01; done\necho done $3\n")
    program.chmod(0o755)
    assert Client(str(program), Talkative(went_on)).says("getvar") == "done getvar\n"


# Clients that do not behave.


def connect(phone: RunningPhone) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", phone.ports[FASTBOOT]), timeout=HANG_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def packet(text: bytes) -> bytes:
    return struct.pack(">Q", len(text)) + text


def ask_product(phone: RunningPhone) -> float:
    """Seconds until a client that behaves has its answer."""
    begun = time.monotonic()
    with connect(phone) as sock:
        sock.sendall(b"FB01")
        assert read(sock, 4) == b"FB01"
        sock.sendall(packet(b"getvar:product"))
        (length,) = struct.unpack(">Q", read(sock, 8))
        assert read(sock, length) == b"OKAYdipper"
    return time.monotonic() - begun


def read(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        assert more, f"the phone went away after {data!r}"
        data += more
    return data


class BadClient(NamedTuple):
    name: str
    data: bytes
    stays: bool = False  # for a moment after it has sent that, and never reads


HELLO = b"FB01"
TALK = b"".join(
    (
        HELLO,
        packet(b"getvar:version"),
        packet(b"download:00000100"),
        packet(bytes(128)),
        packet(bytes(128)),
        packet(b"flash:nowhere"),
    )
)
LENGTHS = (0, 1, 13, 15, 4095, 4096, 4097, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 63, (1 << 64) - 1)
GREETINGS = (b"GET / HTTP/1.1\r\n\r\n", b"FB00", b"FBxy", b"fb01", b"\0\0\0\0", b"FB0")
DOWNLOADS = ("", "0", "00000000", "100", "000000100", "0x000100", "-0000001", "+0000100", "ffffffff",
             "20000001", "0000010g", " 0000100", "00000100 ", "00000100:0")  # fmt: skip
COMMANDS = (b"", b" ", b"\0", b"\xff\xfe", b"getvar", b"getvar:", b"flash", b"flash:", b"erase:",
            b"set_active:", b"set_active:c", b"upload", b"boot", b"oem", b"oem ", b"oem sha256:",
            b"flashing", b"flash:../boot", b"flash:" + b"a" * 4000, b"getvar:%s%n", b"reboot-",
            b"erase:boot\0", b"flash:boot", b"A" * 4096, b"A" * 4097, b"A" * 70_000)  # fmt: skip


def bad_clients() -> Iterator[BadClient]:
    for cut in range(len(TALK)):
        yield BadClient(f"cut at {cut}", TALK[:cut], stays=cut % 23 == 0)
    for greeting in GREETINGS:
        yield BadClient(f"greets with {greeting!r}", greeting + packet(b"getvar:product"), stays=True)
    for length in LENGTHS:
        data = HELLO + struct.pack(">Q", length) + b"getvar:product"
        yield BadClient(f"says {length}, sends 14", data, stays=True)
    for size in DOWNLOADS:
        data = packet(b"download:" + size.encode()) + packet(bytes(256)) + packet(b"flash:boot")
        yield BadClient(f"downloads {size!r}", HELLO + data, stays=True)
    for command in COMMANDS:
        yield BadClient(f"asks {command[:20]!r}, {len(command)}", HELLO + packet(command) * 3, stays=True)
    for seed in range(20):
        noise = random.Random(seed).randbytes(5000)
        yield BadClient(f"noise {seed}", HELLO * (seed % 2) + noise)
    announced = HELLO + packet(b"download:00000100")
    for sent in (0, 1, 255, 257, 1000):
        yield BadClient(f"256 announced, {sent} sent", announced + packet(bytes(sent)), stays=True)
    half = HELLO + packet(b"download:10000000") + struct.pack(">Q", 1 << 28)
    for stays in (False, True):
        yield BadClient("a flood of questions", HELLO + packet(b"getvar:all") * 20_000, stays)
        yield BadClient("a flood of data", HELLO + struct.pack(">Q", 1 << 63) + bytes(2 * MIB), stays)
        yield BadClient("half a download", half + bytes(2 * MIB), stays)
        yield BadClient("commands of zeros", HELLO + packet(bytes(4096)) * 50, stays)


def try_bad_clients(phone: RunningPhone) -> int:
    """How many there were. Whatever one sends, the next one is answered in time."""
    tried = 0
    for bad in bad_clients():
        with connect(phone) as sock:
            sock.settimeout(5)
            with contextlib.suppress(OSError):
                sock.sendall(bad.data)
            if bad.stays:
                time.sleep(0.05)
        try:
            seconds = ask_product(phone)
        except (OSError, AssertionError) as error:
            raise AssertionError(f"no answer after the client that {bad.name}") from error
        assert seconds < ANSWER_S, f"{bad.name}: {seconds:.1f} s"
        tried += 1
    return tried


def test_clients_that_do_not_behave(factory):
    folder = factory(lock="unlocked")
    before = written(folder / "disk.img")
    with fastboot_mode(folder) as client, concurrent.futures.ThreadPoolExecutor(1) as pool:
        tried = pool.submit(try_bad_clients, client.phone)
        while not tried.done():
            client.phone.pump(0.02)  # nobody reads its lines, and all of QEMU waits
        assert tried.result() >= 400
        assert "no image was downloaded" in raw_ask(client.phone, b"flash:boot")
    assert written(folder / "disk.img") == before


def raw_ask(phone: RunningPhone, command: bytes) -> str:
    with connect(phone) as sock:
        sock.sendall(b"FB01" + packet(command))
        assert read(sock, 4) == b"FB01"
        (length,) = struct.unpack(">Q", read(sock, 8))
        return read(sock, length).decode()
