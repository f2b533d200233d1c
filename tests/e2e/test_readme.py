# SPDX-License-Identifier: MIT
"""What the README promises: its packages, its files and its commands are there."""

from __future__ import annotations

import re
import subprocess

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_package_has_its_line():
    listed = subprocess.check_output([ROOT / "scripts" / "install-packages", "--list"], text=True)
    rows = [line.split("|", 1) for line in listed.splitlines()]
    assert len(rows) > 20
    for name, reason in rows:
        assert f"| {name} | {reason} |" in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_every_link_leads_somewhere(target):
    assert (ROOT / target).exists()


def test_every_folder_and_file_named_is_there():
    named = re.findall(r"`((?:board|bootloader|rom-images|scripts|tests|docs)/[\w./-]+)`", README)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_make_target_and_phone_command_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^    make ([\w-]+)", README, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    commands = subprocess.check_output([ROOT / "scripts" / "phone", "--help"], text=True)
    used = set(re.findall(r"scripts/phone (\w+)", README))
    assert len(used) > 6
    for command in used:
        assert re.search(rf"^ +{command} ", commands, re.MULTILINE), command
