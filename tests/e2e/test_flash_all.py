# SPDX-License-Identifier: MIT
"""The scripts of ROM packages, with a fastboot client that only writes down what it was asked."""

from __future__ import annotations

import os
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

import pytest
from lab import paths, roms
from romc_inputs import HANG_S, Inputs, romc

CLIENT = """#!/bin/sh
printf '%s\\n' "$*" >>"$FAKE_LOG"
shift 2
case $* in
    'getvar anti') printf 'anti: %s\\nFinished. Total time: 0.000s\\n' "$FAKE_ANTI" >&2 ;;
    'getvar crc') printf 'crc: %s\nFinished. Total time: 0.000s\n' "$FAKE_CRC" >&2 ;;
    'getvar product') printf 'product: %s\\nFinished. Total time: 0.000s\\n' "$FAKE_PRODUCT" >&2 ;;
esac
if [ "$*" = "$FAKE_REFUSES" ]; then
    echo "FAILED (remote: 'no')" >&2
    exit 1
fi
"""
SPARSE = bytes.fromhex("3aff26ed")
OPTIONS = ("-s", "tcp:127.0.0.1:5554")
CHECKS = ["getvar anti", "getvar product"]
LISTS = [f"flash {name} images/{name}.txt" for name in ("crclist", "sparsecrclist")]


class Ran(NamedTuple):
    code: int
    last_line: str
    steps: list[str]


class Package:
    """One of whyred's, and a client for it; the phone is as the package wants it, but for `phone`."""

    def __init__(self, folder: Path, model: str) -> None:
        inputs = Inputs(folder)
        inputs.model = paths.MODEL_FILES / f"{model}.yaml"
        how = ["--scripts", roms.TEMPLATES, "--archives", "no"]
        done = romc("package", *inputs.words(), *how, "-o", folder / "p")
        assert done.returncode == 0, done.stderr
        self.folder = folder / "p" / done.stdout.strip()
        self.bin = folder / "bin"
        self.bin.mkdir()
        (self.bin / "fastboot").write_text(CLIENT)
        (self.bin / "fastboot").chmod(0o755)
        self.log = folder / "steps"

    def run(self, script: str = "flash_all.sh", shell: str = "dash", **phone: str) -> Ran:
        self.log.write_text("")
        env = {"anti": "4", "product": "whyred", "crc": "1", "refuses": ""} | phone
        done = subprocess.run(
            [shell, self.folder / script, *OPTIONS],
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "FAKE_LOG": str(self.log)}
            | {f"FAKE_{key.upper()}": value for key, value in env.items()},
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HANG_S,
            check=False,
        )
        lines = self.log.read_text().splitlines()
        assert all(line.startswith(" ".join(OPTIONS) + " ") for line in lines)
        steps = [line.removeprefix(" ".join(OPTIONS) + " ") for line in lines]
        return Ran(done.returncode, (done.stdout.splitlines() or [""])[-1], steps)


@pytest.fixture(scope="session")
def package(tmp_path_factory, build: Path) -> Package:
    """Whoever changes a file of it makes one of its own."""
    return Package(tmp_path_factory.mktemp("whyred"), "whyred")


def flashed(steps: list[str]) -> list[str]:
    return [step.split()[1] for step in steps if step.startswith("flash ") and step not in LISTS]


@pytest.mark.parametrize("shell", ("dash", "bash"))
def test_everything_in_order(package, shell):
    ran = package.run(shell=shell)
    assert (ran.code, ran.last_line) == (0, "done")
    assert ran.steps[:6] == [*CHECKS, "getvar crc", "erase boot", *LISTS]
    assert ran.steps[-1] == "reboot"
    parts = flashed(ran.steps)
    assert len(parts) == len(ran.steps) - 7 and len(set(parts)) == len(parts)
    assert {f"{part}.img" for part in parts} == {
        path.name for path in package.folder.glob("images/*.img")
    }
    order = ["misc", "vbmeta", "dtbo", "system", "cache", "userdata", "recovery", "boot"]
    assert parts == [part for part in order if part in parts]
    assert all(f"flash {part} images/{part}.img" in ran.steps for part in parts)


def test_the_other_two_scripts(package):
    everything = package.run().steps
    assert package.run("flash_all_lock.sh").steps == [*everything[:-1], "oem lock"]
    kept = [step for step in everything if "userdata" not in step]
    assert len(kept) == len(everything) - 1
    assert package.run("flash_all_except_storage.sh").steps == kept


def test_each_step_stops_it(package):
    names = {"erase": "Erase", "flash": "Flash", "reboot": "Reboot", "oem": "Lock"}
    for script in ("flash_all.sh", "flash_all_lock.sh"):
        steps = package.run(script).steps
        for number, step in enumerate(steps[3:], 4):
            words = step.split()
            part = f" {words[1]}" if words[0] in ("erase", "flash") else ""
            ran = package.run(script, refuses=step)
            assert (ran.code, ran.steps) == (1, steps[:number])
            assert ran.last_line == f"{names[words[0]]}{part} error"


@pytest.mark.parametrize(
    ("anti", "passes"),
    (("", True), ("0", True), ("3", True), ("4", True), ("5", False), ("65535", False)),
)
def test_anti_rollback_comes_first(package, anti, passes):
    ran = package.run(anti=anti, product="whyred" if passes else "sagit")
    assert (ran.code == 0) is passes
    if not passes:
        assert ran.steps == CHECKS[:1]
        assert ran.last_line == "current device antirollback version is greater than this package"


@pytest.mark.parametrize("anti", ("4x", "-1", "99999999999999999999", "5 4", "$(reboot)"))
def test_odd_answers_stop_it(package, anti):
    ran = package.run(anti=anti)
    assert (ran.code, ran.steps) == (1, CHECKS[:1])


@pytest.mark.parametrize("product", ("dipper", "whyred2", "my whyred", "", "WHYRED", "w.yred"))
def test_another_model(package, product):
    ran = package.run(product=product)
    assert (ran.code, ran.steps) == (1, CHECKS)
    assert ran.last_line == "Missmatching image and device"


def test_a_phone_that_does_not_answer(package):
    assert package.run(refuses="getvar anti").steps == CHECKS[:1]
    assert package.run(refuses="getvar anti").code == 1


def test_damaged_packages_touch_nothing(tmp_path, build):
    package = Package(tmp_path, "whyred")
    image = package.folder / "images" / "vbmeta.img"
    whole = image.read_bytes()
    for damaged in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1], whole + b"\0", b""):
        image.write_bytes(damaged)
        ran = package.run()
        assert (ran.code, ran.steps) == (1, CHECKS)
        assert "images/vbmeta.img is damaged" in ran.last_line
    image.unlink()
    assert package.run().steps == CHECKS
    image.write_bytes(whole)
    assert package.run().code == 0
    (package.folder / "images" / "cksum.txt").unlink()
    assert (package.run().code, package.run().steps) == (1, CHECKS)
    (package.folder / "images" / "anti_version.txt").unlink()
    assert (package.run().code, package.run().steps) == (1, [])


def test_a_phone_without_checksums_gets_no_lists(package):
    steps = package.run(crc="0").steps
    assert not set(steps) & set(LISTS) and len(steps) == len(package.run().steps) - 2


def test_the_lists_are_the_phones(package):
    """Names and CRC-32s; of a sparse image with the number of downloads, which is one."""
    images = package.folder / "images"
    plain, sparse = ((images / f"{name}.txt").read_text().split("\n") for name in ("crclist", "sparsecrclist"))
    assert (plain[0], sparse[0], plain[-1]) == ("CRC-LIST", "SPARSECRC-LIST", "")
    found = {}
    for line in plain[1:-1] + [line.removesuffix(" 1") for line in sparse[1:-1]]:
        name, crc = line.split(" ")
        found[name] = crc
    assert found == {
        path.stem: f"0x{zlib.crc32(path.read_bytes()):08x}" for path in images.glob("*.img")
    }
    assert {line.split()[0] for line in sparse[1:-1]} == {
        path.stem for path in images.glob("*.img") if path.read_bytes()[:4] == SPARSE
    }


@pytest.mark.parametrize("name", ("flash_all", "flash_all_lock", "flash_all_except_storage"))
def test_the_twin_for_windows_has_the_same_steps(package, name):
    text = (package.folder / f"{name}.bat").read_bytes().decode("ascii")
    assert text.count("\r\n") == text.count("\n")
    lines = text.split("\r\n")
    steps = [line.split("fastboot %* ")[1] for line in lines if "fastboot %* " in line]
    said = [step.split(" ||")[0].split(" 2>&1")[0].split(" 2^>")[0] for step in steps]
    ran = package.run(f"{name}.sh").steps
    anti = said.index("getvar anti")
    assert said[anti + 1] == "getvar anti"  # once to see that it answers, once for the number
    assert [step.replace("\\", "/") for step in said[:anti] + said[anti + 1:]] == ran
    for line in lines:
        if "fastboot %* " in line and not line.startswith("for ") and "getvar crc" not in line:
            assert line.endswith(" && exit /B 1"), line
