# SPDX-License-Identifier: MIT
"""
scripts/phone usb with a USB host in plain Python, over USB/IP: the phone is found, asked, flashed,
restarted, rescued; it comes and goes with its modes.
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import subprocess
import time
from pathlib import Path
from typing import Iterator
from xml.etree import ElementTree

import pytest
from conftest import HANG_S, PHONE, phone, without_display

from lab import disk, roms, schema, store, usb, verdict
from lab.usb_host import CANCELLED, Fastboot, Refused, Unplugged, UsbHost, connect, devices, take

FASTBOOT, ADB, EDL = (0x18D1, 0xD00D), (0x18D1, 0xD001), (0x05C6, 0x9008)
MIB = 1 << 20
REFUSAL = "only nop and sig tag can be recevied before authentication"


class Cable:
    """A kept phone of its own, and the command that has it on a cable."""

    def __init__(self, phones: Path, name: str) -> None:
        self.env = {**without_display(), "FLASHLAB_PHONES": str(phones)}
        self.name = name
        self.folder = phones / name
        self.line = ""
        self.port = 0
        self._process: subprocess.Popen | None = None

    def phone(self, *words: str) -> str:
        done = phone(*words, env=self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> str:
        """phone usb NAME WORDS: its first line."""
        self._process = subprocess.Popen(
            [PHONE, "usb", self.name, *words],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.line = self._process.stdout.readline()
        self.port = int(re.search(r"(?:port[= ])(\d+)", self.line)[1])
        return self.line

    def stop(self) -> int:
        if self._process:
            self._process.terminate()
            self._process.stdout.close()
            self._process.wait(timeout=HANG_S)
        return self._process.returncode if self._process else 0

    def wait_for(self, *expected: tuple[int, int]) -> None:
        """Until this is what is plugged in."""
        self.until(lambda: devices(self.port) == list(expected), f"{expected}")

    def attach(self, product: int) -> UsbHost:
        found: list[UsbHost] = []

        def there() -> bool:
            with contextlib.suppress(Refused):
                host = UsbHost(self.port)
                if host.product == product:
                    found.append(host)
                else:
                    host.close()
            return bool(found)

        self.until(there, f"{product:04x}")
        return found[0]

    @staticmethod
    def until(look, what: str) -> None:
        deadline = time.monotonic() + HANG_S
        while not look():
            assert time.monotonic() < deadline, f"never: {what}"
            time.sleep(0.02)


def unplugged(host: UsbHost) -> None:
    """The cable is pulled: what waits fails, and the connection ends."""
    with pytest.raises(Unplugged):
        while True:
            with contextlib.suppress(OSError):
                host.read(64)


def leave(host: UsbHost, command: str) -> None:
    """
    After it the phone is gone. It answers before; a host that is not there within 200 ms (a busy
    computer) hears of the unplug only: test_usb_device.c holds that the answer is kept that long.
    """
    with contextlib.suppress(OSError, Unplugged):
        assert Fastboot(host).ask(command) == ["OKAY"]


@contextlib.contextmanager
def on_cable(
    tmp_path: Path, model: str, *words: str, hold: str = "", way: tuple[str, ...] = ("--usbip",)
) -> Iterator[Cable]:
    cable = Cable(tmp_path, "mine")
    options = ["--model", model, "--region", "cn", "--rom", "cn", "--lock", "unlocked"]
    cable.phone("new", "mine", *options, "--serial", "8a7b6c5d")
    try:
        cable.phone("power", "mine", "on", "--no-wait", *(["--hold", hold] if hold else []))
        cable.start(*way, *words)
        yield cable
    finally:
        cable.stop()
        if store.is_running(cable.folder):
            cable.phone("power", "mine", "off")


def part(folder: Path, name: str, size: int) -> bytes:
    """The beginning of a partition, as it is on the phone's disk."""
    image = folder / "disk.img"
    with open(image, "rb") as file:
        file.seek(disk.partitions(image)[name][0])
        return file.read(size)


def traced(cable: Cable, **wanted: str) -> dict:
    """The phone's next event that says this, since its last restart."""
    found: list[dict] = []

    def there() -> bool:
        events = verdict.of_last_start(schema.read_trace(cable.folder / "trace.jsonl"))
        found[:] = [event for event in events if wanted.items() <= event.items()]
        return bool(found)

    cable.until(there, f"{wanted}")
    return found[-1]


def test_a_flashing_tool_has_the_phone(tmp_path):
    """One phone, from its fastboot mode to rescue mode and home; each change is an unplug and a plug."""
    with on_cable(tmp_path, "whyred", hold="power,volume-down") as cable:
        cable.wait_for(FASTBOOT)
        with cable.attach(FASTBOOT[1]) as host:
            assert (host.serial, host.string(2)) == ("8a7b6c5d", "Redmi Note 5")
            with pytest.raises(Refused):  # one host at a time
                UsbHost(cable.port)
            fastboot = Fastboot(host, chunk=16384)
            assert fastboot.ask("getvar:product") == ["OKAYwhyred"]
            assert len(fastboot.ask("getvar:all")) > 20
            assert Fastboot(host, reply_bytes=64).ask("oem device-info")[-1] == "OKAY"
            image = os.urandom(2 * MIB)
            assert fastboot.download(image) == ["OKAY"]
            assert fastboot.ask("flash:recovery")[-1] == "OKAY"
            assert part(cable.folder, "recovery", len(image)) == image
            assert fastboot.ask("nonsense")[-1].startswith("FAIL")
            leave(host, "reboot-bootloader")
            unplugged(host)
        with cable.attach(FASTBOOT[1]) as host:
            leave(host, "oem edl")
            unplugged(host)
        cable.wait_for(EDL)
        with cable.attach(EDL[1]) as host:
            cable.phone("power", "mine", "off")
            with pytest.raises(Unplugged):  # though it asked for nothing
                take(host._sock, 1)
        cable.wait_for()
        cable.phone("power", "mine", "on", "--no-wait", "--hold", "power,volume-down")
        cable.wait_for(FASTBOOT)


def test_tools_that_go_leave_the_phone_to_the_next(tmp_path):
    with on_cable(tmp_path, "whyred", hold="power,volume-down") as cable:
        half = bytes(256 << 10)

        def works(host: UsbHost) -> bool:
            return Fastboot(host).ask("getvar:product") == ["OKAYwhyred"]

        # Amid data: the cable is pulled.
        host = cable.attach(FASTBOOT[1])
        assert Fastboot(host).ask("download:00100000")[-1].startswith("DATA")
        host.write(half)
        host.close()
        # Amid data: the tool is killed, and another speaks on the same cable.
        with cable.attach(FASTBOOT[1]) as host:
            assert works(host)
            assert Fastboot(host).ask("download:00100000")[-1].startswith("DATA")
            host.write(half)
            assert works(host)
            # Before the answer: it gives up, or never asks for it.
            host.write(b"oem device-info")
            assert works(host)
            host.write(b"getvar:version")
            number = host.submit(True, 64)
            assert host.unlink(number) in (0, CANCELLED)
            assert works(host)
            # It puts the device back to its beginning.
            host.write(b"download:00100000")
            assert host.control(0, 9, 1, 0, 0).status == 0
            assert works(host)
        # Somebody over TCP has the phone as soon as no tool does.
        said = cable.phone("fastboot", "mine", "getvar", "product")
        assert said is not None


class Firehose:
    """As qdl speaks: Sahara first, then documents and data."""

    def __init__(self, host: UsbHost) -> None:
        self.host = host
        assert self._words()[:2] == (1, 48)
        host.write(struct.pack("<12I", 2, 48, 2, 1, *[0] * 8))
        assert self._words()[:2] == (18, 32)
        host.write(bytes(64))
        assert self._words()[:2] == (4, 16)
        host.write(struct.pack("<2I", 5, 8))
        assert self._words() == (6, 12, 1)

    def _words(self) -> tuple[int, ...]:
        data = self.host.read(4096)
        return struct.unpack(f"<{len(data) // 4}I", data)

    def command(self, element: str) -> str:
        self.host.write(f'<?xml version="1.0"?>\n<data>{element}</data>\n'.encode())
        return self.answer()

    def answer(self) -> str:
        """All that is said, up to the response."""
        said = ""
        while "<response" not in said:
            said += self.host.read(4096).decode()
        return said


def test_rescue_mode_refuses_who_has_no_account(tmp_path):
    with on_cable(tmp_path, "whyred", hold="power,volume-down") as cable:
        with cable.attach(FASTBOOT[1]) as host:
            leave(host, "oem edl")
        before = part(cable.folder, "boot", MIB)
        with cable.attach(EDL[1]) as host:
            tool = Firehose(host)
            assert 'value="ACK"' in tool.command('<nop value="ping"/>')
            for element in (
                '<configure MemoryName="ufs" MaxPayloadSizeToTargetInBytes="1048576"/>',
                '<program start_sector="34" num_partition_sectors="8"/>',
                '<patch value="CRC32(1,2)"/>',
                '<power value="reset"/>',
            ):
                said = tool.command(element)
                assert REFUSAL in said and 'value="NAK"' in said, said
        assert part(cable.folder, "boot", MIB) == before


def test_rescue_mode_takes_an_authorised_account(tmp_path):
    with on_cable(tmp_path, "whyred", "--account", "authorised", hold="power,volume-down") as cable:
        with cable.attach(FASTBOOT[1]) as host:
            leave(host, "oem edl")
        first = disk.partitions(cable.folder / "disk.img")["recovery"][0] // 512
        image = os.urandom(600 * 512)
        with cable.attach(EDL[1]) as host:
            tool = Firehose(host)
            said = tool.command('<configure MaxPayloadSizeToTargetInBytes="1048576"/>')
            assert 'MaxPayloadSizeToTargetInBytes="262144"' in said
            said = tool.command(
                f'<program SECTOR_SIZE_IN_BYTES="512" num_partition_sectors="600" '
                f'physical_partition_number="0" start_sector="{first}" filename="x"/>'
            )
            assert 'rawmode="true"' in said
            for at in range(0, len(image), 100000):
                host.write(image[at : at + 100000])
            assert 'value="ACK" rawmode="false"' in tool.answer()
            assert part(cable.folder, "recovery", len(image)) == image
            assert 'value="ACK"' in tool.command('<setbootablestoragedrive value="1"/>')
            assert 'value="ACK"' in tool.command('<power value="reset"/>')
            unplugged(host)
        cable.wait_for(ADB)


def test_a_packages_own_list_cures_a_dead_phone(tmp_path):
    """All of images/rawprogram0.xml; stock qdl does the same, slowly, in test_usb_by_hand.py."""
    images = roms.package("whyred", "cn") / "images"
    listed = ElementTree.parse(images / "rawprogram0.xml").getroot()
    assert [row.get("label") for row in listed][-1] == "boot"  # cut short, it starts nothing
    with on_cable(tmp_path, "whyred", "--account", "authorised", hold="power,volume-down") as cable:
        with cable.attach(FASTBOOT[1]) as host:
            fastboot = Fastboot(host)
            for name in ("boot", "recovery", "system", "vbmeta"):
                assert fastboot.ask(f"erase:{name}")[-1] == "OKAY"
            leave(host, "oem edl")
        with cable.attach(EDL[1]) as host:
            tool = Firehose(host)
            for row in listed:
                words = " ".join(f'{key}="{value}"' for key, value in row.items() if key != "sparse")
                assert 'rawmode="true"' in tool.command(f"<program {words}/>")
                size = 512 * int(row.get("num_partition_sectors"))
                data = (images / row.get("filename")).read_bytes().ljust(size, b"\0")
                for at in range(0, size, MIB):
                    host.write(data[at : at + MIB])
                assert 'value="ACK"' in tool.answer(), row.get("label")
            assert 'value="ACK"' in tool.command('<power value="reset"/>')
        cable.wait_for(ADB)


@contextlib.contextmanager
def bridge(way: str) -> Iterator[tuple[int, subprocess.Popen]]:
    """A bridge alone: its port, and the process. The phone behind it never answers."""
    words = [usb.USBPHONE, f"--{way}", "0", "--mode", "fastboot 127.0.0.1:1"]
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield int(process.stdout.readline().split(":")[1]), process
        finally:
            process.terminate()


def test_who_says_nothing_or_does_not_read_keeps_nobody_away(build):
    descriptor = struct.pack("<BBHHH", 0x80, 6, 0x200, 0, 255)
    request = struct.pack(">10I8s", 1, 1, 0, 1, 0, 0, 255, 0, 0, 0, descriptor)
    with bridge("usbip") as (port, _), contextlib.ExitStack() as there:
        for _ in range(20):
            there.enter_context(connect(port))  # and not a word
        assert devices(port) == [FASTBOOT]
        with UsbHost(port) as deaf:
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                while True:
                    deaf._sock.sendall(request * 10000)
        with UsbHost(port) as next_one:
            assert next_one.product == FASTBOOT[1]


def test_a_machines_name_writes_nothing_on_the_terminal(build):
    name = b"\x1b]0;x\x07\xff\nusbphone: all is well".ljust(64, b"\0")
    with bridge("redir") as (port, process):
        with connect(port) as sock:
            sock.sendall(struct.pack("<III", 0, 68, 0) + name + struct.pack("<I", 0))
            said = process.stderr.readline()
    assert said == "usbphone: a virtual machine is there: ?]0;x???usbphone: all is well\n"


def test_words_for_each_version_of_qemu():
    assert ",port=7001,reconnect=1 " in usb.qemu_words(7001, (7, 2))
    assert ",port=7001,reconnect=1 " in usb.qemu_words(7001, (9, 1))
    assert ",port=7001,reconnect-ms=1000 " in usb.qemu_words(7001, (10, 0))


def test_what_is_said_to_a_person(tmp_path):
    cable = Cable(tmp_path, "mine")
    cable.phone("new", "mine", "--model", "hermes")
    try:
        line = cable.start()  # while the phone is off
        assert "-device usb-redir" in line
        port = cable.port
    finally:
        assert cable.stop() in (143, -15)
    line = cable.start()
    assert cable.port == port  # the words of the last time still hold
    cable.stop()
    done = phone("usb", "mine", "--plug", "--port", "1", env=cable.env)
    assert done.returncode == 2 and "--port goes with" in done.stderr
