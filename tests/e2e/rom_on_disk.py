# SPDX-License-Identifier: MIT
"""ROMs that no manifest of rom-images/ describes, put onto a phone's disk without asking the phone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab import paths, store


def flash_offline(
    folder: Path,
    work: Path,
    *,
    model: str,
    rom: str = "cn",
    userland: Path | None = None,
    kernel: Path | None = None,
    **keys: object,
) -> None:
    """
    Makes `rom` for `model` with these keys of its manifest changed, and writes it to the disk of
    the phone in `folder`.
    """
    manifest = work / f"{rom}.yaml"
    lines = (paths.ROM_FILES / f"{rom}.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(":")[0] not in keys]
    changed = [f"{key}: {value}" for key, value in keys.items()]
    manifest.write_text("\n".join(kept + changed) + "\n", encoding="utf-8")
    inputs = [str(word) for word in store.rom_inputs(model, rom)]
    inputs[0] = str(manifest)
    if userland:
        inputs[inputs.index("--userland") + 1] = str(userland)
    if kernel:
        inputs[inputs.index("--kernel") + 1] = str(kernel)
    disk = folder / "disk.img"
    subprocess.run([str(paths.ROMC), "disk", *inputs, "-o", str(disk)], check=True)
