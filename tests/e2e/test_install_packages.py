# SPDX-License-Identifier: MIT
"""scripts/install-packages and fetch-arm64 on computers that are not this one, by their tools' fakes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

INSTALL = ROOT / "scripts" / "install-packages"
FETCH = ROOT / "scripts" / "fetch-arm64"
COMPILERS = ("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross")


class Computer:
    """Its own dpkg, apt and sudo, and a note of what was asked of them."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "log"
        self.release = folder / "os-release"
        self.release.write_text("ID=debian\n")
        self.tool("dpkg", "echo ${FAKE_ARCH:-amd64}")
        self.tool("dpkg-query", "for p in \"${@:3}\"; do case \" $FAKE_MISSING \" in *\" $p \"*) ;; *) "
                  "printf '%s=installed ' \"$p\" ;; esac; done")
        self.tool("id", "echo 1000")
        for name in ("apt-get", "sudo", "apt-cache"):
            self.tool(name, f'echo "{name} $*" >>"$FAKE_LOG"; exit ${{FAKE_CODE:-0}}')

    def tool(self, name: str, body: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{body}\n")
        (self.bin / name).chmod(0o755)

    def run(self, *command: object, **env: str) -> subprocess.CompletedProcess:
        self.log.write_text("")
        return subprocess.run(
            list(map(str, command)), text=True, capture_output=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL,
            env={"PATH": f"{self.bin}:{os.environ['PATH']}", "FAKE_LOG": str(self.log),
                 "OS_RELEASE": str(self.release), **env})


@pytest.fixture
def computer(tmp_path) -> Computer:
    return Computer(tmp_path)


@pytest.mark.parametrize("arch, asks", (("amd64", True), ("arm64", False)))
def test_the_native_compiler_is_the_phones_on_arm64(computer, arch, asks):
    done = computer.run(INSTALL, "run", FAKE_ARCH=arch, FAKE_MISSING=" ".join(COMPILERS),
                        FAKE_CODE="1")
    assert (done.returncode, any(name in done.stderr for name in COMPILERS)) == (int(asks), asks)


def test_nothing_missing_is_silent(computer):
    done = computer.run(INSTALL, "run")
    assert (done.returncode, done.stdout + done.stderr, computer.log.read_text()) == (0, "", "")


def test_without_sudo_the_command_is_printed(computer):
    done = computer.run(INSTALL, "run", FAKE_MISSING="meson seabios", FAKE_CODE="1")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends seabios meson\n" in done.stderr
    assert "apt-get" not in computer.log.read_text()


def test_a_sudo_that_refuses(computer):
    computer.tool("sudo", '[ "$1" = -v ] && exit 1; echo "sudo $*" >>"$FAKE_LOG"')
    done = computer.run(INSTALL, "run", FAKE_MISSING="meson")
    assert done.returncode == 1
    assert "sudo does not let you" in done.stderr
    assert "apt-get install --no-install-recommends meson\n" in done.stderr
    assert "apt-get" not in computer.log.read_text()


@pytest.mark.parametrize("name", ("ubuntu", "linuxmint"))
def test_relatives_hear_it_before_anything_is_installed(computer, name):
    computer.release.write_text(f'NAME="X"\nID={name}\n')
    done = computer.run(INSTALL, "run", FAKE_MISSING="meson")
    assert done.returncode == 1 and "Debian 12 or 13" in done.stderr
    assert computer.log.read_text() == ""


def test_a_computer_that_can_be_one_hears_nothing(computer):
    done = computer.run(INSTALL, "--host", FAKE_MISSING="meson")
    assert (done.returncode, done.stdout + done.stderr, computer.log.read_text()) == (0, "", "")


def test_what_has_to_be_fetched_is_tried_before_anything_is_installed():
    """Of make's own plan: what cannot be fetched here is heard before root is asked for."""
    plan = subprocess.run(
        ["make", "-n", "build", "FLASHLAB_BUILD=/nowhere/build", "ARM64=/nowhere/arm64"],
        cwd=ROOT, text=True, capture_output=True, check=False).stdout
    order = [plan.index(word) for word in ("install-packages --host", "fetch-arm64 /nowhere", "install-packages run")]
    assert order == sorted(order)


def test_no_room_is_said_before_anything_is_fetched(computer, tmp_path):
    computer.tool("df", "printf 'h\\nx 1 1 20 1 /\\n'")
    done = computer.run(FETCH, tmp_path / "arm64")
    assert done.returncode == 1 and "room for 20 MiB" in done.stderr and computer.log.read_text() == ""


def test_sources_without_arm64_end_in_words(computer, tmp_path):
    done = computer.run(FETCH, tmp_path / "arm64")
    assert done.returncode == 1
    assert "no linux-image-arm64" in done.stderr or "leave arm64 out" in done.stderr
    assert not list(tmp_path.glob("fetch.*"))


def test_a_path_with_a_space_is_refused_at_once(tmp_path):
    folder = tmp_path / "my lab"
    folder.mkdir()
    (folder / "Makefile").symlink_to(ROOT / "Makefile")
    done = subprocess.run(["make", "-n", "run"], cwd=folder, text=True, capture_output=True, check=False)
    assert done.returncode == 2 and "a path with a space" in done.stderr
