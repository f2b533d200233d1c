# SPDX-License-Identifier: MIT
"""scripts/in-container, with an engine that only takes note of what it is asked for."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT

IN_CONTAINER = ROOT / "scripts" / "in-container"
ENGINE = """#!/usr/bin/python3
import json, os, sys
said = {"words": sys.argv[1:], "file": sys.stdin.read() if sys.argv[1] == "build" else ""}
with open(os.environ["FAKE_LOG"], "a", encoding="utf-8") as log:
    print(json.dumps(said), file=log)
sys.exit(int(os.environ.get("FAKE_" + sys.argv[1].upper(), 0)))
"""


class Computer:
    def __init__(self, folder: Path) -> None:
        self.bin, self.log = folder / "bin", folder / "log"
        self.bin.mkdir()
        for tool in ("bash", "dirname", "sed", "id"):
            (self.bin / tool).symlink_to(f"/usr/bin/{tool}")

    def has(self, engine: str) -> None:
        (self.bin / engine).write_text(ENGINE, encoding="utf-8")
        (self.bin / engine).chmod(0o755)

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [IN_CONTAINER, *words], text=True, capture_output=True, stdin=subprocess.DEVNULL,
            check=False, timeout=120,
            env={"PATH": str(self.bin), "FAKE_LOG": str(self.log), **env})

    def asked(self) -> list[dict]:
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def computer(tmp_path) -> Computer:
    return Computer(tmp_path)


def test_a_command_runs_in_debian_with_the_packages(computer):
    computer.has("podman")
    done = computer.run("make", "run", "ROM=global", "two words")
    assert (done.returncode, done.stderr) == (0, "")
    build, run = computer.asked()
    assert build["words"][0] == "build" and build["words"][-1] == str(ROOT / "scripts")
    assert "FROM docker.io/library/debian:12" in build["file"]
    assert "/tmp/install-packages run draw page workshop" in build["file"]
    words = run["words"]
    image = build["words"][build["words"].index("--tag") + 1]
    assert words[words.index(image) + 1 :] == ["make", "run", "ROM=global", "two words"]
    assert words[words.index("--volume") + 1] == f"{ROOT}:/lab"
    assert words[words.index("--network") + 1] == "host" and "--user" not in words


def test_docker_is_told_whose_the_files_are(computer):
    computer.has("docker")
    assert computer.run("true").returncode == 0
    words = computer.asked()[1]["words"]
    assert words[words.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"


def test_the_engine_and_the_packages_can_be_chosen(computer):
    computer.has("podman")
    computer.has("docker")
    assert computer.run("true", IN_CONTAINER="docker", IN_CONTAINER_SETS="run test").returncode == 0
    build, run = computer.asked()
    assert "/tmp/install-packages run test\n" in build["file"] and "--user" in run["words"]


def test_the_status_is_the_commands(computer):
    computer.has("podman")
    assert computer.run("false", FAKE_RUN="7").returncode == 7


@pytest.mark.parametrize("env, says", [({}, "neither podman nor docker"),
                                       ({"IN_CONTAINER": "nerdctl"}, "there is no nerdctl")])
def test_without_an_engine(computer, env, says):
    done = computer.run("true", **env)
    assert done.returncode == 1 and says in done.stderr


def test_an_image_that_cannot_be_made(computer):
    computer.has("podman")
    done = computer.run("true", FAKE_BUILD="1")
    assert done.returncode == 1 and "the image could not be made" in done.stderr
    assert len(computer.asked()) == 1


def test_help(computer):
    done = computer.run()
    assert done.returncode == 0 and "COMMAND" in done.stdout and computer.asked() == []
