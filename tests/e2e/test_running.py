# SPDX-License-Identifier: MIT
"""Real phones from the inside (the ROM's root shell) and from the outside (Ctrl-C, two at once)."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

from conftest import HANG_S, PHONE, phone, processes_in, without_display
from story import QUICK, run

from lab import paths, store, verdict
from lab.qemu import RunningPhone


def ask(running, command: str) -> str:
    """
    What the ROM's shell answers. The marks are computed: the echoed command does not hold them.
    """
    start = len(running.log)
    running.type(f"echo ==$((0))begin==; {command}; echo ==$((0))end==\n")
    assert running.wait_for(lambda: b"==0end==" in running.log[start:] or None, HANG_S), running.log
    said = bytes(running.log[start:]).decode(errors="replace").replace("\r", "")
    return said.split("==0begin==\n", 1)[1].split("==0end==", 1)[0]


def listeners(port: int) -> set[str]:
    """The addresses on which somebody listens at this port, as the kernel writes them."""
    lines = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in open(f"/proc/net/{table}", encoding="ascii").read().splitlines()[1:]
    ]
    ends = [words[1].rsplit(":", 1) for words in lines if words[3] == "0A"]
    return {address for address, number in ends if int(number, 16) == port}


def test_root_in_the_rom(factory):
    """Up to `poweroff`, which ends the run."""
    said = {}

    def look_around(running):
        for port in running.ports.values():
            assert listeners(port) == {"0100007F"}, "a service is open to other computers"
        for command in (
            "id -u",
            "devmem 0x0",
            "devmem 0x0e000000",
            "devmem 0x09040000",
            "devmem 0x090b0000",
            "getprop",
            "getprop ro.boot.hwc",
            "dmesg | grep -i psci",
            "ls -l /dev/fb0",
            "cat /sys/class/graphics/fb0/virtual_size",
            "dmesg | grep -i framebuffer",
            "cat /proc/device-tree/compatible",
            "ls /proc/device-tree",
            "devmem 0x40000000",
        ):
            said[command] = ask(running, command)
        running.type("poweroff\n")
        running.wait_for(lambda: None if running.running else True, HANG_S)
        assert running.exit_code == 0

    assert run(factory(), look_around).words == "home green rom=cn"
    assert said["id -u"].strip() == "0"
    for secure in ("devmem 0x0", "devmem 0x0e000000", "devmem 0x09040000", "devmem 0x090b0000"):
        assert "Bus error" in said[secure] and "0x" not in said[secure].replace(secure, ""), said[
            secure
        ]
    assert "[ro.flashlab.region]: [cn]" in said["getprop"]
    assert said["getprop ro.boot.hwc"].strip() == "CN"
    assert "[ro.secureboot.lockstate]: [locked]" in said["getprop"]
    assert "[ro.boot.verifiedbootstate]: [green]" in said["getprop"]
    assert re.search(r"psci: PSCIv1\.\d+ detected in firmware", said["dmesg | grep -i psci"])
    assert "/dev/fb0" in said["ls -l /dev/fb0"]
    assert said["cat /sys/class/graphics/fb0/virtual_size"].strip() == "720,1496"
    assert "simple-framebuffer" in said["dmesg | grep -i framebuffer"]
    assert "flashlab" not in said["ls /proc/device-tree"]


def test_the_reseller_s_rom_pops_up(factory):
    def wait(running):
        def kinds():
            return {event["what"] for event in running.events if event["event"] == "popup"}

        before = (running.folder / "screen.ppm").read_bytes()
        assert running.wait_for(
            lambda: kinds() == {"advert", "cartoon"} or None, HANG_S
        ), running.events
        running.shoot(running.folder / "later.ppm", QUICK)
        assert (running.folder / "later.ppm").read_bytes() != before

    assert run(factory("hermes", "cn", "reseller"), wait).words == "home unverified rom=reseller"


def hidden_phones():
    return {folder.name for folder in paths.PHONES.glob(".fresh-*")}


def test_ctrl_c_leaves_nothing(build):
    before = hidden_phones()
    command = [PHONE, "run", "--fresh", "--region", "cn", "--rom", "global", "--headless", "--stay"]
    running = subprocess.Popen(
        command,
        env=without_display(),
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert running.stdout.readline() == "verdict: brick region-mismatch made-for=cn rom=global\n"
    (mine,) = [name for name in hidden_phones() - before if processes_of(name, running.pid)]
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=HANG_S)
    assert running.returncode == 130
    assert not (paths.PHONES / mine).exists()
    assert processes_in(paths.PHONES / mine) == []


def processes_of(name, parent):
    """The QEMUs of that phone that this very script started."""
    return [
        pid
        for pid in processes_in(paths.PHONES / name)
        if f"PPid:\t{parent}\n" in open(f"/proc/{pid}/status", encoding="ascii").read()
    ]


LISTENING = "0A"  # Linux's /proc/net/tcp: the state, and addresses as hexadecimal numbers
LOOPBACK = "0100007F"


def listens_at(port):
    """The addresses of this computer at which somebody waits for clients of that port."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == LISTENING and int(number, 16) == port:
                found.add(address)
    return found


def test_two_phones_at_once_do_not_meet(factory):
    from lab import verdict
    from lab.qemu import RunningPhone

    good, bad = factory(rom="cn"), factory(rom="global")
    with RunningPhone(good) as one, RunningPhone(bad) as other:
        for port in (*one.ports.values(), *other.ports.values()):
            assert listens_at(port) == {LOOPBACK}, "and nobody else's computer meets them"
        deadline = time.monotonic() + HANG_S
        words = [None, None]
        while None in words and time.monotonic() < deadline:
            for index, running in enumerate((one, other)):
                running.pump(0.05)
                words[index] = verdict.words(running.events)
    assert words == ["home green rom=cn", "brick region-mismatch made-for=cn rom=global"]


def test_a_kept_phone_from_new_to_rm(build):
    name = f"kept-{time.time_ns() % 10**9}"
    assert phone("new", name, "--region", "cn", "--rom", "global").returncode == 0
    try:
        assert f"{name}" in phone("list").stdout
        again = phone("new", name)
        assert again.returncode == 2 and "already" in again.stderr
        for _ in range(2):
            ran = phone("run", name, "--headless", "--expect", "brick region-mismatch")
            assert ran.returncode == 0, ran.stderr
        shot = phone("shot", name, "-o", str(store.folder_of(name) / "mine.png"))
        assert shot.returncode == 0 and "is off" in shot.stderr
        assert (store.folder_of(name) / "mine.png").read_bytes().startswith(b"\x89PNG")
        assert "made for cn" in phone("explain", name).stdout
    finally:
        assert phone("rm", "--yes", name).returncode == 0
    assert name not in phone("list").stdout


def test_a_refusal_is_drawn_before_its_verdict(factory, tmp_path):
    with RunningPhone(factory("dipper", rom="global")) as running:
        assert running.wait_for(lambda: verdict.words(running.events), HANG_S)
        assert verdict.is_drawn(running.events[-1])
        running.shoot(tmp_path / "at-once.png")
        running.settle(0.5)
        running.shoot(tmp_path / "later.png")
    pictures = [(tmp_path / name).read_bytes() for name in ("at-once.png", "later.png")]
    assert pictures[0] == pictures[1]


def test_a_phone_for_one_run_leaves_the_factory_disk_as_it_is(build):
    """It writes all the same: a ROM that comes home says so in its disk's slots or user data."""
    words = ("run", "--fresh", "--region", "cn", "--rom", "cn", "--headless")
    with store.factory_disk("dipper", "cn") as kept:
        before = kept.stat()
    assert phone(*words).stdout.startswith("verdict: home")
    assert kept.stat().st_mtime_ns == before.st_mtime_ns
    assert not list(paths.PHONES.glob(".fresh-*"))
