# SPDX-License-Identifier: MIT
"""What a message in misc asks the recovery for: done, taken out of misc when it is, or shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CLOCK, HANG_S

from lab import disk, verdict
from lab.qemu import ADB, RunningPhone

MARK = b"what the owner had" * 100


def put(folder: Path, partition: str, data: bytes) -> None:
    begin, _ = disk.partitions(folder / "disk.img")[partition]
    with open(folder / "disk.img", "r+b") as file:
        file.seek(begin)
        file.write(data)


def message(*arguments: str) -> bytes:
    recovery = "".join(f"{line}\n" for line in ("recovery", *arguments)).encode()
    return b"boot-recovery".ljust(64, b"\0") + recovery.ljust(768, b"\0")


def lines_in_misc(folder: Path) -> list[str]:
    misc = disk.partition(folder / "disk.img", "misc", 2048)
    assert misc[:13] in (b"boot-recovery", bytes(13))
    return misc[64:832].split(b"\0")[0].decode().splitlines()


def kept(folder: Path) -> dict[str, bool]:
    image = folder / "disk.img"
    return {name: disk.partition(image, name, len(MARK)) == MARK for name in ("userdata", "cache")}


@pytest.fixture
def asked(factory):
    """Starts a phone whose misc asks for this; until `done` says so."""

    def start(arguments, done, shot=None):
        folder = factory("whyred", "cn", "cn")
        for name in ("userdata", "cache"):
            put(folder, name, MARK)
        put(folder, "misc", message(*arguments))
        with RunningPhone(folder, rtc=CLOCK) as phone:
            assert phone.wait_for(lambda: done(phone.events) or None, HANG_S), phone.events[-8:]
            if shot:
                phone.settle(0.5)
                phone.shoot(shot)
            port = phone.ports[ADB]
        return folder, phone.events, port

    return start


def settled(events: list[dict]) -> list[tuple[str, bool]]:
    return [(e["what"], e["done"]) for e in events if e["event"] == "asked"]


def at_home(events: list[dict]) -> bool:
    return (verdict.words(events) or "").startswith("home")


def on_page(page: str):
    return lambda events: any(e["event"] == "page" and e["page"] == page for e in events)


def restarts(events: list[dict]) -> bool:
    return any((e["stage"], e["event"]) == ("recovery", "restart") for e in events)


def test_wipe_data(asked):
    """Then the ROM starts."""
    folder, events, _ = asked(["--locale=zh_CN", "--wipe_data", "--reason=MasterClear"], at_home)
    assert settled(events) == [("wipe-data", True)]
    assert kept(folder) == {"userdata": False, "cache": False}
    assert lines_in_misc(folder) == []


def test_wipe_cache_leaves_user_data(asked):
    folder, events, _ = asked(["--wipe_cache"], restarts)
    assert settled(events) == [("wipe-cache", True)]
    assert kept(folder) == {"userdata": True, "cache": False}


def test_what_is_not_done_stays_and_is_shown(asked, tmp_path):
    """What is not known, and a package on the phone."""
    shot, stays = tmp_path / "asked.png", ["--fly=high", "--update_package=/cache/rom.zip"]
    folder, events, _ = asked(
        [*stays, "--wipe_cache"], lambda events: len(settled(events)) == 3, shot
    )
    assert settled(events) == [("update-package", False), ("unknown", False), ("wipe-cache", True)]
    assert lines_in_misc(folder) == ["recovery", *stays]
    assert kept(folder) == {"userdata": True, "cache": False}
    assert verdict.words(events) == "recovery bcb"
    assert shot.stat().st_size > 1000


def test_prompt_and_wipe_data_asks_first(asked):
    folder, events, _ = asked(["--prompt_and_wipe_data"], on_page("wipe"))
    assert settled(events) == []
    assert kept(folder) == {"userdata": True, "cache": True}
    assert lines_in_misc(folder) == ["recovery", "--prompt_and_wipe_data"]


def test_sideload_waits_for_the_computer(asked, tmp_path):
    shot = tmp_path / "waiting.png"
    folder, events, port = asked(["--sideload"], on_page("waiting"), shot)
    assert settled(events) == []
    log = (folder / "log.txt").read_text(errors="replace")
    assert port and "sideload" not in log
    assert lines_in_misc(folder) == ["recovery", "--sideload"]
