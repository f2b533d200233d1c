# SPDX-License-Identifier: MIT
"""Rescue mode: a phone that is dead, accounts that may not and that may, clients that misbehave."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import struct
import subprocess
import threading

import pytest
from conftest import CLOCK, HANG_S, last_line, phone
from PIL import Image
from story import check_trace

from lab import fuses, paths, rescue, store, verdict
from lab.disk import partitions
from lab.errors import LabError
from lab.qemu import RESCUE_SOCKET, RunningPhone
from lab.qmp import connect

REAL_REFUSAL = "only nop and sig tag can be recevied before authentication"
BURNED = 4


def package_of_index(index, out):
    """whyred's China ROM with another rollback index; of a package, what rescue reads."""
    manifest = out / "cn.yaml"
    text = (paths.ROM_FILES / "cn.yaml").read_text(encoding="utf-8")
    manifest.write_text(f"{text}rollback_index: {index}\n", encoding="utf-8")
    inputs = [manifest, *store.rom_inputs("whyred", "cn")[1:]]
    (out / "images").mkdir()
    words = [str(word) for word in (paths.ROMC, "images", *inputs, "-o", out / "images")]
    subprocess.run(words, capture_output=True, check=True)
    (out / "misc.txt").write_text("device=whyred\n", encoding="ascii")
    return out


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """index -> package: the phone's own, and one too old."""
    found = {}
    for index in (BURNED - 1, BURNED):
        out = tmp_path_factory.mktemp(f"index{index}")
        found[index] = package_of_index(index, out)
    return found


@pytest.fixture
def dead(build, packages):
    """A phone whose fuses count 4, with a ROM of index 3 written to its disk from outside."""
    new = store.NewPhone(
        model="whyred",
        region="cn",
        rom="cn",
        lock="locked",
        policy="announced",
        serial="e2e00001",
        tag="test",
    )
    with new:
        disk = new.folder / "disk.img"
        with open(disk, "r+b") as file:
            for part in ("vbmeta", "boot"):
                file.seek(partitions(disk)[part][0])
                file.write((packages[BURNED - 1] / "images" / f"{part}.img").read_bytes())
        folder = new.keep(f"e2e-rescue-{secrets.token_hex(4)}")
    yield folder
    store.remove(folder.name)


def digest(folder):
    """Of what is on the disk, and where; the holes of 12 GiB are passed over."""
    seen = hashlib.sha256()
    with open(folder / "disk.img", "rb") as file:
        end, at = file.seek(0, os.SEEK_END), 0
        while at < end:
            try:
                first = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:  # nothing but a hole is left
                break
            at = os.lseek(file.fileno(), first, os.SEEK_HOLE)
            seen.update(f"{first}-{at} ".encode() + os.pread(file.fileno(), at - first, first))
    return seen.hexdigest()


def test_the_ways_of_a_dead_phone(dead, packages):
    """Dead; refused, not a byte written; still dead with an old ROM; cured by one of its index."""
    burned = fuses.read(dead / "nor.img")
    before = digest(dead)
    plain = phone("rescue", dead.name, "--account", "plain", "--package", str(packages[BURNED]))
    assert plain.returncode == 1 and REAL_REFUSAL in plain.stderr and plain.stdout == ""
    assert "verdict: dead rollback" in plain.stderr and "nothing was written" in plain.stderr
    assert digest(dead) == before

    old = packages[BURNED - 1]
    still = phone("rescue", dead.name, "--account", "authorised", "--package", str(old))
    assert (last_line(still), still.returncode) == ("verdict: dead rollback", 0)
    assert "still dead" in still.stderr

    good = packages[BURNED]
    cured = phone("rescue", dead.name, "--account", "authorised", "--package", str(good))
    assert (last_line(cured), cured.returncode) == ("verdict: home green rom=cn", 0), cured.stderr
    assert fuses.read(dead / "nor.img") == burned


class Talk:
    """A phone that runs in rescue mode, and clients that come to it."""

    def __init__(self, folder):
        self.folder = folder
        self.phone = RunningPhone(folder, rtc=CLOCK)

    def __enter__(self):
        self.phone.__enter__()
        words = self.phone.wait_for(lambda: verdict.words(self.phone.events), HANG_S)
        assert words == "dead rollback"
        picture = self.folder / "screen.png"
        self.phone.shoot(picture)
        assert Image.open(picture).convert("L").getextrema() == (0, 0)
        self._end = threading.Event()
        self._pump = threading.Thread(target=self._keep_pumping)
        self._pump.start()
        return self

    def _keep_pumping(self):
        while not self._end.is_set():
            self.phone.pump(0.05)

    def __exit__(self, *_):
        self._end.set()
        self._pump.join()
        running = self.phone.running
        self.phone.__exit__()
        assert running
        check_trace(self.phone)

    def client(self):
        return connect(self.folder, RESCUE_SOCKET)

    def hello(self):
        with self.client() as sock:
            talk = rescue.Rescue(sock)
            talk.command("nop")
            return talk.hello


def packet(kind, data):
    return struct.pack("<II", kind, len(data)) + data


RUDE = [
    b"",
    b"\0",
    b"\xff" * 8,
    b"\xff" * 5000,
    packet(rescue.XML, b"")[:-1],
    packet(rescue.XML, b"<data><nop/></data>")[:-1],
    packet(rescue.XML, b"<data>" * 600),
    packet(rescue.DATA, bytes(512)),
    packet(rescue.XML, b'<data><sig TargetName="sig" size_in_bytes="1552"/></data>')
    + packet(rescue.DATA, bytes(1552)),
    b"GET / HTTP/1.1\r\n\r\n",
    bytes(range(256)) * 64,
]


def test_rude_clients_change_nothing(dead, packages):
    before = digest(dead)
    with Talk(dead) as talk:
        assert talk.hello()["product"] == "whyred"
        for rude in RUDE:
            with talk.client() as sock:
                rescue.Rescue(sock)  # greeted: from here on it is rude
                sock.sendall(rude)
            assert talk.hello()["serial"] == "e2e00001"
        with talk.client() as sock:
            half = rescue.Rescue(sock)
            with pytest.raises(rescue.Refused, match=REAL_REFUSAL):
                half.command("program", label="boot", num_partition_sectors=1)
            with pytest.raises(rescue.Refused, match="challenge"):
                half.command("sig", TargetName="sig", size_in_bytes=1552)
    assert digest(dead) == before


def test_a_client_that_vanishes_leaves_a_phone_that_can_be_rescued(dead, packages):
    good = packages[BURNED]
    with Talk(dead) as talk:
        with talk.client() as sock:
            first = rescue.Rescue(sock)
            rescue.authenticate(first, "authorised")
            first.command("erase", label="boot")
            first.command("program", label="boot", num_partition_sectors=1000)
            first.data(bytes(4096))
        assert talk.hello()["product"] == "whyred"
        with talk.client() as sock:
            with pytest.raises(rescue.Refused, match=REAL_REFUSAL):
                rescue.Rescue(sock).command("reset")
    assert last_line(phone("run", dead.name, "--headless")) == "verdict: dead rollback"
    cured = phone("rescue", dead.name, "--account", "authorised", "--package", str(good))
    assert last_line(cured) == "verdict: home green rom=cn"


# The client against a hostile phone: no phone is needed.

HELLO = packet(
    rescue.XML,
    b'<?xml version="1.0"?><data><hello version="1" product="whyred" serial="1"/></data>',
)
LOG = packet(rescue.XML, b'<data><log value="\x1b]0;x\x07"/></data>')
HOSTILE = [
    ("silence", b"", "does not answer"),
    ("no packet", b"\xff" * 100, "no packet"),
    ("a long packet", struct.pack("<II", 1, 4097) + bytes(4097), "no packet"),
    ("not XML", packet(1, b"hello"), "one element"),
    ("a bomb", packet(1, b'<!DOCTYPE a [<!ENTITY b "c">]><data><hello/></data>'), "one element"),
    ("another greeting", packet(1, b'<data><response value="ACK"/></data>') * 300, "not a phone"),
    ("a nameless phone", packet(1, b'<data><hello version="1"/></data>'), "not a phone"),
    ("endless words", HELLO + LOG * 500, "more than it should"),
    ("no answer", HELLO, "does not answer"),
    ("a NAK without words", HELLO + packet(1, b'<data><response value="NAK"/></data>'), "refused"),
    (
        "no challenge",
        HELLO + packet(1, b'<data><response value="ACK"/></data>') * 3,
        "challenge is not one",
    ),
    (
        "an odd challenge",
        HELLO
        + packet(1, b'<data><sig blob="../../etc"/></data>')
        + packet(1, b'<data><response value="ACK"/></data>'),
        "challenge is not one",
    ),
]


@pytest.mark.parametrize("name, said, error", HOSTILE, ids=[case[0] for case in HOSTILE])
def test_hostile_phones(build, monkeypatch, name, said, error):
    monkeypatch.setattr(rescue, "HELLO_S", 0.3)
    monkeypatch.setattr(rescue, "ANSWER_S", 0.5)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(said)
        with pytest.raises(LabError, match=error) as raised:
            rescue.authenticate(rescue.Rescue(ours, 0.3), "plain")
    assert str(raised.value).isprintable()


def test_only_a_package_for_the_phone_is_written(packages):
    with pytest.raises(LabError, match="Missmatching image and device"):
        rescue.check_product(packages[BURNED], "dipper")
    with pytest.raises(LabError, match="no boot.img"):
        rescue.images_of(packages[BURNED].parent)
