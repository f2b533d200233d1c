# SPDX-License-Identifier: MIT
"""scripts/install-packages and fetch-arm64 on computers that are not this one, by their tools' fakes."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from conftest import HANG_S, ROOT

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


@pytest.mark.parametrize("words", ("--host", "run"))
@pytest.mark.parametrize(
    "release, says",
    (
        ('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', "this is ubuntu: its arm64 packages lie on another"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n', "this is linuxmint: its arm64 packages"),
        ('ID=kali\nID_LIKE=debian\nVERSION_ID="2026.3"\n', "this is kali, not Debian itself"),
        ('ID=debian\nVERSION_ID="11"\n', "this is Debian 11, whose QEMU and libraries are too old"),
    ),
)
def test_relatives_hear_it_before_anything_is_installed(computer, release, says, words):
    computer.release.write_text(f'NAME="X"\n{release}')
    done = computer.run(INSTALL, words, FAKE_MISSING="meson")
    assert done.returncode == 1 and says in done.stderr
    assert "Debian 12 or 13; in a container of it: scripts/in-container make run" in done.stderr
    assert computer.log.read_text() == ""


def test_debian_testing_has_no_number_and_goes_on(computer):
    computer.release.write_text("ID=debian\nVERSION_CODENAME=forky\n")
    done = computer.run(INSTALL, "run")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_computer_that_can_be_one_hears_nothing(computer):
    done = computer.run(INSTALL, "--host", FAKE_MISSING="meson")
    assert (done.returncode, done.stdout + done.stderr, computer.log.read_text()) == (0, "", "")


def test_what_has_to_be_fetched_is_looked_for_before_anything_is_installed():
    """Of make's own plan: who fetches is the one that installs, once it knows that all is there."""
    plan = subprocess.run(
        ["make", "-n", "build", "FLASHLAB_BUILD=/nowhere/build", "ARM64=/nowhere/arm64"],
        cwd=ROOT, text=True, capture_output=True, check=False).stdout
    fetches = plan.index("fetch-arm64 /nowhere/arm64 scripts/install-packages run")
    assert plan.index("install-packages --host") < fetches
    assert plan.index("install-packages run") > fetches


def test_no_room_is_said_before_anything_is_fetched(computer, tmp_path):
    computer.tool("df", "printf 'h\\nx 1 1 20 1 /\\n'")
    done = computer.run(FETCH, tmp_path / "arm64")
    assert done.returncode == 1 and "room for 20 MiB" in done.stderr and computer.log.read_text() == ""


def test_sources_without_arm64_end_in_words(computer, tmp_path):
    done = computer.run(FETCH, tmp_path / "arm64")
    assert done.returncode == 1
    assert "no linux-image-arm64" in done.stderr or "leave arm64 out" in done.stderr
    assert not list(tmp_path.glob("fetch.*"))


DEAD = "deb http://127.0.0.1:1/debian stable main\n"  # nothing listens there
KERNEL = """Package: linux-image-arm64
Version: 1
Architecture: arm64
Depends: linux-image-6.1.0-1-arm64
Filename: ./a.deb
Size: 1
SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
"""


def of_sources(computer: Computer, folder: Path, sources: str) -> subprocess.CompletedProcess:
    """fetch-arm64 with the real apt, which knows these sources and no others."""
    (folder / "sources").write_text(sources)
    for name in ("apt-get", "apt-cache", "apt-config"):
        computer.tool(name, f'exec /usr/bin/{name} -o Dir::Etc::sourcelist={folder}/sources '
                      '-o Dir::Etc::sourceparts=- "$@"')
    computer.tool("dpkg", 'exec /usr/bin/dpkg "$@"')
    done = computer.run(FETCH, folder / "arm64", "touch", folder / "installed")
    assert done.returncode == 1 and not list(folder.glob("fetch.*")) and not (folder / "arm64").exists()
    assert not (folder / "installed").exists()
    return done


def test_no_network_is_no_fault_of_the_sources(computer, tmp_path):
    done = of_sources(computer, tmp_path, DEAD)
    assert "the package lists could not be read: is the network up" in done.stderr
    assert "this needs the sources of" not in done.stderr


def test_one_dead_source_of_somebody_else_does_not_matter(computer, tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "Packages").write_text(KERNEL)
    done = of_sources(computer, tmp_path, f"deb [trusted=yes] file:{repository} ./\n" + DEAD)
    assert "some apt source could not be read; going on without it" in done.stderr
    assert "the apt sources have no linux-headers-6.1.0-1-arm64 for arm64" in done.stderr


def test_sources_that_answer_and_have_no_such_kernel(computer, tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "Packages").write_text(KERNEL.replace("linux-image-arm64", "linux-image-generic"))
    done = of_sources(computer, tmp_path, f"deb [trusted=yes] file:{repository} ./\n")
    assert "no linux-image-arm64 for arm64: this needs the sources of Debian 12 or 13" in done.stderr


def test_sources_for_one_architecture_are_named_with_their_line(computer, tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "Packages").write_text("")
    done = of_sources(computer, tmp_path, f"\ndeb [arch=amd64 trusted=yes] file:{repository} ./\n")
    assert f"leave arm64 out ({tmp_path}/sources:2:deb [arch=amd64" in done.stderr


# Packages of which each is the whole tree. They unpack when the other side has begun, and say that they do.
SHOWN = """case $3 in linux-image-arm64:*) echo Depends: linux-image-6-arm64 ;;
*) echo Depends: linux-headers-6-common, linux-kbuild-6 ;; esac"""
UNPACKS = """mkdir -p $3/boot $3/lib/modules/6-arm64 $3/bin $3/usr/lib/aarch64-linux-gnu
headers=$3/usr/src/linux-headers-6-arm64
mkdir -p $headers/scripts/mod $3/usr/src/linux-headers-6-common/arch
cd $3; touch boot/vmlinuz-6-arm64 lib/modules/6-arm64/modules.order bin/busybox $headers/Makefile
touch usr/lib/aarch64-linux-gnu/lib{fdt,bearssl,z}.a $headers/Module.symvers $headers/scripts/mod/modpost
touch $FAKE_LOG.unpacks; until [ -e $FAKE_LOG.installs ]; do sleep 0.02; done"""
BESIDE = "touch $FAKE_LOG.installs; until [ -e $FAKE_LOG.unpacks ]; do sleep 0.02; done; "


@pytest.fixture
def packages(computer) -> Computer:
    computer.tool("apt-cache", f"set -- x $*; {SHOWN}")
    computer.tool("apt-get", 'case "$*" in *download*) touch all.deb ;; esac')
    computer.tool("dpkg-deb", UNPACKS)
    return computer


@pytest.mark.parametrize("code, words", [(0, "done, linux-image-6-arm64\n"), (1, "then make again\n")])
def test_what_is_missing_is_installed_meanwhile(packages, tmp_path, code, words):
    done = packages.run(FETCH, tmp_path / "arm64", "sh", "-c", f"{BESIDE}exit {code}")
    assert done.returncode == code and done.stderr.endswith(words), done.stderr
    assert (tmp_path / "arm64" / "complete").read_text() == "linux-image-6-arm64\n"
    assert packages.run(FETCH, tmp_path / "arm64", "false").returncode == 0, "it is there"


def test_who_interrupts_what_is_installed_ends_the_fetching(packages, tmp_path):
    packages.tool("dpkg-deb", "touch $FAKE_LOG.unpacks; echo $$ >$FAKE_LOG.pid; exec sleep 600")
    done = packages.run(FETCH, tmp_path / "arm64", "sh", "-c", f"{BESIDE}kill -INT $PPID $$")
    assert done.returncode == 130 and not list(tmp_path.glob("fetch.*"))
    unpacking = Path("/proc", (tmp_path / "log.pid").read_text().strip())
    deadline = time.monotonic() + HANG_S
    while unpacking.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_path_with_a_space_is_refused_at_once(tmp_path):
    folder = tmp_path / "my lab"
    folder.mkdir()
    (folder / "Makefile").symlink_to(ROOT / "Makefile")
    done = subprocess.run(["make", "-n", "run"], cwd=folder, text=True, capture_output=True, check=False)
    assert done.returncode == 2 and "a path with a space" in done.stderr
