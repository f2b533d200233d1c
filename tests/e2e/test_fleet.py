# SPDX-License-Identifier: MIT
"""
The same cells through Slurm as on this computer: a cluster of four nodes of our own, a pack, one
node whose power goes away in the middle. `make fleet-test`, and `make soak`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from conftest import ROOT, phone

from lab.matrix import results

SLURM = ROOT / "scripts" / "fleet" / "slurm"
SPEC = ROOT / "tests" / "matrix" / "fleet.yaml"
HANG_S = 900
TOOLS = ("munged", "slurmctld", "slurmd", "sbatch", "qemu-img")

pytestmark = pytest.mark.soak


def run(*words: object, env: dict | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(word) for word in words],
        env={**os.environ, **(env or {})},
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )


@pytest.fixture
def cluster(tmp_path):
    path = os.environ["PATH"] + ":/usr/sbin"
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=path)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root, and Slurm: {', '.join(missing) or 'is there'} is missing "
                    "(Debian: slurmctld slurmd slurm-client munge qemu-utils)")  # fmt: skip
    folder = tmp_path / "slurm"
    up = run(SLURM / "cluster", "up", folder, 4)
    try:
        assert up.returncode == 0, up.stderr
        yield folder
    finally:
        run(SLURM / "cluster", "down", folder)


@pytest.fixture
def packed(tmp_path, build):
    done = run(ROOT / "scripts" / "fleet" / "pack", SPEC, "-o", tmp_path / "pack")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pack" / "build" / "rom-images").exists()
    return tmp_path / "pack"


def verdicts(file: Path) -> dict[str, tuple]:
    records = results.read(file).records
    return {name: (record["verdict"], record["result"]) for name, record in records.items()}


def node_of(env: dict, task: int) -> str | None:
    said = run("squeue", "-h", "-r", "-t", "R", "-o", "%K %N", env=env).stdout
    return next((line.split()[1] for line in said.splitlines() if line.split()[0] == str(task)), None)


def wait_for(look, process: subprocess.Popen):
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline and process.poll() is None:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came")


def test_slurm_gives_the_same_and_a_dead_node_costs_nothing(cluster, packed, tmp_path):
    local = tmp_path / "local.jsonl"
    done = phone("matrix", str(SPEC), "--out", str(local), "--timeout", "300")
    assert done.returncode == 0, done.stdout
    env = {"SLURM_CONF": str(cluster / "slurm.conf"), "FLASHLAB_NODE": str(tmp_path / "node"),
           "FLASHLAB_TIMEOUT": "300"}  # fmt: skip
    out = tmp_path / "out"
    submit = [packed / "scripts/fleet/slurm/submit", packed / "tests/matrix/fleet.yaml", out, "-n", "2"]
    with subprocess.Popen([*map(str, submit)], env={**os.environ, **env}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # fmt: skip
        part = out / "part-1.jsonl"
        wait_for(lambda: part.exists() and len(part.read_bytes().splitlines()) > 2, process)
        node = wait_for(lambda: node_of(env, 1), process)
        run(SLURM / "cluster", "kill", cluster, node)
        before = len(part.read_bytes().splitlines()) - 1
        assert 0 < before < 10
        said = process.communicate(timeout=HANG_S)[0]
    logs = "\n".join(log.read_text(errors="replace") for log in out.glob("*.log"))
    assert process.returncode == 0, said + logs
    assert verdicts(out / "all.jsonl") == verdicts(local) and len(verdicts(local)) == 20
    names = [json.loads(line)["cell"] for line in part.read_text().splitlines()[1:]]
    assert len(names) == 10 == len(set(names)), "what was done before is not done again"
    assert f"{10 - before} boots in" in logs
