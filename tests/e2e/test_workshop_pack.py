# SPDX-License-Identifier: MIT
"""The archive for a second laptop: unpacked elsewhere, it runs from what is in it alone."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import ROOT
from workshop_server import Server

from lab import paths


@pytest.mark.soak
def test_it_runs_where_it_is_unpacked(build, tmp_path):
    """Without Debian's packages, which are here: those are fetched, and a test fetches nothing."""
    archive = tmp_path / "workshop.tar.gz"
    env = {**os.environ, "FLASHLAB_BUILD": str(paths.BUILD), "PACK_DEBS": ""}
    pack = ROOT / "scripts" / "workshop" / "pack"
    done = subprocess.run([pack, archive], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    subprocess.run(["tar", "-xf", archive, "-C", tmp_path], check=True)
    archive.unlink()
    folder = tmp_path / "flashlab-workshop"
    with Server(tmp_path / "root", start=folder / "start") as server:
        leader = server.leader()
        leader.ready("bao")
        assert leader.do("flash", phone="bao", rom="global")[0] == 200
        leader.verdict("bao", "brick region-mismatch")
        typed = [line["text"] for line in leader.phone("bao")["output"] if line["type"] == "typed"]
        assert typed[0].startswith("build/roms/dipper-global/flash_all.sh")
    assert (folder / "flashlab" / "build" / "roms").is_dir()
