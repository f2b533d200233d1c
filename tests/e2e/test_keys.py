# SPDX-License-Identifier: MIT
"""Real phones whose keys are pressed, the warnings that wait, and switching on and off from a shell."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time

import pytest
from conftest import HANG_S, PHONE, phone, processes_in, without_display
from story import check_screen, check_shown, run

from lab import keys, paths, store
from lab.qemu import RunningPhone

FASTBOOT = {"hold": "power,volume-down"}
NO_WAIT = {"no-wait": "1"}


def verdicts(running) -> list[str]:
    return [
        f"{event['fate']} {event['reason']}"
        for event in running.events
        if event["event"] == "verdict"
    ]


def wait_for_verdict(running, words: str, count: int = 1) -> None:
    def there():
        return verdicts(running).count(words) >= count or None

    assert running.wait_for(there, HANG_S), running.events


def wait_for_home(running) -> None:
    def there():
        return "home" in [event["event"] for event in running.events] or None

    assert running.wait_for(there, HANG_S), running.events


def press(running, *words: str) -> None:
    keys.press(running.folder, list(words))


def shoot(running, name: str) -> None:
    running.settle(0.5)
    check_shown(running, running.folder / "pressed.ppm", name)


def test_fastboot_mode_by_keys(factory):
    def use(running):
        shoot(running, "fastboot")
        press(running, "volume-up")
        shoot(running, "fastboot-data")
        press(running, "volume-up")
        shoot(running, "fastboot")
        press(running, "power")  # restart: the keys that were held at power-on do not count again
        wait_for_home(running)
        assert verdicts(running) == ["fastboot keys", "boot ok"]
        assert [e["event"] for e in running.events].count("power-on") == 2

    assert run(factory(), use, lab=FASTBOOT, verdicts=2).words == "fastboot keys"


def test_fastboot_mode_from_a_brick_and_off(factory):
    def use(running):
        press(running, "volume-up", "volume-down+power")
        wait_for_verdict(running, "fastboot keys")
        shoot(running, "fastboot")
        press(running, "volume-down", "power")
        running.wait_for(lambda: None if running.running else True, HANG_S)
        assert running.exit_code == 0

    ran = run(factory(rom="global"), use, verdicts=2)
    assert ran.words == "brick region-mismatch made-for=cn rom=global"


def test_the_power_key_switches_a_brick_off(factory):
    def use(running):
        press(running, "power")
        running.wait_for(lambda: None if running.running else True, HANG_S)
        assert running.exit_code == 0
        assert verdicts(running) == ["brick wrong-key", "off keys"]

    run(factory(rom="reseller"), use, verdicts=2)


def test_orange_can_be_paused(factory):
    """Its ten seconds go by; how long it waits when nobody presses, the unit tests say."""
    with RunningPhone(factory("jasmine_sprout", "global", "global", "unlocked")) as running:
        wait_for_verdict(running, "boot ok")
        press(running, "power")
        running.settle(12)
        assert "home" not in [event["event"] for event in running.events]
        press(running, "power")
        wait_for_home(running)


def test_nobody_waits_where_the_lab_does_not(factory):
    folder = factory("jasmine_sprout", "global", "global", "unlocked")

    def use(running):
        shown = next(e for e in running.events if e["event"] == "verdict")
        home = next(e for e in running.events if e["event"] == "home")
        assert shown["screen"] == "orange"
        assert home["t_us"] - shown["t_us"] < 10_000_000

    assert run(folder, use, lab=NO_WAIT).words == "home orange rom=global"


def test_red_on_android_one(factory):
    folder = factory("jasmine_sprout", "global", "reseller")
    ran = run(folder, lab=NO_WAIT)
    assert ran.words == "brick wrong-key"
    check_screen(ran.picture, "red")


@pytest.fixture
def kept(build):
    """A phone with a name; it is switched off and removed whatever the test did."""
    name = f"keys-{time.time_ns() % 10**9}"
    assert phone("new", name, "--region", "cn", "--rom", "global").returncode == 0
    yield name
    if store.is_running(store.folder_of(name)):
        phone("power", name, "cut")
    assert phone("rm", "--yes", name).returncode == 0


def test_on_press_off(kept):
    folder = store.folder_of(kept)
    done = phone("power", kept, "on", "--headless", "--hold", "power,volume-down")
    assert (done.returncode, done.stdout) == (0, "verdict: fastboot keys\n"), done.stderr
    assert len(processes_in(folder)) == 1
    ports = json.loads((folder / "ports.json").read_text())
    assert set(ports) == {"lab.fastboot", "lab.adb"}
    with socket.create_connection(("127.0.0.1", ports["lab.fastboot"]), timeout=HANG_S) as sock:
        sock.sendall(b"FB01")
        assert sock.recv(4) == b"FB01"
    again = phone("power", kept, "on", "--headless")
    assert again.returncode == 1 and "is on already" in again.stderr
    assert "fastboot" in phone("list").stdout.split(kept)[1].split()[0]
    assert phone("press", kept, "volume-down", "power").returncode == 0
    deadline = time.monotonic() + HANG_S
    while store.is_running(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(folder) == []
    assert not (folder / "ports.json").exists() and not (folder / "qemu.pid").exists()
    off = phone("power", kept, "off")
    assert off.returncode == 1 and "is off already" in off.stderr
    press_off = phone("press", kept, "power")
    assert press_off.returncode == 1 and "is off; switch it on with" in press_off.stderr


@pytest.mark.parametrize("how", ["off", "cut"])
def test_on_and_off_again(kept, how):
    folder = store.folder_of(kept)
    for _ in range(2):
        done = phone("power", kept, "on", "--headless")
        words = "verdict: brick region-mismatch made-for=cn rom=global\n"
        assert (done.returncode, done.stdout) == (0, words), done.stderr
        assert phone("power", kept, how).returncode == 0
        assert processes_in(folder) == [] and not store.is_running(folder)


def test_it_stays_on_when_its_shell_is_gone(kept):
    """The shell's whole session gets a hangup, as when a terminal is closed."""
    script = f"'{PHONE}' power {kept} on --headless; kill -HUP 0; sleep 60"
    shell = subprocess.Popen(
        ["sh", "-c", script],
        env=without_display(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # under nohup, too
    )
    out, _ = shell.communicate(timeout=HANG_S)
    assert shell.returncode != 0 and b"verdict: brick" in out
    time.sleep(0.3)
    folder = store.folder_of(kept)
    assert store.is_running(folder) and len(processes_in(folder)) == 1
    assert phone("shot", kept, "-o", str(folder / "mine.png")).returncode == 0
    assert phone("power", kept, "off").returncode == 0


def test_what_is_no_key(kept):
    for words in (
        ("press", kept, "volume-dwn"),
        ("press", kept, "volume-down+"),
        ("run", kept, "--headless", "--hold", "power,volume"),
        ("power", kept, "on", "--headless", "--hold", "volume"),
    ):
        done = phone(*words)
        assert done.returncode == 2 and "there is no key" in done.stderr, words
    assert phone("power", kept, "off", "--no-wait").returncode == 2
    assert processes_in(paths.PHONES / kept) == []


def test_tampering_is_told_when_it_goes_off(kept):
    folder = store.folder_of(kept)
    assert phone("power", kept, "on", "--headless").returncode == 0
    with open(folder / "nor.img", "r+b") as nor:
        nor.seek(0x140000 + 0x1000)
        nor.write(b"\0")
    done = phone("power", kept, "off")
    assert done.returncode == 1 and "the fuses were tampered with" in done.stderr
