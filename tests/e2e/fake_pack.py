# SPDX-License-Identifier: MIT
"""A pack whose disks are names of stories for the fake QEMU: a matrix of phones that misbehave."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

from conftest import HANG_S, PHONE, phone, without_display

from lab.matrix import factory, recipes, spec

NOR = bytes(0x180000)
STEM = "stories"


def write_pack(folder: Path, found: spec.Spec, stories: dict[str, str]) -> None:
    """ROM -> story; all cells of a ROM are the same phone."""
    (folder / "objects").mkdir(parents=True, exist_ok=True)

    def add(data: bytes, ending: str) -> str:
        name = f"objects/{hashlib.sha256(data).hexdigest()}.{ending}"
        (folder / name).write_bytes(data)
        return name

    nor = add(gzip.compress(NOR, mtime=0), "img.gz")
    disks, nors = {}, {}
    for cell in found.cells:
        disks[recipes.key(cell.model, found.variant(cell))] = add(stories[cell.rom].encode(), "qcow2")
        nors[factory.nor_key(cell).name] = nor
    index = {"disks": disks, "nors": nors, "payloads": {}}
    (folder / "pack.json").write_text(json.dumps(index))


class Matrix:
    """
    A specification of dipper with a ROM for each story, so many cells each, and what is expected.
    """

    def __init__(self, folder: Path, stories: dict[str, str], each: int = 2) -> None:
        self.folder = folder
        self.file = folder / f"{STEM}.yaml"
        self.out = folder / "build" / "matrix" / f"{STEM}.jsonl"
        policies = ("announced", "shipped", "none")
        locks = ("locked", "unlocked")
        pairs = [f"{{lock: {lock}, policy: {policy}}}" for lock in locks for policy in policies]
        lines = ["include:"]
        for story, expected in stories.items():
            for pair in pairs[:each]:
                row = f"model: dipper, region: cn, rom: {story}, expect: {expected}"
                lines.append(f"  - {{{row}, {pair.strip('{}')}}}")
        lines += ["roms:"] + [f"  {story}: {{like: cn, keys: {{version: {story}}}}}" for story in stories]
        self.file.write_text("\n".join(lines) + "\n")
        write_pack(folder / "pack", spec.read(self.file), {story: story for story in stories})
        qemu = folder / "qemu-system-aarch64"
        shutil.copy(Path(__file__).with_name("fake_qemu.py"), qemu)
        qemu.chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "FAKE_QEMU": "by-disk",
            "FLASHLAB_BUILD": str(self.folder / "build"),
            "FLASHLAB_PACK": str(self.folder / "pack"),
        }

    def run(self, *words: str, env: dict | None = None) -> subprocess.CompletedProcess:
        return phone("matrix", str(self.file), *words, env={**self.env, **(env or {})})

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [PHONE, "matrix", self.file, *words],
            text=True,
            env={**without_display(), **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self, running: subprocess.Popen, number: int) -> tuple[str, str]:
        running.send_signal(number)
        return running.communicate(timeout=HANG_S)

    def records(self, out: Path | None = None) -> list[dict]:
        return [json.loads(line) for line in (out or self.out).read_text().splitlines()[1:]]
