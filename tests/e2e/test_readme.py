# SPDX-License-Identifier: MIT
"""What README and docs promise: the packages, files and commands are there; the README is short."""

from __future__ import annotations

import re
import subprocess

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGES = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")
WORDS_MOST = 1300  # seven minutes
LINK = re.compile(r"\]\(([^)#]+)\)")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_readme_is_read_in_seven_minutes():
    assert len(README.split()) <= WORDS_MOST


def test_every_package_has_its_line():
    listed = subprocess.check_output([ROOT / "scripts" / "install-packages", "--list"], text=True)
    rows = [line.split("|", 1) for line in listed.splitlines()]
    assert len(rows) > 20
    for name, reason in rows:
        assert f"| {name} | {reason} |" in PACKAGES, "docs/packages.md: a row is missing"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    targets = set(LINK.findall(page.read_text(encoding="utf-8")))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_every_page_is_on_the_map():
    on_map = set(LINK.findall((ROOT / "docs" / "README.md").read_text(encoding="utf-8")))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= on_map


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
