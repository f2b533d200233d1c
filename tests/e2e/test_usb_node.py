# SPDX-License-Identifier: MIT
"""
npm's android-fastboot, with which web pages flash phones, unmodified. WebUSB under it is ours (webusb.mjs):
no browser, no kernel. Fetched once, so `make soak`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import HANG_S
from test_usb_host import FASTBOOT, MIB, on_cable, part

from lab import paths

HERE = Path(__file__).resolve().parent
PACKAGE = "android-fastboot@1.1.3"
TOOLS = ("node", "npm")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)), reason="needs node and npm (Debian: nodejs, npm)"
    ),
]


def fetched() -> Path:
    folder = paths.BUILD / "fastboot-js"
    module = folder / "node_modules" / "android-fastboot" / "dist" / "fastboot.mjs"
    if not module.exists():
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder]
        done = subprocess.run([*command, PACKAGE], text=True, capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"{PACKAGE} could not be fetched: {done.stderr[-300:]}")
    return module


def test_a_flashing_page_has_the_phone(tmp_path):
    module = fetched()
    image = os.urandom(4 * MIB)
    (tmp_path / "image").write_bytes(image)
    with on_cable(tmp_path / "phones", "whyred", hold="power,volume-down") as cable:
        cable.wait_for(FASTBOOT)
        done = subprocess.run(
            ["node", HERE / "webusb.mjs", str(cable.port), module, tmp_path / "image"],
            text=True,
            capture_output=True,
            timeout=HANG_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        product, info, nonsense, flashed, again = map(json.loads, done.stdout.splitlines())
        assert (product, flashed, again) == ("whyred", "flashed", "whyred")
        assert "Device unlocked: true" in info
        assert nonsense.startswith("FAIL: ")
        assert part(cable.folder, "recovery", len(image)) == image
