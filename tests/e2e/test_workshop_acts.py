# SPDX-License-Identifier: MIT
"""What is done with a phone in the workshop: the cable, the power, the account, the command box."""

from __future__ import annotations

import pytest
from workshop_server import Server


@pytest.fixture(scope="module")
def leader(build, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("workshop") / "root", "--hurry", "--cap", "3") as server:
        caller = server.leader()
        caller.ready("chen")
        yield caller


def idle(leader, name: str) -> dict:
    """The phone, when nothing is done with it any more."""

    def look() -> dict | None:
        phone = leader.phone(name)
        return phone if not phone["label"]["busy"] else None

    return leader.until(look, f"{name} is idle")


def told(entry: dict, language: str) -> str:
    return entry.get("sides", {}).get(language, entry["text"])


def typed(leader, name: str, line: str, language: str = "en") -> str:
    """What the command box says to a line."""
    assert leader.do("command", phone=name, line=line)[0] == 200, line
    output = idle(leader, name)["output"]
    last = max(n for n, entry in enumerate(output) if entry["type"] in ("typed", "error"))
    return "\n".join(told(entry, language) for entry in output[last:])


def flashing(leader, name: str) -> None:
    assert leader.do("flash", phone=name, rom="global")[0] == 200
    leader.until(lambda: (leader.phone(name)["label"]["progress"] or 0) > 0.2, "it is being flashed")


def test_the_cable_is_pulled_in_the_middle(leader):
    """The client breaks off, the phone waits; plugged in again it answers."""
    flashing(leader, "bao")
    assert leader.do("cable", phone="bao", out=True)[0] == 200
    phone = idle(leader, "bao")
    assert [line["code"] for line in phone["output"] if line["type"] == "ended"] == [-9]
    assert phone["label"]["mode"] == "fastboot"
    assert "cable is pulled" in typed(leader, "bao", "fastboot getvar product")
    assert leader.do("cable", phone="bao", out=False)[0] == 200
    assert "product: dipper" in typed(leader, "bao", "fastboot getvar product")


def test_the_power_is_cut_in_the_middle(leader):
    """No mixture starts: boot was erased first. Flashed again, it is what it was."""
    flashing(leader, "bao")
    assert leader.do("power", phone="bao", what="cut")[0] == 200
    assert idle(leader, "bao")["label"]["state"] == "off"
    assert leader.do("power", phone="bao", what="on")[0] == 200
    assert leader.verdict("bao", "brick")
    typed(leader, "bao", "explain")
    said = lambda: [told(line, "zh") for line in leader.phone("bao")["output"]]  # noqa: E731
    leader.until(lambda: any("软砖" in line for line in said()), "it is explained in Chinese")
    assert leader.do("flash", phone="bao", rom="cn")[0] == 200
    assert leader.verdict("bao", "home orange rom=cn")


def test_what_is_typed_wrong_stands_there_with_a_way_out(leader):
    assert "usage: fastboot flash NAME FILE" in typed(leader, "bao", "flash boot")
    assert "did you mean shell getprop?" in typed(leader, "bao", "getprop")
    assert "did you mean fastboot?" in typed(leader, "bao", "fasboot getvar all")
    assert "help lists them" in typed(leader, "bao", "rm -rf")
    output = leader.phone("bao")["output"]
    assert [line["text"] for line in output[-2::-2]][:2] == ["rm -rf", "fasboot getvar all"]
    assert {line["type"] for line in output[-2::-2][:2]} == {"tried"}
    typed(leader, "bao", "power off")
    assert "verdict: fastboot keys" in typed(leader, "bao", "power on --hold volume-down")
    assert "product: dipper" in typed(leader, "bao", "getvar product")
    typed(leader, "bao", "power off")


def test_a_file_of_ones_own(leader):
    assert "no file 'mine.img'" in typed(leader, "bao", "fastboot flash logo mine.img")
    assert leader.call("POST", "/phones/bao/upload/mine.img", b"x" * 4096)[0] == 200
    assert "mine.img" in typed(leader, "bao", "files")
    assert "not in fastboot mode" in typed(leader, "bao", "fastboot flash logo mine.img")
    typed(leader, "bao", "power on fastboot")
    typed(leader, "bao", "power off")
    assert "verdict: fastboot keys" in typed(leader, "bao", "power on fastboot")
    assert "OKAY" in typed(leader, "bao", "fastboot flash logo mine.img")
    assert "OKAY" in typed(leader, "bao", "fastboot flash boot cn/boot.img")


def test_the_official_unlock(leader):
    """Locked, bound, too early, the clock moves, unlocked; and locked again."""
    assert "Couldn't unlock" in typed(leader, "anna", "unlock")
    assert leader.do("power", phone="anna", what="off")[0] == 200
    leader.until(lambda: leader.phone("anna")["label"]["state"] == "off", "it is off")
    assert leader.do("factory", phone="anna", lock="locked")[0] == 200
    idle(leader, "anna")
    assert "360 of 360 hours to wait" in typed(leader, "anna", "account bind")
    assert "请在 360 小时后" in typed(leader, "anna", "unlock", "zh")
    assert "现在可以解锁" in typed(leader, "anna", "account wait 360h", "zh")
    typed(leader, "anna", "unlock")
    leader.until(lambda: leader.phone("anna")["label"]["lock"] == "unlocked", "it is unlocked")
    typed(leader, "anna", "lock")
    leader.until(lambda: leader.phone("anna")["label"]["lock"] == "locked", "it is locked")


def test_rescue_asks_whose_account_it_is(leader):
    """A phone that is well is brought there; only the maker's accounts may write."""
    assert leader.do("rescue", phone="chen", account="plain", rom="global")[0] == 200
    output = idle(leader, "chen")["output"]
    assert "the plain account was refused" in "\n".join(told(line, "en") for line in output)
    assert "账号 plain 被拒绝" in "\n".join(told(line, "zh") for line in output)
    assert leader.do("rescue", phone="chen", account="authorised", rom="cn")[0] == 200
    assert leader.verdict("chen", "brick region-mismatch made-for=global rom=cn")


def test_no_more_phones_than_there_is_memory_for(leader):
    """As many as the memory has room for: three here, and they are all on."""
    status, said = leader.do("add")
    assert status == 200
    leader.ready(said["phone"])
    for name in ("anna", "bao", "chen"):
        assert leader.phone(name)["label"]["state"] == "on"
    status, refused = leader.do("power", phone=said["phone"], what="on")
    assert status == 400 and "room for 3" in refused["error"]["en"]
    assert leader.do("remove", phone=said["phone"])[0] == 200
