# SPDX-License-Identifier: MIT
"""What scripts/phone and scripts/roms say to somebody who is new here."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import PHONE, ROOT, phone, without_display

from lab.errors import LabError
from lab import catalog, cli, paths, reach, roms, schema, store

NOBODY = 65534
SCHEMA = schema.Schema()
KEPT = {"phone": "anna", "model": "dipper", "at": "tcp:127.0.0.1:5554"}
REGION = {"stage": "flow", "event": "verdict", "fate": "brick", "reason": "region-mismatch"}
REGION |= {"screen": "region", "made_for": "cn"}


def test_a_model_that_was_edited_is_read_again(tmp_path, monkeypatch):
    """Also by a server that runs on; and what was left half edited is no model, as before."""
    monkeypatch.setattr(paths, "MODEL_FILES", tmp_path)
    said = []
    for text in ("name: Mi 8\n", "name: Mi 8 SE\n", "name: [\n", None, "name: Mi A2\n"):
        file = tmp_path / "dipper.yaml"
        file.unlink() if text is None else file.write_text(text, encoding="utf-8")
        said.append(catalog.facts_of_model("dipper").get("name"))
    assert said == ["Mi 8", "Mi 8 SE", None, None, "Mi A2"]


@pytest.fixture
def kept(build):
    """A kept phone of a name that nobody has; it is gone afterwards, and off."""
    facts = {**catalog.DEFAULTS, "rom": "global", "lock": "unlocked"}
    with store.NewPhone(**facts) as new:
        names = (f"novice-{number}" for number in range(99))
        name = next(name for name in names if not (paths.PHONES / name).exists())
        folder = new.keep(name)
    yield folder
    phone("power", name, "off")
    phone("rm", "--yes", name)


def free_pair() -> int:
    """A port that is free, and so is the next."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
        try:
            socket.create_server(("127.0.0.1", port + 1)).close()
            return port
        except OSError:
            continue
    raise AssertionError("no two ports side by side")


def test_a_phone_that_is_on_says_where_it_is_reached_and_how_far_it_is(kept):
    name, port = kept.name, free_pair()
    on = phone("power", name, "on", "--headless", "--port", str(port))
    where = f"fastboot tcp:127.0.0.1:{port}, adb 127.0.0.1:{port + 1}"
    assert on.returncode == 0 and where in on.stderr
    assert on.stdout == "verdict: brick region-mismatch made-for=cn rom=global\n"
    listed = next(line for line in phone("list").stdout.splitlines() if line.startswith(name))
    assert listed.split()[1] == "brick" and listed.endswith(where)
    said = phone("explain", name).stdout
    assert f"{name} is still on ({where})" in said
    assert f"scripts/phone press {name} volume-down+power" in said and "make run" not in said
    assert phone("power", name, "off").returncode == 0
    again = phone("power", name, "on", "--headless", "--port", str(port))
    assert again.returncode == 0, "the port is free again"


def test_a_port_that_is_taken(kept):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = phone("power", kept.name, "on", "--headless", "--port", str(port))
    assert done.returncode == 1
    assert f"the port {port}" in done.stderr and "scripts/phone list" in done.stderr
    assert not store.is_running(kept)


@pytest.mark.parametrize("port", ["80", "65535", "x", "-1"])
def test_a_port_that_cannot_be(port):
    done = phone("power", "anna", "on", f"--port={port}")
    assert done.returncode == 2 and "1024 to 65534" in done.stderr


BAD_VALUES = {
    "run x --rtc": ("", "2018", "2018-02-30T09:41:00", "9999-12-31T23:59:59", "２018-09-14T09:41:00"),
    "power x on --rtc": ("2018-09-14T09:41:00+08:00",),
    "run --fresh --rollback": ("", "-1", "65", "٣", "1_0", "9" * 5000),
    "run --fresh --serial": ("", "a b", "x" * 32, "a\nb", "é"),
    "run x --timeout": ("", "0", "-1", "nan", "inf", "1e9", "0x1", "五"),
    "usb x --port": ("-1", "65536", "9" * 5000),
    "check x": ("0", "²"),
    "matrix x --jobs": ("0", "1025", "+1"),
}


@pytest.mark.parametrize("words", BAD_VALUES)
def test_a_value_that_cannot_be_is_refused_before_anything_begins(words, capsys):
    for value in BAD_VALUES[words]:
        with pytest.raises(SystemExit) as ended:
            cli.parse([*words.split(), value])
        said = capsys.readouterr().err
        assert ended.value.code == 2 and repr(value) in said.replace("\n", "")


@pytest.mark.parametrize(
    "words, says",
    [
        (("--port", "99999"), "a number from 0 to 65535"),
        (("--lan", "0"), "0 is no address of this computer"),
    ],
)
def test_a_workshop_that_cannot_be(build, words, says):
    done = subprocess.run(
        ["/usr/bin/python3", ROOT / "scripts" / "workshop", *words], capture_output=True, text=True
    )
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_no_shell_reads_what_make_is_given():
    def recipe(*words: str) -> str:
        return subprocess.run(
            ["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    said = recipe("run", *(f"{word}=a'b" for word in ("REGION", "ROM", "MODEL", "LOCK", "POLICY")))
    assert "--region" in said and "a'b" not in said
    assert "--headless" in recipe("run", "HEADLESS=1")
    assert "--headless" not in recipe("run", "HEADLESS=0")
    assert "--lan" not in recipe("workshop", "LAN=0")


def test_list_survives_a_broken_phone(fake):
    broken = fake.phone_folder.parent / "broken"
    broken.mkdir()
    (broken / "phone.json").write_text("{")
    done = fake("brick", "list")
    assert done.returncode == 0
    states = [line.split()[:2] for line in done.stdout.splitlines()]
    assert states == [["broken", "broken"], ["fake", "off"]]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_somebody_elses_phone_is_shown_and_left_alone():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "lock").touch()
        with store.Held(folder):
            assert store.is_running(folder)
        os.seteuid(NOBODY)
        try:
            assert not store.is_running(folder)
            with pytest.raises(LabError, match="belongs to root.*FLASHLAB_BUILD"):
                store.Held(folder)
        finally:
            os.seteuid(0)


def test_rm_of_a_link_takes_the_link(fake):
    link = fake.phone_folder.parent / "link"
    link.symlink_to("fake")
    assert fake("brick", "rm", "--yes", "link").returncode == 0
    assert not link.is_symlink() and (fake.phone_folder / "phone.json").is_file()


@pytest.mark.parametrize("program, words", [
    ("phone", ["play"]), ("phone", ["exercise"]), ("phone", ["list"]), ("phone", ["--help"]),
    ("bench", ["--help"]), ("roms", ["--help"]), ("fleet/pack", ["--help"]),
])
def test_a_reader_that_goes_is_no_error(program, words):
    """The pipe's other end is closed before anything is written."""
    ours, theirs = os.pipe()
    os.close(ours)
    running = subprocess.Popen(
        [ROOT / "scripts" / program, *words],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=without_display(),
    )
    os.close(theirs)
    assert running.communicate(timeout=120)[1] == b"" or words == ["list"]
    assert running.returncode in (141, 0)


# Advice.


def test_a_kept_phone_is_told_its_own_name_and_the_way_back():
    fresh = SCHEMA.advice_for(REGION)
    own = SCHEMA.advice_for(REGION, phone=KEPT)
    assert "make run REGION=cn" in fresh and "make run" not in own
    for words in ("press anna volume-down+power", "build/roms/dipper-cn/flash_all.sh", KEPT["at"]):
        assert words in own


@pytest.mark.parametrize("key", SCHEMA.advice_kept)
def test_kept_advice_names_the_phone_and_no_make(key):
    text = SCHEMA.advice_kept[key]
    assert "{phone}" in text and not re.search(r"make |LOCK=|POLICY=|NAME", text)


@pytest.mark.parametrize("key", SCHEMA.advice)
def test_every_advice_is_there_in_chinese(key):
    assert re.search("[\u4e00-\u9fff]", SCHEMA.advice_zh[key])
    assert set(re.findall(r"{\w+}", SCHEMA.advice_zh[key])) <= {"{made_for}", "{phone}"}


def test_every_command_in_the_advice_is_one():
    commands = subprocess.check_output([PHONE, "--help"], text=True)
    for text in (*SCHEMA.advice.values(), *SCHEMA.advice_kept.values(), *SCHEMA.advice_zh.values()):
        for command in re.findall(r"scripts/phone (\w+)", text):
            assert re.search(rf"^    {command}\b", commands, re.MULTILINE), command


def test_where_a_phone_that_is_off_is_reached(tmp_path):
    assert reach.in_words(tmp_path) == "" and reach.ports(tmp_path) == {}


# ROMs.


def run_roms(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [ROOT / "scripts" / "roms", *words],
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.mark.parametrize(
    "words, says",
    [
        (["dippr"], ["did you mean dipper?", "whyred"]),
        (["dipper", "--rom", "cnn"], ["did you mean cn?", "reseller"]),
        (["dipper", "--rom", "reseller"], ["no reseller ROM for dipper", "hermes"]),
    ],
)
def test_roms_of_an_unknown_name_lists_what_there_is(words, says):
    done = run_roms(*words)
    assert done.returncode == 2 and all(word in done.stderr for word in says), done.stderr


def test_all_roms_say_what_they_take_and_one_is_offered(capsys):
    roms._say_what_it_takes(roms.all_packages())
    said = capsys.readouterr().err
    assert re.search(r"2\d packages take 2\.\d GB and some minutes", said)
    assert "scripts/roms dipper" in said


def test_a_short_name_leads_to_the_package(build):
    made = roms.named("package", "dipper", "cn")
    assert made == roms.ROMS / "dipper-cn" and (made / "flash_all.sh").is_file()
    assert made.resolve().parent == roms.ROMS.resolve()
