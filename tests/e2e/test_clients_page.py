# SPDX-License-Identifier: MIT
"""docs/clients.md has the bootloader's tables, and the command sees when it has not."""

from __future__ import annotations

import shutil
import subprocess

from conftest import ROOT


def test_the_tables_are_the_bootloaders(tmp_path):
    assert subprocess.run([ROOT / "docs" / "clients.py", "--check"], check=False).returncode == 0
    for part in ("docs/clients.py", "docs/clients.md", "bootloader/fastboot"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    table = tmp_path / "bootloader" / "fastboot" / "commands.c"
    table.write_text(table.read_text().replace('"oem edl"', '"oem fastdl"'))
    check = [tmp_path / "docs" / "clients.py", "--check"]
    assert subprocess.run(check, check=False, capture_output=True).returncode == 1
    assert subprocess.run(check[:1], check=False).returncode == 0
    assert subprocess.run(check, check=False).returncode == 0
    assert "`oem fastdl`" in (tmp_path / "docs" / "clients.md").read_text()
